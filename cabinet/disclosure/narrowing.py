"""What a cell can be, given that no count is below zero: from below and from above, narrowed sum by sum."""

import numpy as np

from cabinet.disclosure.numbered import Array, Numbered, Sums, Unknown

_MANY = 10**9
_ROUNDS = 50


def pinned(unknown: Unknown) -> Array:
    """Return the small cells, withheld and not known, that have one possible value only."""
    table = unknown.table
    bounds = Bounds(table, unknown.cells)
    if not bounds.narrow_together():
        bounds.narrow_in_turn()
    found = unknown.cells & unknown.withheld & table.small & (bounds.low == bounds.high)
    return np.flatnonzero(found)


class Bounds:
    """The least and the most that every cell can be."""

    def __init__(self, table: Numbered, unknown: Array) -> None:
        self.low, self.high = np.where(unknown, 0, table.counts), np.where(unknown, _MANY, table.counts)
        self._sums = []
        for sums in table.sums:
            some = np.flatnonzero(unknown[sums.cells].any(axis=0))
            self._sums.append(Sums(sums.cells[:, some], sums.numbers[some]))
        self._moved = unknown

    def narrow_together(self) -> bool:
        """Narrow by all sums at a time, until nothing moves; return whether that came to an end.

        Where it does, narrowing by one after the other ends no later, and with the same.
        """
        for _ in range(_ROUNDS):
            before = self.low.copy(), self.high.copy()
            for sums in self._sums:
                self._narrow(sums.cells[:, self._moved[sums.cells].any(axis=0)])
            self._moved = (self.low != before[0]) | (self.high != before[1])
            if not self._moved.any():
                return True
        return False

    def narrow_in_turn(self) -> None:
        """Narrow on by one sum after the other, which tells more in a round; numbers may creep for very long."""
        every = {int(number): sums.cells[:, at] for sums in self._sums for at, number in enumerate(sums.numbers)}
        touching: dict[int, list[int]] = {}
        for number in sorted(every):
            for cell in every[number].tolist():
                touching.setdefault(cell, []).append(number)
        waiting = {number for cell in np.flatnonzero(self._moved).tolist() for number in touching.get(cell, ())}
        for _ in range(_ROUNDS):
            # What is moved on the way waits in the same round, if it is of a sum that is still to come.
            for number in sorted(every) if waiting else ():
                if number in waiting:
                    waiting.discard(number)
                    cells = every[number]
                    before = self.low[cells], self.high[cells]
                    self._narrow(cells[:, None])
                    moved = cells[(self.low[cells] != before[0]) | (self.high[cells] != before[1])]
                    waiting.update(each for cell in moved.tolist() for each in touching[cell])

    def _narrow(self, cells: Array) -> None:
        """Narrow what the cells of some sums can be by what the others of each can be."""
        low, high = self.low[cells], self.high[cells]
        least, most = low[1:].sum(axis=0), high[1:].sum(axis=0)
        new_low, new_high = low.copy(), high.copy()
        np.maximum(low[0], least, out=new_low[0])
        np.minimum(high[0], most, out=new_high[0])
        np.maximum(low[1:], new_low[0] - (most - high[1:]), out=new_low[1:])
        np.minimum(high[1:], new_high[0] - (least - low[1:]), out=new_high[1:])
        more, fewer = new_low > low, new_high < high
        np.maximum.at(self.low, cells[more], new_low[more])
        np.minimum.at(self.high, cells[fewer], new_high[fewer])
