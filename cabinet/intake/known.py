"""What the database knows of the children that rows may be about: standing links, and who is alike."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.locks import lock_persons
from cabinet.intake.source import Source
from cabinet.linkage import Known, Person
from cabinet.tables.terms import Sex

# OFFSET 0 has what is joined looked up by key: in a load, the planner does not know the size of the tables.
_RECORDS = """
SELECT r.source_record_id, r.record_id, l.child_id FROM source_record r
LEFT JOIN LATERAL (
  SELECT child_id FROM child_link l
  WHERE l.community_id = $1 AND l.source_record_id = r.source_record_id AND l.undone_at IS NULL OFFSET 0
) AS l ON true
WHERE r.community_id = $1 AND r.organization_id = $2 AND r.record_id = ANY ($3)
"""
# One statement, whether there is anybody or not: how many there are is told by no clock.
_CANDIDATES = """
WITH candidate AS MATERIALIZED (
  SELECT i.child_id FROM child_identifier i
  JOIN unnest($3::text[], $4::text[]) AS given (system, value) USING (system, value)
  WHERE i.community_id = $1
  UNION
  SELECT n.child_id FROM child_identity n
  JOIN unnest($5::text[], $6::date[]) AS given (name_key, birth_date) USING (name_key, birth_date)
  WHERE n.community_id = $1
)
SELECT child_id, is_own, NULL AS system, NULL AS value, NULL AS name_key, NULL::date AS birth_date, NULL AS sex
FROM candidate CROSS JOIN LATERAL (
  SELECT organization_ids @> ARRAY[$2::uuid] AS is_own FROM child c
  WHERE c.community_id = $1 AND c.child_id = candidate.child_id OFFSET 0
) AS known
UNION ALL
SELECT child_id, is_own, system, value, NULL, NULL, NULL FROM candidate CROSS JOIN LATERAL (
  SELECT organization_id = $2 AS is_own, system, value FROM child_identifier i
  WHERE i.community_id = $1 AND i.child_id = candidate.child_id OFFSET 0
) AS identifier
UNION ALL
SELECT child_id, is_own, NULL, NULL, name_key, birth_date, sex FROM candidate CROSS JOIN LATERAL (
  SELECT organization_id = $2 AS is_own, name_key, birth_date, sex FROM child_identity n
  WHERE n.community_id = $1 AND n.child_id = candidate.child_id OFFSET 0
) AS identity
"""


async def read_known(connection: Connection, source: Source, persons: Sequence[Person]) -> Known:
    """Read the standing links, lock the undecided persons, then read every child they could be."""
    known = Known(*await read_links(connection, source, [person.record_id for person in persons]))
    known.links.update(source.tied)
    new = [person for person in persons if person.record_id not in known.links]
    if new:
        await lock_persons(connection, source.community_id, new)
        await _learn_candidates(connection, source, known, new)
    return known


async def read_links(
    connection: Connection, source: Source, asked: Sequence[str]
) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """Return the keys of the source's records, and the children whose they are, by their ids at the source."""
    here = source.community_id, source.organization_id
    rows = await connection.fetch(_RECORDS, *here, asked) if asked else []
    records = {record_id: key for key, record_id, _ in rows}
    return records, {record_id: child_id for _, record_id, child_id in rows if child_id is not None}


async def _learn_candidates(
    connection: Connection, source: Source, known: Known, persons: Sequence[Person]
) -> None:
    identifiers = [item for person in persons for item in person.identifiers.items()]
    keys = [(p.name_key, p.birth_date) for p in persons if p.name_key and p.birth_date]
    here = source.community_id, source.organization_id
    for row in await connection.fetch(_CANDIDATES, *here, *_columns(identifiers), *_columns(keys)):
        identifier = {row["system"]: row["value"]} if row["system"] else {}
        sex = Sex(row["sex"] or Sex.UNKNOWN)
        person = Person("", row["name_key"], row["birth_date"], sex, identifier)
        learn = known.learn if row["is_own"] else known.words.learn
        learn(row["child_id"], person)


def _columns(pairs: Iterable[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    listed = list(pairs)
    return [first for first, _ in listed], [second for _, second in listed]
