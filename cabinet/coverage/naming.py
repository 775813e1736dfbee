"""Groups under the names people know them by, in the order people read them."""

from collections.abc import Iterable, Mapping, Sequence

from cabinet.coverage.answer import GroupValue
from cabinet.coverage.dimensions import AGE_BANDS, MULTIPLE, UNKNOWN, Dimension
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.coverage.tabulation import OTHER_COMBINATION
from cabinet.db import Record
from cabinet.tables.terms import GRADES

_WORDS = {
    UNKNOWN: "Unknown",
    "YES": "Yes",
    "NO": "No",
    MULTIPLE: "More than one",
    OTHER_COMBINATION: "Another combination",
}

Names = Mapping[tuple[str, str], str]


def names_of(labels: Sequence[Record]) -> Names:
    """Return the names of neighborhoods and schools by dimension and code."""
    return {(row["dimension"], row["code"]): row["name"] for row in labels}


def group_values(dimensions: Sequence[Dimension], key: GroupKey, names: Names) -> tuple[GroupValue, ...]:
    """Name the values of a group; the total has none."""
    if key == TOTAL:
        return ()
    return tuple(
        GroupValue(dimension, value, names.get((dimension, value), _WORDS.get(value, value)))
        for dimension, value in zip(dimensions, key, strict=True)
    )


def in_order(
    dimensions: Sequence[Dimension], keys: Iterable[GroupKey], names: Names
) -> list[tuple[GroupKey, tuple[GroupValue, ...]]]:
    """Name the groups: ages and grades as they rise, others by name, and what is unknown last."""
    named = [(key, group_values(dimensions, key, names)) for key in keys]
    return sorted(named, key=lambda each: [_place(value) for value in each[1]])


def _place(value: GroupValue) -> tuple[bool, int, str]:
    rising = [*AGE_BANDS] if value.dimension is Dimension.AGE_BAND else [*GRADES]
    known = value.value in rising
    return (value.value == UNKNOWN, rising.index(value.value) if known else 0, value.label)
