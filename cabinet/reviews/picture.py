"""All that is stored of some children, row by row, as it is and as it is to be."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection
from cabinet.tables import child, child_alias, match_candidate, match_review, metadata
from cabinet.tables.catalog import is_about_children

Row = dict[str, Any]
"""A row as PostgreSQL writes it in JSON: keys and dates are text."""

_ABOUT = [table for table in metadata.sorted_tables if is_about_children(table)]

OF_CHILDREN = [table for table in _ABOUT if "child_id" in table.c]
"""The tables that name a child, those that others refer to first."""

OF_RECORDS = [table for table in _ABOUT if "child_id" not in table.c and "source_record_id" in table.c]
"""Tables that name a source record and go where it goes."""

STORED = [table for table in _ABOUT if table in OF_CHILDREN or table in OF_RECORDS]

_ROWS = "SELECT to_jsonb(t) AS row FROM {table} t WHERE community_id = $1 AND {condition}"
_OF_RECORDS = (
    "source_record_id IN (SELECT source_record_id FROM child_link"
    " WHERE community_id = $1 AND child_id = ANY ($2) AND undone_at IS NULL)"
)


@dataclass(eq=False)
class Slot:
    """One row: as it is stored, and as it is to be. Without `before` it is new, without `after` it goes.

    One that `took_in` another's words is part of what was done, even if it says no more than before.
    """

    table: Table
    before: Row | None
    after: Row | None
    took_in: bool = False

    @property
    def now(self) -> Row:
        """Return the row as it is to be; only of one that stays."""
        if self.after is None:
            raise LookupError(f"this row of {self.table.name} goes")
        return self.after

    def set(self, **values: Any) -> None:
        self.after = {**self.now, **values}


@dataclass
class Picture:
    """The rows about some children."""

    slots: list[Slot] = field(default_factory=list)

    def of(self, *tables: Table) -> Iterator[Slot]:
        """Yield the rows of these tables that are to be there."""
        yield from [slot for slot in self.slots if slot.table in tables and slot.after is not None]

    def at(self, child_id: str, *tables: Table) -> Iterator[Slot]:
        """Yield the rows of these tables, or of all, that are to be about a child."""
        for slot in self.of(*(tables or OF_CHILDREN)):
            if slot.now["child_id"] == child_id:
                yield slot

    def child(self, child_id: str) -> Slot:
        return next(self.at(child_id, child))

    def add(self, table: Table, row: Row) -> Slot:
        slot = Slot(table, None, row)
        self.slots.append(slot)
        return slot

    @property
    def changed(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.before != slot.after]

    @property
    def concerned(self) -> list[Slot]:
        """Return what has to be known to undo this."""
        return [slot for slot in self.slots if slot.before != slot.after or slot.took_in]


def key_of(table: Table, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


async def take(
    connection: Connection, community_id: UUID, children: Iterable[UUID], reviews: Sequence[UUID] = ()
) -> Picture:
    """Read all that is stored of these children, with these reviews and theirs, and who is a candidate of each."""
    asked, picture = list(children), Picture()
    for table in OF_CHILDREN:
        condition = "child_id = ANY ($2)"
        if table is child_alias:
            condition = f"({condition} OR former_id = ANY ($2))"
        sql = _ROWS.format(table=table.name, condition=condition)
        _keep(picture, table, await connection.fetch(sql, community_id, asked))
    for table in OF_RECORDS:
        sql = _ROWS.format(table=table.name, condition=_OF_RECORDS)
        _keep(picture, table, await connection.fetch(sql, community_id, asked))
    for table in (match_review, match_candidate):
        shown = {*reviews, *(UUID(slot.now["match_review_id"]) for slot in picture.of(match_review))}
        sql = _ROWS.format(table=table.name, condition="match_review_id = ANY ($2)")
        _keep(picture, table, await connection.fetch(sql, community_id, list(shown)))
    return picture


def _keep(picture: Picture, table: Table, rows: Iterable[Any]) -> None:
    known = {key_of(table, slot.now) for slot in picture.of(table)}
    for found in rows:
        if key_of(table, found["row"]) not in known:
            picture.slots.append(Slot(table, found["row"], found["row"]))


def compare(before: Picture, after: Picture) -> Picture:
    """Return one picture of what was there and of what is there, for what something else has written meanwhile."""
    there = {(slot.table.name, key_of(slot.table, slot.now)): slot for slot in before.of(*STORED)}
    written = Picture()
    for slot in after.of(*STORED):
        earlier = there.pop((slot.table.name, key_of(slot.table, slot.now)), None)
        written.slots.append(Slot(slot.table, earlier.now if earlier else None, slot.now))
    written.slots.extend(Slot(slot.table, slot.now, None) for slot in there.values())
    return written
