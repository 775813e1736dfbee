"""What a list is narrowed to: the fields of a filter, taken by their names for columns of the table."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Uuid, and_, or_

from cabinet.access import Grant
from cabinet.read.children import own_children
from cabinet.read.rows import decode_key
from cabinet.tables import metadata

Filter = Mapping[str, Any]
"""A filter as the API gives it: its fields by name. A null says nothing."""


class Test(StrEnum):
    """How a column is compared with a value."""

    ONE_OF = "one of"
    SINCE = "since"
    UNTIL = "until"
    OPEN_ON = "open on"


class Condition(NamedTuple):
    """One test of one column."""

    column: str
    test: Test
    value: Any
    is_given: bool = False
    """Whether the values are keys as a client gave them: of children, an agency gives its own references."""

    @property
    def shape(self) -> tuple[str, Test, bool, bool]:
        """Return what makes a difference to a statement; with one value the planner knows more."""
        return self.column, self.test, self.is_single, self.is_given

    @property
    def is_single(self) -> bool:
        return self.test is Test.ONE_OF and len(self.value) == 1

    @property
    def names_children(self) -> bool:
        """Whether the values are what a client calls children by."""
        return self.is_given and self.column == "child_id"

    def clause(self, table: Table, grant: Grant) -> ColumnElement[bool]:
        column: ColumnElement[Any] = table.c[self.column]
        if self.names_children and grant.scope.references:
            return column.in_(own_children(self.value))
        if self.test is Test.ONE_OF:
            return column.in_(self.value)
        if self.test is Test.SINCE:
            return and_(column >= self.value)
        if self.test is Test.UNTIL:
            return and_(column <= self.value)
        return and_(column <= self.value, or_(table.c.ends.is_(None), table.c.ends >= self.value))


def read_filter(table: Table, community_id: UUID, given: Filter) -> tuple[Condition, ...]:
    """Turn a filter into conditions that must all hold.

    A list asks for one of its values, `{from, to}` for a period with both ends, `open_on` for rows that have begun
    and not ended on that day. Raises NotFound for an id that is not of the column's table and community.
    """
    return tuple(
        condition
        for name, value in given.items()
        if value is not None
        for condition in _read(table, community_id, name, value)
    )


def _read(table: Table, community_id: UUID, name: str, value: Any) -> Iterator[Condition]:
    if name == "open_on":
        yield Condition("begins", Test.OPEN_ON, value)
    elif isinstance(value, list):
        column, referred = _column(table, name)
        words = [str(each) if referred is None else decode_key(each, referred, community_id) for each in value]
        yield Condition(column, Test.ONE_OF, words, is_given=referred is not None)
    else:
        for end, test in (("from", Test.SINCE), ("to", Test.UNTIL)):
            if value.get(end) is not None:
                yield Condition(name, test, value[end])


@cache
def _column(table: Table, name: str) -> tuple[str, Table | None]:
    """Return the column that a filter's field names and, if it holds keys, the table they are of."""
    column = table.c[name if name in table.c else f"{name}_id"]
    is_key = isinstance(column.type, Uuid)
    return column.name, metadata.tables[column.name.removesuffix("_id")] if is_key else None
