"""Cell suppression as it was first written: everything worked out anew in every round.

It is the oracle of `cabinet.disclosure.suppress`, which keeps what it knows from round to round and has to
withhold the same cells of every table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from cabinet.disclosure.suppress import Key
from cabinet.disclosure.suppress import Table as Given

SMALLEST, LARGEST = 1, 10
_MANY = 10**9
_ROUNDS = 50


@dataclass(frozen=True)
class Sum:
    """A total and the parts that add up to it."""

    total: Key
    parts: tuple[Key, ...]

    @cached_property
    def cells(self) -> tuple[Key, ...]:
        return (self.total, *self.parts)


@dataclass
class Table:
    """Counts, the sums they obey, and which of them are never shown but follow from those that are.

    `fixed` are cells whose value everyone knows, such as the zero of "not in need" where need is universal. `also`
    are withheld whatever they count, because they are elsewhere.
    """

    cells: Mapping[Key, int]
    sums: Sequence[Sum]
    implied: frozenset[Key] = frozenset()
    fixed: frozenset[Key] = frozenset()
    also: frozenset[Key] = frozenset()
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


def suppress(table: Given) -> frozenset[Key]:
    """Return the shown cells that must be withheld, small ones and those that protect them."""
    names: Mapping[Key, Key] = dict(enumerate(table.cells))
    return frozenset(names[number] for number in _suppress(_numbered(table)))


def _numbered(table: Given) -> Table:
    """Return the same table with numbers for keys, which are looked up many times at a fraction of the cost."""
    numbers: Mapping[Key, Key] = {key: number for number, key in enumerate(table.cells)}

    def among(some: Iterable[Key]) -> frozenset[Key]:
        return frozenset(numbers[key] for key in some if key in numbers)

    cells = {numbers[key]: count for key, count in table.cells.items()}
    sums = [Sum(numbers[each.total], tuple(numbers[key] for key in each.parts)) for each in table.sums]
    return Table(cells, sums, among(table.implied), among(table.fixed), among(table.also))


def _suppress(table: Table) -> frozenset[Key]:
    table.withheld = {key for key in table.cells if table.is_small(key) or key in table.also}
    suspects: Sequence[Sum] = table.sums
    while True:
        unknown = _unknown(table)
        exposed = [sum_ for sum_ in suspects if _exposes(table, sum_, unknown)]
        if not exposed and suspects is not table.sums:
            suspects = table.sums
            continue
        if not exposed:
            exposed = [sum_ for key in _pinned(table, unknown) for sum_ in table.touching[key]]
        if not exposed or not _withhold_more(table, exposed):
            return frozenset(table.withheld - table.implied)
        suspects = exposed


def _unknown(table: Table) -> set[Key]:
    """Return the cells an attacker cannot work out by filling in the sums one after the other.

    A withheld cell that follows is left unknown here: it is what `_exposes` looks for. Where the known parts make
    up the whole, the other parts are zero, and everybody knows.
    """
    unknown = (table.withheld | table.implied) - table.fixed
    waiting = list(table.sums)
    while waiting:
        sum_ = waiting.pop()
        found = [key for key in sum_.cells if key in unknown]
        are_zero = sum_.total not in unknown and not any(table.cells[key] for key in found)
        if not are_zero and (len(found) != 1 or found[0] in table.withheld):
            continue
        unknown.difference_update(found)
        for key in found:
            waiting.extend(table.touching[key])
    return unknown


def _pinned(table: Table, unknown: set[Key]) -> set[Key]:
    """Return the small cells that have one possible value only, given that no count is below zero."""
    low = {key: 0 if key in unknown else count for key, count in table.cells.items()}
    high = {key: _MANY if key in unknown else count for key, count in table.cells.items()}
    sums = [sum_ for sum_ in table.sums if not unknown.isdisjoint(sum_.cells)]
    for _ in range(_ROUNDS):
        before = (sum(low.values()), sum(high.values()))
        for sum_ in sums:
            _narrow(sum_, low, high)
        if before == (sum(low.values()), sum(high.values())):
            break
    return {key for key in unknown & table.withheld if low[key] == high[key] and table.is_small(key)}


def _narrow(sum_: Sum, low: dict[Key, int], high: dict[Key, int]) -> None:
    """Narrow what the cells of one sum can be by what the others can be."""
    least, most = sum(low[key] for key in sum_.parts), sum(high[key] for key in sum_.parts)
    low[sum_.total] = max(low[sum_.total], least)
    high[sum_.total] = min(high[sum_.total], most)
    for key in sum_.parts:
        own_low, own_high = low[key], high[key]
        low[key] = max(own_low, low[sum_.total] - (most - own_high))
        high[key] = min(own_high, high[sum_.total] - (least - own_low))
        least, most = least + low[key] - own_low, most + high[key] - own_high


def _exposes(table: Table, sum_: Sum, unknown: set[Key]) -> bool:
    """Whether a withheld cell follows from the sum, or the sum of the cells that do not is a small one."""
    open_cells = [key for key in sum_.cells if key in unknown]
    if len(open_cells) == 1:
        return open_cells[0] in table.withheld
    if not open_cells or sum_.total in unknown:
        return False
    return SMALLEST <= sum(table.cells[key] for key in open_cells) <= LARGEST


def _withhold_more(table: Table, exposed: Sequence[Sum]) -> bool:
    """Withhold a cell of each exposed sum, the part that costs least; return whether there was one.

    A sum whose own cells are withheld already, or never shown, follows from the sums beside it; it is looked at
    last, because what protects the others often protects it.
    """
    more = {found[0] for sum_ in exposed if (found := _candidates(table, sum_))}
    if not more:
        beside = (other for sum_ in exposed for key in sum_.cells for other in table.touching[key])
        more = set(next((found[:1] for other in beside if (found := _candidates(table, other))), ()))
    if not more:
        more = {key for key in table.cells if table.is_shown(key)}
    table.withheld |= more
    return bool(more)


def _candidates(table: Table, sum_: Sum) -> list[Key]:
    """Return the shown cells, best first: the smallest part that is not zero; failing these, the total."""
    parts = [key for key in sum_.parts if table.is_shown(key)]
    nonzero = sorted((key for key in parts if table.cells[key]), key=lambda key: table.cells[key])
    return nonzero or ([sum_.total] if table.is_shown(sum_.total) else parts)
