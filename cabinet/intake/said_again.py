"""A record that is posted again, without a version and in the same words, may say something new of its child.

Grade, neighborhood and who the child is are no part of a record's content: all records of a child say them of it.
So a row that brings no news of its record is asked for news of its child. Where rows of a batch contradict each
other the last one speaks, so that the same file taken in again changes nothing.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from cabinet.db import Connection
from cabinet.intake.facts import years_said
from cabinet.intake.identities import identity_said
from cabinet.intake.match import Placed
from cabinet.intake.references import References
from cabinet.intake.source import Source

Words = Mapping[Hashable, Any]

_FACTS = ("grade", "school_id", "neighborhood_id")
_YEARS = """
SELECT child_id, school_year, grade, school_id, neighborhood_id FROM child_year
WHERE community_id = $1 AND organization_id = $2 AND child_id = ANY ($3)
"""
# OFFSET 0 has what is joined looked up by key: in a load, the planner does not know the size of the tables.
_IDENTITIES = """
SELECT r.record_id, i.* FROM source_record r
CROSS JOIN LATERAL (
  SELECT * FROM child_identity n
  WHERE n.community_id = $1 AND n.source_record_id = r.source_record_id OFFSET 0
) AS i
WHERE r.community_id = $1 AND r.organization_id = $2 AND r.record_id = ANY ($3)
"""
_IDENTIFIERS = """
SELECT i.system, i.value FROM unnest($3::text[], $4::text[]) AS asked (system, value)
JOIN child_identifier i ON i.system = asked.system AND i.value = asked.value
WHERE i.community_id = $1 AND i.organization_id = $2
"""


async def find_news(
    connection: Connection, source: Source, again: Sequence[Placed], references: References
) -> set[int]:
    """Return the indexes of the rows that say something of their children that does not stand yet."""
    last: dict[Hashable, tuple[Any, int]] = {}
    for each in sorted(again, key=lambda each: each.item.outcome.index):
        last.update((about, (value, each.item.outcome.index)) for about, value in _words(source, each, references))
    if not last:
        return set()
    standing = await _read_standing(connection, source, again)
    return {index for about, (value, index) in last.items() if standing.get(about) != value}


def _words(source: Source, each: Placed, references: References) -> Iterator[tuple[Hashable, Any]]:
    for year in years_said(source, each, references):
        about = each.child_id, year["school_year"]
        yield about, True
        yield from (((*about, fact), year[fact]) for fact in _FACTS if year[fact] is not None)
    if each.person is None:
        return
    # Another number of a child that is known is news of it.
    yield ("record", each.record_id), True
    yield from (((each.record_id, name), value) for name, value in identity_said(each).items())
    yield from ((("identifier", *item), True) for item in each.person.identifiers.items())


async def _read_standing(connection: Connection, source: Source, again: Sequence[Placed]) -> Words:
    here = source.community_id, source.organization_id
    standing: dict[Hashable, Any] = {("record", each.record_id): each.is_linked for each in again}
    for row in await connection.fetch(_YEARS, *here, list({each.child_id for each in again})):
        about = row["child_id"], row["school_year"]
        standing |= {about: True, **{(*about, fact): row[fact] for fact in _FACTS}}
    described = [each.record_id for each in again if each.identity is not None]
    for row in await connection.fetch(_IDENTITIES, *here, described) if described else []:
        standing |= {(row["record_id"], name): value for name, value in row.items()}
    items = {item for each in again if each.person is not None for item in each.person.identifiers.items()}
    asked = [system for system, _ in items], [value for _, value in items]
    for row in await connection.fetch(_IDENTIFIERS, *here, *asked) if items else []:
        standing["identifier", row["system"], row["value"]] = True
    return standing
