"""Cell suppression: withhold counts of 1-10, and others so that those cannot be worked out.

An attacker is given every shown cell and every sum the cells obey, and fills in whatever follows; as long as a
small cell follows, another cell is withheld. This protects one answer. Several answers laid side by side are
not protected by it.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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


def suppress(table: Table) -> frozenset[Key]:
    """Return the shown cells that must be withheld, small ones and those that protect them."""
    table.withheld = {key for key in table.cells if table.is_small(key)}
    while True:
        unknown = _unknown(table)
        exposed = [*_exposing(table, unknown)]
        if not exposed:
            return frozenset(table.withheld - table.implied)
        for sum_ in exposed:
            _withhold_one(table, sum_)


def _unknown(table: Table) -> set[Key]:
    """Return the cells an attacker cannot work out by filling in the sums one after the other."""
    unknown = (table.withheld | table.implied) - table.fixed
    touching: dict[Key, list[Sum]] = {}
    for sum_ in table.sums:
        for key in sum_.cells:
            touching.setdefault(key, []).append(sum_)
    waiting = list(table.sums)
    while waiting:
        open_cells = [key for key in waiting.pop().cells if key in unknown]
        if len(open_cells) == 1 and not table.is_small(open_cells[0]):
            unknown.discard(open_cells[0])
            waiting.extend(touching[open_cells[0]])
    return unknown


def _exposing(table: Table, unknown: set[Key]) -> Iterable[Sum]:
    """Yield the sums that give a small cell away, or a small sum of withheld cells."""
    for sum_ in table.sums:
        open_cells = [key for key in sum_.cells if key in unknown]
        if len(open_cells) == 1 and table.is_small(open_cells[0]):
            yield sum_
        elif sum_.total not in unknown and len(open_cells) > 1:
            together = sum(table.cells[key] for key in open_cells)
            if SMALLEST <= together <= LARGEST and _candidates(table, sum_):
                yield sum_


def _withhold_one(table: Table, sum_: Sum) -> None:
    """Withhold the part that costs least: the smallest that is not zero, or else the total.

    Where every cell of the sum is withheld already and still follows from elsewhere, the cells it follows
    from are withheld instead, beginning with this sum's neighbours.
    """
    candidates = _candidates(table, sum_)
    if candidates:
        table.withheld.add(candidates[0])
        return
    shown = set(table.cells) - table.withheld - table.implied - table.fixed
    near = {key for other in table.sums if set(other.cells) & set(sum_.cells) for key in other.cells} & shown
    table.withheld.update(near or shown)


def _candidates(table: Table, sum_: Sum) -> list[Key]:
    free = [key for key in sum_.cells if key not in table.withheld | table.implied | table.fixed]
    parts = [key for key in free if key != sum_.total]
    nonzero = sorted((key for key in parts if table.cells[key]), key=lambda key: table.cells[key])
    return nonzero or [key for key in free if key == sum_.total] or parts
