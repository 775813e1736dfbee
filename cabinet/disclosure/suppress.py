"""Cell suppression: withhold counts of 1-10, and others so that those cannot be worked out.

An attacker is given every shown cell and every sum the cells obey, and fills in whatever follows; as long as a
small cell follows, another cell is withheld. This protects one answer. Several answers laid side by side are
not protected by it.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cabinet.disclosure.narrowing import pinned
from cabinet.disclosure.numbered import Array, Numbered, Unknown

Key = Hashable

_NONE, _LAST = -1, 2**62


@dataclass(frozen=True)
class Sum:
    """A total and the parts that add up to it."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
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


def suppress(table: Table) -> frozenset[Key]:
    """Return the shown cells that must be withheld, small ones and those that protect them."""
    keys = list(table.cells)
    return frozenset(keys[cell] for cell in np.flatnonzero(suppressed(Numbered.of(table))))


def suppressed(table: Numbered) -> Array:
    """Return which of the shown cells must be withheld."""
    withheld = table.small | table.also
    suspects: Array = np.empty(0, np.int64)
    while True:
        unknown = Unknown(table, withheld)
        exposed = unknown.exposed()
        # What is left of the sums that were exposed comes first, before others that are.
        left = suspects[np.isin(suspects, exposed)]
        exposed = left if len(left) else exposed
        if not len(exposed):
            exposed = _touching(table, pinned(unknown))
        more = _more(unknown, exposed) if len(exposed) else exposed
        if not len(more):
            return withheld & ~table.implied
        withheld = withheld.copy()
        withheld[more] = True
        suspects = exposed


def _touching(table: Numbered, cells: Array) -> Array:
    """Return the sums of some cells, cell by cell."""
    wanted = np.zeros(len(table.counts), bool)
    wanted[cells] = True
    found = []
    for sums in table.sums:
        place, column = np.nonzero(wanted[sums.cells])
        found.append(np.stack((sums.cells[place, column], sums.numbers[column])))
    cell, number = np.concatenate([np.empty((2, 0), np.int64), *found], axis=1)
    in_order: Array = number[np.lexsort((number, cell))]
    return in_order


def _more(unknown: Unknown, exposed: Array) -> Array:
    """Return a cell to withhold of each exposed sum, the part that costs least.

    A sum whose own cells are withheld already, or never shown, follows from the sums beside it; it is looked at
    last, because what protects the others often protects it.
    """
    table = unknown.table
    shown = ~(unknown.withheld | table.implied | table.fixed)
    found = [_candidates(table, sums.cells[:, np.isin(sums.numbers, exposed)], shown) for sums in table.sums]
    more = np.unique(np.concatenate(found))
    if len(more) and more[0] == _NONE:
        more = more[1:]
    return more if len(more) else _beside(table, exposed, shown)


def _beside(table: Numbered, exposed: Array, shown: Array) -> Array:
    """Return the cell of the first sum beside an exposed one that has any to withhold; failing that, all."""
    first = np.full(len(table.counts), _LAST)
    best: dict[int, int] = {}
    for sums in table.sums:
        candidates = _candidates(table, sums.cells, shown)
        some = np.flatnonzero(candidates != _NONE)
        numbers = np.broadcast_to(sums.numbers[some], (len(sums.cells), len(some)))
        np.minimum.at(first, sums.cells[:, some], numbers)
        best.update(zip(sums.numbers[some].tolist(), candidates[some].tolist(), strict=True))
    for number in exposed.tolist():
        beside = first[_cells(table, number)]
        near = beside[beside != _LAST]
        if len(near):
            return np.array([best[int(near[0])]])
    return np.flatnonzero(shown)


def _cells(table: Numbered, number: int) -> Array:
    """Return the cells of a sum."""
    return next(sums.cells[:, at[0]] for sums in table.sums if len(at := np.flatnonzero(sums.numbers == number)))


def _candidates(table: Numbered, cells: Array, shown: Array) -> Array:
    """Return of each sum the smallest shown part that is not zero; failing these, the total, or else any part."""
    total, parts = cells[0], cells[1:]
    if not parts.size:
        return np.where(shown[total], total, _NONE)
    counts, are_shown = table.counts[parts], shown[parts]
    places = np.arange(len(parts))[:, None]
    # Of parts that count the same, the first.
    costs = np.where(are_shown & (counts != 0), counts * len(parts) + places, _LAST)
    cheapest = costs.min(axis=0)
    columns = np.arange(len(total))
    some = np.where(are_shown.any(axis=0), parts[are_shown.argmax(axis=0), columns], _NONE)
    otherwise = np.where(shown[total], total, some)
    return np.where(cheapest == _LAST, otherwise, parts[cheapest % len(parts), columns])
