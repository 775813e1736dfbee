"""Values with holes in them, one for each variable: coerced once, and filled for every request.

graphql-core takes the value of a variable as it is, for it was coerced before. So a hole may stand in its place
while everything around it is coerced, defaults and all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, TypeAlias

Fill: TypeAlias = Callable[[Mapping[str, Any]], Any]
"""Makes a value of those that the variables have."""


@dataclass(frozen=True)
class Hole:
    """The place of a variable within a coerced value."""

    name: str


def template_of(value: Any) -> Fill:
    """Return how the value is filled; what no hole is in is the same object every time."""
    fill = _fill_of(value)
    return fill if fill is not None else lambda _: value


def _fill_of(value: Any) -> Fill | None:
    if isinstance(value, Hole):
        return itemgetter(value.name)
    if isinstance(value, dict):
        fills = {name: fill for name, each in value.items() if (fill := _fill_of(each)) is not None}
        return (lambda given: {**value, **{name: fill(given) for name, fill in fills.items()}}) if fills else None
    if isinstance(value, list) and any(_fill_of(each) is not None for each in value):
        items = [template_of(each) for each in value]
        return lambda given: [fill(given) for fill in items]
    return None
