"""The counts of a service as one array, read as a mapping of groups to counts by name."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np

from cabinet.coverage.overlapping import GroupKey
from cabinet.disclosure.numbered import Array

Groups: TypeAlias = Mapping[GroupKey, Mapping[str, int | None]]


class Grid(Mapping[GroupKey, Mapping[str, Any]]):
    """Counts by group: `numbers` has a row for each name and a column for each group, as `withheld` has."""

    def __init__(
        self, keys: Sequence[GroupKey], names: Sequence[str], numbers: Array, withheld: Array | None = None
    ) -> None:
        self.groups, self.names, self.numbers = tuple(keys), tuple(names), numbers
        self.withheld: Array = np.zeros(numbers.shape, bool) if withheld is None else withheld

    @classmethod
    def of(cls, groups: Groups) -> Self:
        """Return the same counts as an array; nothing is withheld yet."""
        if type(groups) is cls:
            return groups
        names = tuple(next(iter(groups.values())))
        values = [[row[name] or 0 for row in groups.values()] for name in names]
        return cls(tuple(groups), names, np.array(values, np.int64).reshape(len(names), len(groups)))

    def without(self, withheld: Array) -> "Grid":
        return Grid(self.groups, self.names, self.numbers, withheld)

    def of_groups(self, keys: Sequence[GroupKey]) -> Array:
        """Return the values of some groups, in their order."""
        if tuple(keys) == self.groups:
            return self.numbers
        found: Array = self.numbers[:, [self._places[key] for key in keys]]
        return found

    def column(self, name: str) -> list[int | None]:
        """Return a count of every group, None where it is withheld."""
        place = self.names.index(name)
        values = self.numbers[place].tolist()
        return [None if gone else value for value, gone in zip(values, self.withheld[place].tolist(), strict=True)]

    def row(self, key: GroupKey) -> Mapping[str, int | None]:
        """Return the counts of one group, without a look at the others."""
        place = self._places[key]
        row = zip(self.names, self.numbers[:, place].tolist(), self.withheld[:, place].tolist(), strict=True)
        return {name: None if gone else value for name, value, gone in row}

    @cached_property
    def _rows(self) -> Sequence[tuple[int | None, ...]]:
        return list(zip(*map(self.column, self.names), strict=True)) or [()] * len(self.groups)

    @cached_property
    def _places(self) -> Mapping[GroupKey, int]:
        return {key: place for place, key in enumerate(self.groups)}

    def __getitem__(self, key: GroupKey) -> Mapping[str, int | None]:
        return dict(zip(self.names, self._rows[self._places[key]], strict=True))

    def __iter__(self) -> Iterator[GroupKey]:
        return iter(self.groups)

    def __len__(self) -> int:
        return len(self.groups)
