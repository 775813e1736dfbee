"""A table with numbers for keys, its sums laid out as arrays, and what its withheld cells leave unknown.

All sums of one width are looked at together: a table has thousands, and each of them is three numbers.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from cabinet.disclosure.suppress import Table

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

SMALLEST, LARGEST = 1, 10

_WITHHELD, _COUNTED = 1 << 20, 1 << 40
"""What an unknown cell adds to 1 where it is withheld, and where it is not zero: one sum tells all three."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of one width: a column of cells each, the total first, then the parts in order; and their numbers."""

    cells: Array
    numbers: Array


@dataclass(frozen=True, eq=False)
class Numbered:
    """A table's cells and sums by number: the counts, the sums by width, and which cells are marked."""

    counts: Array
    sums: Sequence[Sums]
    implied: Array
    fixed: Array
    also: Array

    @classmethod
    def of(cls, table: "Table") -> Self:
        keys = {key: number for number, key in enumerate(table.cells)}
        by_width: dict[int, tuple[list[list[int]], list[int]]] = {}
        for number, sum_ in enumerate(table.sums):
            cells, numbers = by_width.setdefault(len(sum_.parts), ([], []))
            cells.append([keys[key] for key in (sum_.total, *sum_.parts)])
            numbers.append(number)
        sums = [Sums(np.array(cells).T, np.array(numbers)) for cells, numbers in by_width.values()]

        def among(some: Collection[object]) -> Array:
            return np.fromiter((key in some for key in keys), bool, len(keys))

        counts = np.fromiter(table.cells.values(), np.int64, len(keys))
        return cls(counts, sums, among(table.implied), among(table.fixed), among(table.also))

    @property
    def small(self) -> Array:
        """Return which cells are small, and known to nobody."""
        small: Array = (self.counts >= SMALLEST) & (self.counts <= LARGEST) & ~self.fixed
        return small


class Unknown:
    """The cells an attacker cannot work out by filling in the sums one after the other.

    A withheld cell that follows is left unknown here: it makes its sum an exposed one. Where the known parts make
    up the whole, the other parts are zero, and everybody knows. Filling in only ever makes cells known, so where
    it ends does not depend on the order.
    """

    def __init__(self, table: Numbered, withheld: Array) -> None:
        self.table, self.withheld = table, withheld
        unknown = (withheld | table.implied) & ~table.fixed
        self._weights = unknown * (1 + _WITHHELD * withheld + _COUNTED * (table.counts != 0))
        while sum(self._fill_in(sums) for sums in table.sums):
            pass
        self.cells: Array = self._weights != 0

    def _fill_in(self, sums: Sums) -> bool:
        """Make known what follows from some sums; return whether anything did."""
        told = self._weights[sums.cells].sum(axis=0)
        is_last = (told == 1) | (told == 1 + _COUNTED)
        are_zero = (told > 0) & (told < _COUNTED) & (self._weights[sums.cells[0]] == 0)
        follows = np.flatnonzero(is_last | are_zero)
        self._weights[sums.cells[:, follows]] = 0
        return bool(len(follows))

    def exposed(self) -> Array:
        """Return by number the sums that a withheld cell follows from, or whose unknown cells are a small one."""
        found = [sums.numbers[self._exposes(sums)] for sums in self.table.sums]
        return np.sort(np.concatenate([np.empty(0, np.int64), *found]))

    def _exposes(self, sums: Sums) -> Array:
        counts = self.table.counts
        told = self._weights[sums.cells].sum(axis=0)
        together = np.where(self.cells, counts, 0)[sums.cells].sum(axis=0)
        several = (told % _WITHHELD > 1) & ~self.cells[sums.cells[0]]
        is_one: Array = (told == 1 + _WITHHELD) | (told == 1 + _WITHHELD + _COUNTED)
        exposes: Array = is_one | (several & (together >= SMALLEST) & (together <= LARGEST))
        return exposes
