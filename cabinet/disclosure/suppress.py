"""Cell suppression: withhold counts of 1-10, and others so that those cannot be worked out.

An attacker is given every shown cell and every sum the cells obey, and fills in whatever follows; as long as a
small cell follows, another cell is withheld. This protects one answer. Several answers laid side by side are
not protected by it.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

SMALLEST, LARGEST = 1, 10

Key = Hashable


@dataclass(frozen=True)
class Sum:
    """A total and the parts that add up to it."""

    total: Key
    parts: tuple[Key, ...]

    @property
    def cells(self) -> tuple[Key, ...]:
        return (self.total, *self.parts)


@dataclass
class Table:
    """Counts, the sums they obey, and which of them are never shown but follow from those that are.

    `fixed` are cells whose value everyone knows, such as the zero of "not in need" where need is universal.
    """

    cells: Mapping[Key, int]
    sums: Sequence[Sum]
    implied: frozenset[Key] = frozenset()
    fixed: frozenset[Key] = frozenset()
    withheld: set[Key] = field(default_factory=set)

    def is_small(self, key: Key) -> bool:
        return SMALLEST <= self.cells[key] <= LARGEST and key not in self.fixed

    def is_shown(self, key: Key) -> bool:
        return key not in self.withheld and key not in self.implied and key not in self.fixed

    @cached_property
    def touching(self) -> Mapping[Key, Sequence[Sum]]:
        """The sums each cell is part of."""
        found: dict[Key, list[Sum]] = {}
        for sum_ in self.sums:
            for key in sum_.cells:
                found.setdefault(key, []).append(sum_)
        return found


def suppress(table: Table) -> frozenset[Key]:
    """Return the shown cells that must be withheld, small ones and those that protect them."""
    table.withheld = {key for key in table.cells if table.is_small(key)}
    suspects: Iterable[Sum] = table.sums
    while True:
        unknown = _unknown(table)
        exposed = [sum_ for sum_ in suspects if _exposes(table, sum_, unknown)]
        if not exposed:
            if suspects is table.sums:
                return frozenset(table.withheld - table.implied)
            suspects = table.sums
            continue
        _withhold_more(table, exposed)
        suspects = exposed


def _unknown(table: Table) -> set[Key]:
    """Return the cells an attacker cannot work out by filling in the sums one after the other.

    A small cell that follows is left unknown here: it is what `_exposes` looks for.
    """
    unknown = (table.withheld | table.implied) - table.fixed
    waiting = list(table.sums)
    while waiting:
        open_cells = [key for key in waiting.pop().cells if key in unknown]
        if len(open_cells) == 1 and not table.is_small(open_cells[0]):
            unknown.discard(open_cells[0])
            waiting.extend(table.touching[open_cells[0]])
    return unknown


def _exposes(table: Table, sum_: Sum, unknown: set[Key]) -> bool:
    """Whether the sum gives a small cell away, or a small sum of withheld cells."""
    open_cells = [key for key in sum_.cells if key in unknown]
    if len(open_cells) == 1:
        return table.is_small(open_cells[0])
    if not open_cells or sum_.total in unknown:
        return False
    together = sum(table.cells[key] for key in open_cells)
    return SMALLEST <= together <= LARGEST and bool(_candidates(table, sum_))


def _withhold_more(table: Table, exposed: Sequence[Sum]) -> None:
    """Withhold a cell of each exposed sum: the part that costs least.

    A sum whose own cells are withheld already, or never shown, follows from the sums beside it; it is looked at
    last, because what protects the others often protects it.
    """
    direct = [found[0] for sum_ in exposed if (found := _candidates(table, sum_))]
    if direct:
        table.withheld.update(direct)
        return
    for sum_ in exposed:
        beside = [other for key in sum_.cells for other in table.touching[key]]
        near = [found[0] for other in beside if (found := _candidates(table, other))]
        table.withheld.update(near[:1] or [key for key in table.cells if table.is_shown(key)])


def _candidates(table: Table, sum_: Sum) -> list[Key]:
    """Return the shown cells, best first: the smallest part that is not zero; failing these, the total."""
    parts = [key for key in sum_.parts if table.is_shown(key)]
    nonzero = sorted((key for key in parts if table.cells[key]), key=lambda key: table.cells[key])
    return nonzero or ([sum_.total] if table.is_shown(sum_.total) else parts)
