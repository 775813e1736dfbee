"""The enrollments of a large batch that say what stands already: found by one comparison, before all other steps.

A record that brings no news leaves no trace, wherever its row would have gone. What it says of who the child is
counts for the rows that follow it, though, so that whoever is settled here is remembered for them (`match.place`).
Of a record that brings news by our reference, the child it was of so far is the first to be asked whether it is
called so: to call all of the organization's clients by their references takes far longer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from cabinet.db import Connection, Record
from cabinet.intake.drafts import content_hash
from cabinet.intake.known import read_links
from cabinet.intake.match import Placed, Settled, described, is_nameless
from cabinet.intake.receipt import Verdict
from cabinet.intake.recorded import RECORDED
from cabinet.intake.references import References
from cabinet.intake.rows import EnrollmentRow, Kind
from cabinet.intake.said_again import find_news
from cabinet.intake.source import Source
from cabinet.intake.validate import Item
from cabinet.linkage import Person
from cabinet.references import referrer
from cabinet.tables.terms import LinkMethod

# The rule of `versions`, but for whose child it is. What attendance made has a version below all others. OFFSET 0
# has each record looked up by its key: in a load, the planner does not know the size of the table.
_STANDING = """
SELECT s.place, e.enrollment_id, e.child_id, said.is_overtaken, said.is_known
FROM unnest($3::text[], $4::text[], $5::bigint[], $6::boolean[])
  WITH ORDINALITY AS s (record_id, hash, version, is_referred, place)
CROSS JOIN LATERAL (
  SELECT enrollment_id, child_id, record_version, content_hash FROM enrollment e
  WHERE e.community_id = $1 AND e.organization_id = $2 AND e.record_id = s.record_id OFFSET 0
) AS e
CROSS JOIN LATERAL (SELECT coalesce(s.version < e.record_version, false) AS is_overtaken,
  e.content_hash = s.hash AND coalesce(s.version = e.record_version, true) AS is_known) AS said
WHERE e.record_version >= 0 AND (said.is_overtaken OR said.is_known OR s.is_referred)
"""
_CLIENTS = """
SELECT child_id FROM child
WHERE community_id = $1 AND organization_ids @> ARRAY[$2::uuid] AND child_id = ANY ($3)
"""


class _Standing(NamedTuple):
    """A row whose record is there; it is known if it is about the same child, and overtaken whosever it is."""

    item: Item
    enrollment_id: UUID
    child_id: UUID
    is_overtaken: bool
    is_known: bool

    @property
    def is_said_again(self) -> bool:
        """Whether it says the same without a version, and may say something new of its child."""
        return self.is_known and self.item.row.record_version is None


@dataclass(frozen=True)
class Found:
    """Who the settled rows are about that say it in words; and by index, whom others call by our reference.

    `again` are the settled rows without versions, as they would have been placed.
    """

    settled: Sequence[Settled] = ()
    called: Mapping[int, UUID] = field(default_factory=dict)
    again: Sequence[Placed] = ()


async def settle_unchanged(
    connection: Connection,
    source: Source,
    items: Sequence[Item],
    hashes: Mapping[int, str],
    references: References,
) -> Found:
    """Settle the rows that bring no news, of rows whose contents have these hashes, by index."""
    once = Counter(item.row.record_id for item in items if item.outcome.is_open)
    asked = [item for item in items if item.outcome.is_open and once[item.row.record_id] == 1]
    found = await _read_standing(connection, source, asked, hashes)
    referred = [each for each in found if each.item.row.child.ref is not None]
    ours = await _called(connection, source, referred)
    tied = await _tied(connection, source, [each for each in found if each.item.row.child.ref is None])
    again = [_placed(each) for each in ours if each.is_said_again]
    again += [_placed(each, person) for each, person, _ in tied if each.is_said_again]
    news = await find_news(connection, source, again, references)
    for each in (*ours, *(each for each, *_ in tied)):
        if (each.is_known or each.is_overtaken) and each.item.outcome.index not in news:
            _settle(each)
    return Found(
        [Settled(each.item, who, child_id) for each, who, child_id in tied if not each.item.outcome.is_open],
        {each.item.outcome.index: each.child_id for each in ours if each.item.outcome.is_open},
        [each for each in again if not each.item.outcome.is_open],
    )


async def _read_standing(
    connection: Connection, source: Source, items: Sequence[Item], hashes: Mapping[int, str]
) -> list[_Standing]:
    said = (
        [item.row.record_id for item in items],
        [hashes[item.outcome.index] for item in items],
        [item.row.record_version for item in items],
        [item.row.child.ref is not None for item in items],
    )
    here = source.community_id, source.organization_id
    rows: list[Record] = await connection.fetch(_STANDING, *here, *said) if items else []
    return [_Standing(items[place - 1], *rest) for place, *rest in rows]


def content_hashes(source: Source, items: Sequence[Item], references: References) -> dict[int, str]:
    """Return what the open rows say as hashes, by index. Thousands say the same few things of one child each."""
    known: dict[tuple[Any, ...], str] = {}
    hashes = {}
    values_of = RECORDED[Kind.ENROLLMENT][1]
    for item in items:
        if not item.outcome.is_open:
            continue
        row: EnrollmentRow = item.row
        said = row.program, row.status, row.begins, row.ends, row.exit_reason
        found = known.get(said)
        if found is None:
            found = known[said] = content_hash(source, values_of(row, references))
        hashes[item.outcome.index] = found
    return hashes


async def _called(connection: Connection, source: Source, standing: Sequence[_Standing]) -> list[_Standing]:
    """Return the rows that call the child of their record, a client of the organization, by our reference."""
    refer = [referrer(key) for key in source.references]
    same = [each for each in standing if _is_called(each.child_id, each.item.row.child.ref, refer)]
    asked = source.community_id, source.organization_id, [each.child_id for each in same]
    clients = {row["child_id"] for row in await connection.fetch(_CLIENTS, *asked)} if same else set()
    return [each for each in same if each.child_id in clients]


def _is_called(child_id: UUID, ref: UUID, refer: Sequence[Any]) -> bool:
    return any(of(child_id) == ref.bytes for of in refer) if refer else child_id == ref


async def _tied(
    connection: Connection, source: Source, standing: Sequence[_Standing]
) -> list[tuple[_Standing, Person, UUID]]:
    """Return the rows whose child is tied to the record that they name, whom they describe, and that child."""
    named = [(each, described(each.item.row)[0]) for each in standing]
    records = [person.record_id for _, person in named]
    _, links = await read_links(connection, source, records)
    tied = []
    for each, person in named:
        child_id = source.tied.get(person.record_id) or links.get(person.record_id)
        if child_id is None or is_nameless(person, each.item):
            continue
        if each.is_overtaken or child_id == each.child_id:
            tied.append((each, person, child_id))
    return tied


def _placed(each: _Standing, person: Person | None = None) -> Placed:
    identity = each.item.row.child.identity if person is not None else None
    return Placed(each.item, each.child_id, LinkMethod.IDENTIFIER, person, identity, is_linked=True)


def _settle(standing: _Standing) -> None:
    outcome = standing.item.outcome
    outcome.verdict, outcome.child_id = Verdict.UNCHANGED, standing.child_id
    outcome.record = outcome.enrollment_id = standing.enrollment_id
