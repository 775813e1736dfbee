"""Third step: write down who the children are, what is said of them, and how that was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from cabinet.calendar import birth_month_of
from cabinet.db import Connection
from cabinet.intake.identities import race_ethnicity_of, write_identifiers, write_identities
from cabinet.intake.match import Placed
from cabinet.intake.receipt import Verdict
from cabinet.intake.references import References
from cabinet.intake.rows import ChildRow
from cabinet.intake.source import Source, said_by
from cabinet.intake.write import insert, update_on_conflict
from cabinet.linkage.models import BY_MODEL
from cabinet.plans import many
from cabinet.tables import child_link, source_record
from cabinet.tables.terms import Sex

# One statement, whether anybody knew the child or not. What is said of known ones is looked up by their keys.
_CHILDREN = """
WITH said AS MATERIALIZED (SELECT * FROM jsonb_populate_recordset(NULL::child, $2)),
made AS (
  INSERT INTO child (community_id, child_id, birth_month, sex, race_ethnicity, sectors, organization_ids)
  SELECT $1, child_id, birth_month, sex, race_ethnicity, sectors, ARRAY[$3::uuid] FROM said
  ON CONFLICT DO NOTHING RETURNING child_id
),
added AS (UPDATE child SET
  birth_month = coalesce(child.birth_month, said.birth_month),
  sex = CASE child.sex WHEN 'UNKNOWN' THEN said.sex ELSE child.sex END,
  race_ethnicity = CASE child.race_ethnicity WHEN '{}' THEN said.race_ethnicity ELSE child.race_ethnicity END,
  sectors = (SELECT array_agg(DISTINCT s ORDER BY s) FROM unnest(child.sectors || said.sectors) AS s),
  organization_ids = CASE WHEN $3 = ANY (child.organization_ids) THEN child.organization_ids
                          ELSE child.organization_ids || $3 END
FROM said
WHERE child.community_id = $1 AND child.child_id = said.child_id AND (
  NOT said.sectors <@ child.sectors OR NOT $3 = ANY (child.organization_ids)
  OR child.birth_month IS NULL AND said.birth_month IS NOT NULL
  OR child.sex = 'UNKNOWN' AND said.sex <> 'UNKNOWN'
  OR child.race_ethnicity = '{}' AND said.race_ethnicity <> '{}')
RETURNING child.child_id)
SELECT child_id FROM made UNION ALL SELECT child_id FROM added
"""
_KEYS = """
SELECT record_id, source_record_id FROM source_record
WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)
"""
_ONLY_RECORD = """
SELECT child_id, min(source_record_id::text)::uuid AS source_record_id FROM child_link
WHERE community_id = $1 AND organization_id = $2 AND child_id = ANY ($3) AND undone_at IS NULL
GROUP BY child_id HAVING count(*) = 1
"""


async def write_people(
    connection: Connection,
    source: Source,
    placed: Sequence[Placed],
    references: References,
    known: Mapping[str, UUID],
) -> tuple[dict[str, Verdict], set[UUID], set[UUID]]:
    """Write children, records, links and identities; `known` are the keys of records that are written already.

    Returns what became of each source record, the keys of those whose identity says something new, and the
    children of whom something is counted otherwise than before.
    """
    people = _by_record(placed)
    changed = await _write_children(connection, source, placed, references)
    records, fate = await _write_records(connection, source, people, known)
    await _name_records(connection, source, [*placed, *people], records)
    await _write_links(connection, source, people, records)
    said_anew = await write_identities(connection, source, people, records)
    identified = await write_identifiers(connection, source, people)
    said_anew |= {records[each.record_id] for each in people if each.child_id in identified}
    return fate, said_anew, changed


async def _name_records(
    connection: Connection, source: Source, placed: Sequence[Placed], records: dict[str, UUID]
) -> None:
    """Say of every row which record says it; of one by our reference, where its source has one of the child."""
    by_reference = [each.child_id for each in placed if each.person is None]
    asked = source.community_id, source.organization_id, by_reference
    rows = await connection.fetch(_ONLY_RECORD, *asked) if by_reference else []
    only = {row["child_id"]: row["source_record_id"] for row in rows}
    for each in placed:
        named = only.get(each.child_id) if each.person is None else records[each.person.record_id]
        each.source_record_id = named


def _by_record(placed: Sequence[Placed]) -> list[Placed]:
    """Return one row a source record: its last words, and how its child was found at first."""
    people: dict[str, Placed] = {}
    for each in placed:
        if each.person is not None:
            first = people.get(each.person.record_id)
            again = replace(each, method=first.method, weighed=first.weighed) if first is not None else each
            people[each.person.record_id] = again
    return list(people.values())


async def _write_children(
    connection: Connection, source: Source, placed: Sequence[Placed], references: References
) -> set[UUID]:
    """Make the children nobody knew, and add to the known ones what was not known; return whom that is about."""
    said: dict[UUID, dict[str, Any]] = {}
    for each in placed:
        values = _child_values(source, each, references)
        earlier = said.setdefault(each.child_id, values)
        earlier["sectors"] = sorted({*earlier["sectors"], *values["sectors"]})
    if not said:
        return set()
    in_order = sorted(said.values(), key=lambda each: str(each["child_id"]))
    async with many(connection, len(said)):
        rows = await connection.fetch(_CHILDREN, source.community_id, in_order, source.organization_id)
    return {row["child_id"] for row in rows}


def _child_values(source: Source, placed: Placed, references: References) -> dict[str, Any]:
    identity, row = placed.identity, placed.item.row
    birth_date = identity.birth_date if identity else None
    # A district's meal program is a health record: its stewards are to see whom it reaches.
    about = references.about(row)
    return {
        "child_id": placed.child_id,
        "birth_month": birth_month_of(birth_date) if birth_date else None,
        "sex": identity.sex if identity else Sex.UNKNOWN,
        "race_ethnicity": race_ethnicity_of(placed),
        "sectors": sorted({source.sector, about.sector if about and about.sector else source.sector}),
    }


async def _write_records(
    connection: Connection, source: Source, people: Sequence[Placed], known: Mapping[str, UUID]
) -> tuple[dict[str, UUID], dict[str, Verdict]]:
    """Keep each record as received; return their keys, and whether each was created or updated."""
    rows = [
        {
            **said_by(source),
            "record_id": p.person.record_id,
            "format": source.format,
            "payload": _payload(p),
            "record_version": getattr(p.item.row, "record_version", None) if _on_roster(p) else None,
        }
        for p in people
        if p.person is not None
    ]
    on_roster = any(map(_on_roster, people))
    key = "community_id, organization_id, record_id"
    # A mention in an enrollment never overwrites what a roster said of the child.
    conflict = (
        update_on_conflict(key, ["format", "payload", "record_version"], source_record)
        if on_roster
        else f"ON CONFLICT ({key}) DO NOTHING"
    )
    written = await insert(
        connection,
        source_record,
        rows,
        conflict=conflict,
        returning="record_id, source_record_id, (old.record_id IS NULL) AS is_new",
    )
    fate = {row["record_id"]: Verdict.CREATED if row["is_new"] else Verdict.UPDATED for row in written}
    keys = {**known, **{row["record_id"]: row["source_record_id"] for row in written}}
    missing = [row["record_id"] for row in rows if row["record_id"] not in keys]
    found = await connection.fetch(_KEYS, source.community_id, source.organization_id, missing) if missing else []
    return {**keys, **{row["record_id"]: row["source_record_id"] for row in found}}, fate


def _on_roster(placed: Placed) -> bool:
    return type(placed.item.row) is ChildRow


def _payload(placed: Placed) -> dict[str, Any]:
    row = placed.item.row
    if type(row) is ChildRow:
        return row.model_dump(mode="json", exclude_defaults=True)
    return placed.identity.model_dump(mode="json", exclude_defaults=True) if placed.identity else {}


async def _write_links(
    connection: Connection, source: Source, people: Sequence[Placed], records: dict[str, UUID]
) -> None:
    links = [
        {
            **said_by(source),
            "source_record_id": records[p.person.record_id],
            "child_id": p.child_id,
            "method": p.method,
            **_how_sure(p),
        }
        for p in people
        if p.person is not None and not p.is_linked
    ]
    await insert(connection, child_link, links)


def _how_sure(placed: Placed) -> dict[str, Any]:
    weighed = placed.weighed
    if weighed is None or weighed.link is None:
        return {"score": 1.0, "decided_by": "cabinet.linkage.exact", "model_version": None}
    score = min(weighed.link.probability, 1.0)
    return {"score": score, "decided_by": BY_MODEL, "model_version": weighed.version}
