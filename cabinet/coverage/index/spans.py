"""What holds of a child from a day to a day: an enrollment, a characteristic, a need, a recent encounter."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from cabinet.coverage.index.dates import FOREVER

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]

_GONE = FOREVER + 1
_LEAST_ROOM = 64
_AT_ONCE = 2**14
"""Spans looked at together: what is made of them stays in the processor's cache, and in memory that is at hand."""


class Spans:
    """Spans of many children, ten bytes each; days are places in the school year.

    Of several spans of one child, the later in order are the later written: where one value stands, theirs does.
    """

    def __init__(self) -> None:
        self._size, self._gone = 0, 0
        self._slot: Array = np.empty(0, np.int32)
        self._what: Array = np.empty(0, np.uint16)
        self._begins: Array = np.empty(0, np.uint16)
        self._ends: Array = np.empty(0, np.uint16)

    @property
    def nbytes(self) -> int:
        return sum(column.nbytes for column in self._columns)

    @property
    def _columns(self) -> tuple[Array, Array, Array, Array]:
        return self._slot, self._what, self._begins, self._ends

    def on(self, day: int) -> Iterator[tuple[Array, Array]]:
        """Yield the slots and what holds of them on a day, as numbers that numpy looks up by without a detour."""
        for begin in range(0, self._size, _AT_ONCE):
            some = slice(begin, min(begin + _AT_ONCE, self._size))
            slot, what, begins, ends = (column[some] for column in self._columns)
            at = np.flatnonzero((begins <= day) & (ends >= day))
            yield slot[at].astype(np.intp), what[at].astype(np.intp)

    def add(self, slot: Array, what: Array, begins: Array, ends: Array) -> None:
        """Add spans; a begin before the year is its first day, an end after it is for ever."""
        size = self._size + len(slot)
        if size > len(self._slot):
            # Room in proportion: what is added one by one is not copied each time.
            self._resize(size + size // 64 + _LEAST_ROOM)
        new = slice(self._size, size)
        self._slot[new], self._what[new] = slot, what
        self._begins[new], self._ends[new] = np.clip(begins, 1, _GONE), np.clip(ends, 0, FOREVER)
        self._size = size

    def forget(self, touched: Array) -> None:
        """Let nothing hold any more of the slots that are marked; of every other span nothing changes."""
        at = np.flatnonzero(touched[self._slot[: self._size]])
        self._begins[at] = _GONE
        self._gone += len(at)
        if self._gone > self._size // 2:
            self._drop_gone()

    def arrange(self) -> None:
        """Put them in the order of what holds and of whom: who marks them then goes through memory one way."""
        what, slot = self._what[: self._size].astype(np.int64), self._slot[: self._size]
        order = np.argsort((what << 32) | slot)
        for column in self._columns:
            column[: self._size] = column[order]

    def _drop_gone(self) -> None:
        kept = np.flatnonzero(self._begins[: self._size] < _GONE)
        self._size, self._gone = len(kept), 0
        self._slot, self._what, self._begins, self._ends = (column[kept] for column in self._columns)

    def _resize(self, room: int) -> None:
        self._slot, self._what, self._begins, self._ends = (
            np.concatenate((column[: self._size], np.empty(room - self._size, column.dtype)))
            for column in self._columns
        )
