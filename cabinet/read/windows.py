"""The arguments of a list: which page of it, in which order, narrowed to what."""

from collections.abc import Hashable, Mapping
from enum import Enum
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Table
from strawberry.utils.str_converters import to_snake_case

from cabinet.read.filters import Condition, read_filter
from cabinet.read.order import BY_KEY, Order, Place

DEFAULT_PAGE = 50


class Window(NamedTuple):
    """Which page of which rows: the first `first` that meet the conditions, after the place, in the order."""

    first: int = DEFAULT_PAGE
    after: Place | None = None
    order: Order = BY_KEY
    conditions: tuple[Condition, ...] = ()

    def narrowed(self, conditions: tuple[Condition, ...]) -> "Window":
        return self._replace(conditions=(*conditions, *self.conditions))

    @property
    def shape(self) -> Hashable:
        """Return what makes a difference to the statement; the values themselves do not."""
        after = None if self.after is None else self.after.value is not None
        return (self.first, self.order, after, tuple([each.shape for each in self.conditions]))


def read_window(table: Table, community_id: UUID, arguments: Mapping[str, Any]) -> Window:
    """Read a list's arguments, by their names in the API.

    Raises InputInvalid for a cursor that is not this list's, NotFound for an id that is not this community's.
    """
    order_by = arguments.get("orderBy")
    order = Order.of(order_by.value if isinstance(order_by, Enum) else order_by) if order_by else BY_KEY
    after = arguments.get("after")
    asked = arguments.get("filter") or {}
    given = {_snake_case(name): value for name, value in asked.items() if value is not None}
    return Window(
        arguments.get("first", DEFAULT_PAGE),
        order.place(after, table) if after is not None else None,
        order,
        read_filter(table, community_id, given) if given else (),
    )


_snake_case = cache(to_snake_case)
"""A filter's fields are few, and asked for over and over."""
