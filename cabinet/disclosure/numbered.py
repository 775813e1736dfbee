"""A table with numbers for keys, and what its withheld cells leave unknown, kept up as more are withheld.

Numbers are looked up many times at a fraction of the cost of keys.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from cabinet.disclosure.suppress import Key, Table

SMALLEST, LARGEST = 1, 10


@dataclass(frozen=True)
class Numbered:
    """A table's cells and sums by number: the counts, each sum with its total first, and the sums of each cell."""

    keys: Sequence["Key"]
    counts: Sequence[int]
    sums: Sequence[tuple[int, ...]]
    touching: Sequence[Sequence[int]]
    implied: frozenset[int]
    fixed: frozenset[int]
    also: frozenset[int]

    @classmethod
    def of(cls, table: "Table") -> Self:
        keys = list(table.cells)
        numbers: Mapping[Key, int] = {key: number for number, key in enumerate(keys)}
        sums = [tuple(map(numbers.__getitem__, (sum_.total, *sum_.parts))) for sum_ in table.sums]
        touching: list[list[int]] = [[] for _ in keys]
        for number, cells in enumerate(sums):
            for cell in cells:
                touching[cell].append(number)

        def among(some: Iterable["Key"]) -> frozenset[int]:
            return frozenset(numbers[key] for key in some if key in numbers)

        counts = list(table.cells.values())
        marked = among(table.implied), among(table.fixed), among(table.also)
        return cls(keys, counts, sums, touching, *marked)

    def is_small(self, cell: int) -> bool:
        return SMALLEST <= self.counts[cell] <= LARGEST and cell not in self.fixed


class Unknown:
    """The cells an attacker cannot work out by filling in the sums one after the other.

    A withheld cell that follows is left unknown here: it makes its sum an exposed one. Where the known parts make
    up the whole, the other parts are zero, and everybody knows.
    """

    def __init__(self, table: Numbered, withheld: Iterable[int]) -> None:
        self.table, self.withheld = table, set(withheld)
        self.cells = (self.withheld | table.implied) - table.fixed
        self.exposed: set[int] = set()
        self.moved: set[int] = set(self.cells)
        """Cells that became unknown or known, or were withheld, since somebody last emptied this."""
        self._fill_in(range(len(table.sums)))
        self._expose(range(len(table.sums)))

    def withhold(self, more: Iterable[int]) -> None:
        """Withhold more cells. What followed from these, one way or another, may follow no longer."""
        new = set(more) - self.withheld
        self.withheld |= new
        back = new | self._followed_from(new)
        before = self.cells.intersection(back)
        self.cells |= back - self.table.fixed
        touched = {sum_ for cell in back for sum_ in self.table.touching[cell]}
        gone = self._fill_in(touched)
        changed = new | (self.cells & back) - before | gone
        self.moved |= changed
        self._expose(sum_ for cell in changed for sum_ in self.table.touching[cell])

    def open_cells(self, sum_: int) -> list[int]:
        return [cell for cell in self.table.sums[sum_] if cell in self.cells]

    def _followed_from(self, cells: Iterable[int]) -> set[int]:
        """Return every cell that is known only because it follows, and may do so from one of these."""
        table, found, waiting = self.table, set[int](), list(cells)
        may_be_unknown = (self.withheld | table.implied) - table.fixed - self.cells
        while waiting:
            for sum_ in table.touching[waiting.pop()]:
                more = may_be_unknown.intersection(table.sums[sum_]) - found
                found |= more
                waiting.extend(more)
        return found

    def _fill_in(self, sums: Iterable[int]) -> set[int]:
        """Make known what follows from these sums, and from what that makes known; return it."""
        table, waiting, filled = self.table, list(sums), set[int]()
        while waiting:
            sum_ = waiting.pop()
            found = self.open_cells(sum_)
            if not found or not self._follow(sum_, found):
                continue
            self.cells.difference_update(found)
            filled.update(found)
            for cell in found:
                waiting.extend(table.touching[cell])
        return filled

    def _follow(self, sum_: int, found: Sequence[int]) -> bool:
        if len(found) == 1 and found[0] not in self.withheld:
            return True
        total = self.table.sums[sum_][0]
        return total not in self.cells and not any(self.table.counts[cell] for cell in found)

    def _expose(self, sums: Iterable[int]) -> None:
        for sum_ in set(sums):
            (self.exposed.add if self._exposes(sum_) else self.exposed.discard)(sum_)

    def _exposes(self, sum_: int) -> bool:
        """Whether a withheld cell follows from the sum, or the sum of the cells that do not is a small one."""
        found = self.open_cells(sum_)
        if len(found) == 1:
            return found[0] in self.withheld
        if not found or self.table.sums[sum_][0] in self.cells:
            return False
        return SMALLEST <= sum(self.table.counts[cell] for cell in found) <= LARGEST
