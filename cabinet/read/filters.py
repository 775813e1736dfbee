"""What a list is narrowed to: the fields of a filter, taken by their names for columns of the table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Uuid, and_, or_

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


@dataclass(frozen=True)
class Condition:
    """One test of one column."""

    column: str
    test: Test
    value: Any

    def clause(self, table: Table) -> ColumnElement[bool]:
        column: ColumnElement[Any] = table.c[self.column]
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
        column = table.c[name if name in table.c else f"{name}_id"]
        yield Condition(column.name, Test.ONE_OF, [_word(column, each, community_id) for each in value])
    else:
        for end, test in (("from", Test.SINCE), ("to", Test.UNTIL)):
            if value.get(end) is not None:
                yield Condition(name, test, value[end])


def _word(column: Column[Any], value: Any, community_id: UUID) -> Any:
    if isinstance(column.type, Uuid):
        return decode_key(value, metadata.tables[column.name.removesuffix("_id")], community_id)
    return str(value)
