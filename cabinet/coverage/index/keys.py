"""Keys of sixteen bytes, each under the number at which it was first met, found by hashing, many at a time."""

from collections.abc import Iterable
from typing import Self
from uuid import UUID

import numpy as np

from cabinet.coverage.index.spans import Array

KEY = "S16"
"""The type of an array of keys."""

_EMPTY = -1
_LEAST_BITS = 4
_ODD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


class Keys:
    """A table with open addressing, at most half full. Whoever adds to it must be alone."""

    def __init__(self) -> None:
        self._words: Array = np.empty((0, 2), np.uint64)
        self._bits = 0
        self._table: Array = np.empty(0, np.int32)
        self._lay_out(_LEAST_BITS)

    @classmethod
    def of(cls, keys: Iterable[UUID]) -> Self:
        """Return keys, all different, under their places."""
        made = cls()
        made.add(np.array([key.bytes for key in keys], KEY))
        return made

    def __len__(self) -> int:
        return len(self._words)

    @property
    def nbytes(self) -> int:
        return int(self._words.nbytes + self._table.nbytes)

    def find(self, keys: Array) -> Array:
        """Return the number of each key, -1 where it is not known."""
        words = _words(keys)
        places = self._places(words)
        found = self._table[places]
        asked = np.flatnonzero((found != _EMPTY) & ~self._are(found, words))
        while len(asked):
            places[asked] = self._after(places[asked])
            found[asked] = self._table[places[asked]]
            asked = asked[(found[asked] != _EMPTY) & ~self._are(found[asked], words[asked])]
        return found

    def add(self, keys: Array) -> Array:
        """Return the number of each of some different keys; those that were not known get the next ones."""
        found = self.find(keys)
        unknown = np.flatnonzero(found == _EMPTY)
        if len(unknown):
            first = len(self)
            self._words = np.concatenate((self._words, _words(keys)[unknown]))
            found[unknown] = np.arange(first, len(self))
            if 2 * len(self) > len(self._table):
                self._lay_out((2 * len(self)).bit_length())
            else:
                self._enter(first)
        return found

    def _lay_out(self, bits: int) -> None:
        self._bits = bits
        self._table = np.full(1 << bits, _EMPTY, np.int32)
        self._enter(0)

    def _enter(self, first: int) -> None:
        """Give each its place or, where somebody else is, one after it. Of several who take one, one gets it."""
        numbers = np.arange(first, len(self), dtype=np.int32)
        places = self._places(self._words[first:])
        while len(numbers):
            free = np.flatnonzero(self._table[places] == _EMPTY)
            self._table[places[free]] = numbers[free]
            left = np.flatnonzero(self._table[places] != numbers)
            numbers, places = numbers[left], self._after(places[left])

    def _places(self, words: Array) -> Array:
        mixed = (words[:, 0] * _ODD[0]) ^ (words[:, 1] * _ODD[1])
        return ((mixed * _ODD[0]) >> np.uint64(64 - self._bits)).astype(np.intp)

    def _after(self, places: Array) -> Array:
        return (places + 1) & (len(self._table) - 1)

    def _are(self, numbers: Array, words: Array) -> Array:
        if not len(self):
            return np.zeros(len(words), bool)
        held = np.take(self._words, numbers, axis=0, mode="wrap")
        same: Array = (held[:, 0] == words[:, 0]) & (held[:, 1] == words[:, 1])
        return same


def _words(keys: Array) -> Array:
    return np.ascontiguousarray(keys).view(np.uint64).reshape(-1, 2)
