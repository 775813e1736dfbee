"""Who is told of with which type of service, marked in any order and read as bits."""

from collections.abc import Iterable

import numpy as np

from cabinet.coverage.index.bits import packed
from cabinet.coverage.index.catalog import NONE, Catalog
from cabinet.coverage.index.spans import Array


class Marks:
    """A row of children for each type, and one more for NONE, which is the last because it is -1.

    Memory that is new costs more than what is written to it, so the same is used for one thing after another.
    """

    def __init__(self, catalog: Catalog, size: int) -> None:
        self._catalog, count = catalog, len(catalog.kinds.names)
        self._marked = np.zeros((count + 1, size), bool)
        self._rows = np.arange(count + 1) * size

    def mark_in_programs(self, slots: Array, programs: Array) -> None:
        """Mark who is in a program with the types it gives: it may give several, or none."""
        first, *others = self._catalog.gives
        self._mark(slots, np.take(first, programs, mode="clip"))
        for gives in others:
            some = np.flatnonzero(np.take(gives != NONE, programs, mode="clip"))
            self._mark(slots[some], gives[programs[some]])

    def of_types(self, spans: Iterable[tuple[Array, Array]]) -> Array:
        """Return who is told of with each type, as bits."""
        for slots, types in spans:
            self._mark(slots, types)
        return self._taken()

    def of_programs(self, spans: Iterable[tuple[Array, Array]]) -> Array:
        """Return who is in a program that gives each type, as bits."""
        for slots, programs in spans:
            self.mark_in_programs(slots, programs)
        return self._taken()

    def _mark(self, slots: Array, types: Array) -> None:
        # One number for both places: numpy finds it in half the time.
        self._marked.ravel()[np.take(self._rows, types, mode="wrap") + slots] = True

    def _taken(self) -> Array:
        """Return a row of bits for each type, and let nobody be marked any more."""
        bits = packed(self._marked[:NONE])
        self._marked[:] = False
        return bits
