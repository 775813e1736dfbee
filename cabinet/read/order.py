"""The order of a list, and the cursor that stands for a row's place in it."""

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, and_, or_

from cabinet.access import Grant
from cabinet.errors import InputInvalid
from cabinet.read.children import own_children
from cabinet.read.rows import Row, called, opaque, opened
from cabinet.tables import child

_PARTS = 2


class Place(NamedTuple):
    """Where a page begins: after the row with this key and, in the ordered column, this value."""

    key: UUID
    value: Any


class Order(NamedTuple):
    """By one column and then by the key, or by the key alone; rows without a value come last either way."""

    column: str | None = None
    descending: bool = False

    @classmethod
    def of(cls, words: str | None) -> "Order":
        """Read `begins` or `begins desc`, as the API's enums of orders have it."""
        name, _, direction = (words or "").partition(" ")
        return cls(name or None, direction == "desc")

    def list_name(self, table: Table) -> str:
        """Name the rows and their order, so that a cursor is not taken for one of another list."""
        return _list_name(table.name, *self)

    def cursor(self, row: Row) -> str:
        """Write the row's place as text: the list's name, the key and, unless it is null, the value."""
        parts = [self.list_name(row.table), str(called(row.table, row.key, row.grant.scope.references))]
        value = getattr(row, self.column) if self.column else None
        return opaque("\n".join(parts if value is None else [*parts, str(value)]).encode())

    def place(self, cursor: str, table: Table) -> Place:
        """Read a cursor of such a list in this very order; raise InputInvalid for any other."""
        try:
            name, key, *value = opened(cursor).decode().split("\n", _PARTS)
            if name != self.list_name(table):
                raise InputInvalid("This cursor belongs to another list, or to one in another order.")
            return self._place(UUID(key), value, table)
        except ValueError as error:
            raise InputInvalid("This cursor was not made by this server.") from error

    def _place(self, key: UUID, value: list[str], table: Table) -> Place:
        column = table.c[self.column] if self.column else None
        if column is not None and value:
            return Place(key, _value(column, value[0]))
        if value or (column is not None and not column.nullable):
            raise ValueError("too many parts, or too few")
        return Place(key, None)

    def clauses(self, table: Table) -> list[ColumnElement[Any]]:
        """Return what to order by."""
        ordered = [table.c[name] for name in (self.column, table.info["key"]) if name]
        if not self.descending:
            return list(ordered)
        # Only where a value can be missing is its place said: an index is not read backwards otherwise.
        return [column.desc().nulls_last() if column.nullable else column.desc() for column in ordered]

    def after(self, table: Table, place: Place, grant: Grant) -> ColumnElement[bool]:
        """Return the condition that a row comes after the place."""
        key, own = table.c[table.info["key"]], table is child and grant.scope.references
        last: Any = own_children([place.key]).limit(1).scalar_subquery() if own else place.key
        later: ColumnElement[bool] = key < last if self.descending else key > last
        if self.column is None:
            return later
        column = table.c[self.column]
        if place.value is None:
            return and_(column.is_(None), later)
        beyond = column < place.value if self.descending else column > place.value
        follows = or_(beyond, and_(column == place.value, later))
        return or_(follows, column.is_(None)) if column.nullable else follows


BY_KEY = Order()


@cache
def _list_name(table: str, column: str | None, descending: bool) -> str:  # noqa: FBT001 - an order's own parts.
    return " ".join(word for word in (table, column, "desc" if descending else None) if word)


def _value(column: Column[Any], text: str) -> Any:
    """Read an ordered column's value, by the column's own type."""
    kind = column.type.python_type
    return kind.fromisoformat(text) if hasattr(kind, "fromisoformat") else kind(text)
