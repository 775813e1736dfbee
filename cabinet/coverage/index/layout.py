"""Children laid out group by group, so that the children of a group fill whole words, and counting is popcount."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Self

import numpy as np

from cabinet.coverage.index.bits import packed, unpacked
from cabinet.coverage.index.profile import Facet
from cabinet.coverage.index.spans import Array

_WORD, _BYTE = 64, 8
_FEW = 2**16
_CACHED = 2**20
"""Bytes worked on at a time, so that they stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The bits of every type and measure in one order of the children; `order` None: that of their slots."""

    bits: Array
    starts: Array
    """The first word of each group."""
    keys: Sequence[tuple[str, ...]]
    order: Array | None = None
    """The slot at each bit, and one behind the last where there is nobody."""
    size: int = 0

    @property
    def nbytes(self) -> int:
        return int(self.bits.nbytes + self.starts.nbytes + (0 if self.order is None else self.order.nbytes))

    @classmethod
    def together(cls, bits: Array) -> Self:
        return cls(bits, np.zeros(min(1, bits.shape[-1]), np.intp), ((),))

    @classmethod
    def grouped(cls, bits: Array, size: int, here: Array, facets: Sequence[Facet]) -> Self:
        """Lay out those who are here."""
        slots = np.flatnonzero(here)
        group = np.zeros(len(slots), np.int64)
        for places, labels in facets:
            group = group * len(labels) + places[slots]
        # Numbers of two bytes are put in order by their digits.
        by_group = np.argsort(group.astype(np.uint16) if _are_few(facets) else group, kind="stable")
        groups, sizes = np.unique(group, return_counts=True)
        words = -(-sizes // _WORD)
        starts = np.cumsum(words) - words
        order = np.full(int(words.sum()) * _WORD, size, np.int32)
        within = np.arange(len(slots)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        order[np.repeat(starts * _WORD, sizes) + within] = slots[by_group]
        laid_out = _all_in_order(bits, size, order)
        return cls(laid_out, starts, [_key(each, facets) for each in groups], order, size)

    def count(self, mask: Array, numbers: Sequence[int]) -> tuple[Array, Array]:
        """Count the children of a mask, given as bits: of each group, and of each type, measure and group."""
        words = mask if self.order is None else packed(_in_order(unpacked(mask, self.size), self.order))
        step = max(1, _CACHED // max(1, words.nbytes * self.bits.shape[1]))
        counted = [np.empty((0, self.bits.shape[1], len(self.starts)), np.uint32)]
        for begin in range(0, len(numbers), step):
            some = self.bits[list(numbers[begin : begin + step])]
            some &= words
            counted.append(self._sums(np.bitwise_count(some)))
        return self._sums(np.bitwise_count(words)), np.concatenate(counted)

    def _sums(self, counted: Array) -> Array:
        sums: Array
        if len(self.starts) == 1:
            sums = counted.sum(axis=-1, dtype=np.uint32, keepdims=True)
        else:
            sums = np.add.reduceat(counted, self.starts, axis=-1, dtype=np.uint32)
        return sums


def _all_in_order(bits: Array, size: int, order: Array) -> Array:
    """Bring rows of bits into an order, eight rows at a time: one byte of a child is looked up for all of them."""
    rows, places = bits.reshape(-1, bits.shape[-1]), order.astype(np.intp)
    laid_out = np.empty((len(rows), len(order) // _WORD), np.uint64)
    for begin in range(0, len(rows), _BYTE):
        of_child = np.zeros(size + 1, np.uint8)
        for bit, row in enumerate(rows[begin : begin + _BYTE]):
            # All bits of a byte or none, and of those one: both are done many at a time, a shift is not.
            of_child[:-1] |= np.negative(unpacked(row, size).view(np.uint8)) & np.uint8(1 << bit)
        in_order = np.take(of_child, places)
        for bit in range(len(rows[begin : begin + _BYTE])):
            laid_out[begin + bit] = packed(in_order & np.uint8(1 << bit))
    return laid_out.reshape(*bits.shape[:-1], -1)


def _in_order(marked: Array, order: Array) -> Array:
    nobody = np.zeros((*marked.shape[:-1], 1), bool)
    return np.take(np.concatenate((marked, nobody), axis=-1), order, axis=-1)


def _are_few(facets: Sequence[Facet]) -> bool:
    return prod(len(labels) for _, labels in facets) <= _FEW


def _key(group: int, facets: Sequence[Facet]) -> tuple[str, ...]:
    key: list[str] = []
    for _, labels in reversed(facets):
        group, place = divmod(int(group), len(labels))
        key.insert(0, labels[place])
    return tuple(key)
