"""The enrollments of a large batch that say what stands already: found by one comparison, before all other steps.

A record that brings no news leaves no trace, wherever its row would have gone. What it says of who the child is
counts for the rows that follow it, though, so that whoever is settled here is remembered for them (`match.place`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from cabinet.db import Connection, Record
from cabinet.intake.drafts import content_hash
from cabinet.intake.known import read_links
from cabinet.intake.match import Settled, described, is_nameless
from cabinet.intake.receipt import Verdict
from cabinet.intake.recorded import RECORDED
from cabinet.intake.references import References
from cabinet.intake.rows import EnrollmentRow, Kind
from cabinet.intake.source import Source
from cabinet.intake.validate import Item
from cabinet.references import referrer

# The rule of `versions`, but for whose child it is. What attendance made has a version below all others. OFFSET 0
# has each record looked up by its key: in a load, the planner does not know the size of the table.
_STANDING = """
SELECT s.place, e.enrollment_id, e.child_id, coalesce(s.version < e.record_version, false) AS is_overtaken
FROM unnest($3::text[], $4::text[], $5::bigint[]) WITH ORDINALITY AS s (record_id, hash, version, place)
CROSS JOIN LATERAL (
  SELECT enrollment_id, child_id, record_version, content_hash FROM enrollment e
  WHERE e.community_id = $1 AND e.organization_id = $2 AND e.record_id = s.record_id OFFSET 0
) AS e
WHERE e.record_version >= 0 AND (s.version < e.record_version
  OR e.content_hash = s.hash AND coalesce(s.version = e.record_version, true))
"""
_CLIENTS = """
SELECT child_id FROM child
WHERE community_id = $1 AND organization_ids @> ARRAY[$2::uuid] AND child_id = ANY ($3)
"""


class _Standing(NamedTuple):
    """A row whose record says as much already, if it is about the same child; any child, if it is overtaken."""

    item: Item
    enrollment_id: UUID
    child_id: UUID
    is_overtaken: bool


async def settle_unchanged(
    connection: Connection, source: Source, items: Sequence[Item], references: References
) -> list[Settled]:
    """Settle the rows that bring no news; return who those are about that say it in words."""
    once = Counter(item.row.record_id for item in items if item.outcome.is_open)
    asked = [item for item in items if item.outcome.is_open and once[item.row.record_id] == 1]
    found = await _read_standing(connection, source, asked, references)
    await _settle_referred(connection, source, [each for each in found if each.item.row.child.ref is not None])
    return await _settle_named(connection, source, [each for each in found if each.item.row.child.ref is None])


async def _read_standing(
    connection: Connection, source: Source, items: Sequence[Item], references: References
) -> list[_Standing]:
    said = (
        [item.row.record_id for item in items],
        list(_hashes(source, items, references)),
        [item.row.record_version for item in items],
    )
    here = source.community_id, source.organization_id
    rows: list[Record] = await connection.fetch(_STANDING, *here, *said) if items else []
    return [_Standing(items[place - 1], *rest) for place, *rest in rows]


def _hashes(source: Source, items: Sequence[Item], references: References) -> Iterator[str]:
    """Yield what the rows say, as a hash. Thousands of rows say the same few things, each of another child."""
    known: dict[tuple[Any, ...], str] = {}
    values_of = RECORDED[Kind.ENROLLMENT][1]
    for item in items:
        row: EnrollmentRow = item.row
        said = row.program, row.status, row.begins, row.ends, row.exit_reason
        found = known.get(said)
        if found is None:
            found = known[said] = content_hash(source, values_of(row, references))
        yield found


async def _settle_referred(connection: Connection, source: Source, standing: Sequence[_Standing]) -> None:
    """Settle the rows that call a client of the organization by our reference."""
    refer = [referrer(key) for key in source.references]
    same = [each for each in standing if _is_called(each.child_id, each.item.row.child.ref, refer)]
    asked = source.community_id, source.organization_id, [each.child_id for each in same]
    clients = {row["child_id"] for row in await connection.fetch(_CLIENTS, *asked)} if same else set()
    for each in same:
        if each.child_id in clients:
            _settle(each)


def _is_called(child_id: UUID, ref: UUID, refer: Sequence[Any]) -> bool:
    return any(of(child_id) == ref.bytes for of in refer) if refer else child_id == ref


async def _settle_named(connection: Connection, source: Source, standing: Sequence[_Standing]) -> list[Settled]:
    """Settle the rows whose child is tied to the record that they name, and return whom they describe."""
    named = [(each, described(each.item.row)[0]) for each in standing]
    records = [person.record_id for _, person in named]
    _, links = await read_links(connection, source, records)
    settled = []
    for each, person in named:
        child_id = source.tied.get(person.record_id) or links.get(person.record_id)
        is_known = child_id is not None and not is_nameless(person, each.item)
        if child_id is not None and is_known and (each.is_overtaken or child_id == each.child_id):
            _settle(each)
            settled.append(Settled(each.item, person, child_id))
    return settled


def _settle(standing: _Standing) -> None:
    outcome = standing.item.outcome
    outcome.verdict, outcome.child_id = Verdict.UNCHANGED, standing.child_id
    outcome.record = outcome.enrollment_id = standing.enrollment_id
