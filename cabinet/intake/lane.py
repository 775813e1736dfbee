"""The plain enrollments of a large batch, taken in together: what a post decides row by row, in a few statements.

Plain is a row that depends on nothing but what the database holds: its child is known to the source, no other
record stands in its way, no seat is asked for. Every other row goes the ordinary way, and so does every row about
a child that one of those is about. The two parts then share neither a child nor a record, and whether they are
written together or apart comes to the same (decision 27).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.judging import COLLIDING, JUDGE, LEAVING, REFER, STORED_CHILDREN
from cabinet.intake.match import Placed, Placing
from cabinet.intake.receipt import Verdict
from cabinet.intake.references import References
from cabinet.intake.rows import Kind
from cabinet.intake.seating import read_seats
from cabinet.intake.source import Source
from cabinet.intake.staging import Staged, stage, staged
from cabinet.intake.validate import Item
from cabinet.intake.writing import write_judged
from cabinet.keys import new_keys
from cabinet.linkage import Person
from cabinet.plans import many
from cabinet.tables.terms import LinkMethod


def is_light(kind: Kind, fields: Mapping[str, Any]) -> bool:
    """Whether a row, as it was read from a file, may be plain: an enrollment with nobody to be recognised."""
    return kind is Kind.ENROLLMENT and not (fields.get("child") or {}).get("identity")


class Lane:
    """The plain rows of one batch, on their way."""

    def __init__(
        self, source: Source, items: Sequence[Item], references: References, hashes: Mapping[int, str]
    ) -> None:
        self.source, self.references, self._hashes = source, references, hashes
        self._items = {item.outcome.index: item for item in items if item.outcome.is_open}

    async def judge(self, connection: Connection, called: Mapping[int, UUID]) -> list[Item]:
        """Find the plain rows; return the others. `called` are by index whom rows call by reference, if known."""
        open_items = list(self._items.values())
        if not open_items:
            return []
        short = await self._short_programs(connection, open_items) if self.source.is_post else set()
        twice = Counter(item.row.record_id for item in open_items)
        plain = [item for item in open_items if twice[item.row.record_id] == 1 and self._may_be_plain(item, short)]
        if not plain:
            self._items = {}
            return open_items
        await stage(connection, self._staged(plain, await new_keys(connection, len(plain)), called))
        source = self.source
        if any(item.row.child.ref and item.outcome.index not in called for item in plain):
            await connection.execute(REFER, source.community_id, source.organization_id)
        await connection.execute(JUDGE, source.community_id, source.organization_id)
        leaving = [row["index"] for row in await connection.fetch(COLLIDING)]
        is_plain = {item.outcome.index for item in plain} - set(leaving)
        self._items = {index: item for index, item in self._items.items() if index in is_plain}
        return [item for item in open_items if item.outcome.index not in is_plain]

    async def give_way(self, connection: Connection, placing: Placing) -> None:
        """Let the rows about children of the others go the ordinary way too."""
        others = placing.placed
        if not others or not self._items:
            return
        records = [placed.item.row.record_id for placed in others]
        asked = self.source.community_id, self.source.organization_id, records
        children = {row["child_id"] for row in await connection.fetch(STORED_CHILDREN, *asked)}
        children |= {placed.child_id for placed in others}
        for row in await connection.fetch(LEAVING, list(children)):
            others.append(_placed(self._items.pop(row["index"]), row["child_id"]))

    async def write(self, connection: Connection) -> set[UUID]:
        """Write the rows and set their verdicts; return the children of whom something was written beside them."""
        if not self._items:
            return set()
        async with many(connection, len(self._items)):
            written, changed = await write_judged(connection, self.source)
        for row in written:
            outcome = self._items[row["index"]].outcome
            outcome.verdict, outcome.child_id = Verdict(row["verdict"]), row["child_id"]
            outcome.record = outcome.enrollment_id = row["enrollment_id"]
        return changed

    def _staged(self, plain: Sequence[Item], keys: Sequence[UUID], called: Mapping[int, UUID]) -> Iterator[Staged]:
        for item, key in zip(plain, keys, strict=True):
            index = item.outcome.index
            yield staged(item, self.references, self._hashes[index], key, called.get(index))

    def _may_be_plain(self, item: Item, short: set[UUID]) -> bool:
        row = item.row
        is_named = row.child.ref is not None or row.child.identity is None
        is_placed = not row.neighborhood or row.neighborhood in self.references.neighborhoods
        return is_named and is_placed and self.references.programs[row.program].id not in short

    async def _short_programs(self, connection: Connection, items: Iterable[Item]) -> set[UUID]:
        """Return the programs that may not have a seat for every row, if all of them took one."""
        asked = Counter(self.references.programs[item.row.program].id for item in items)
        seats = await read_seats(connection, self.source, asked, [item.row.record_id for item in items])
        return {program for program, known in seats.items() if min(each.free for each in known) < asked[program]}


def _placed(item: Item, child_id: UUID) -> Placed:
    person = None if item.row.child.ref else Person(item.row.child.source_id)
    return Placed(item, child_id, LinkMethod.IDENTIFIER, person, is_linked=True)
