"""Truth values packed to bits, 64 to a word."""

import numpy as np

from cabinet.coverage.index.spans import Array


def packed(marked: Array) -> Array:
    """Pack the last axis, the first child in the lowest bit; the rest of the last word is empty."""
    some = np.packbits(marked, axis=-1, bitorder="little")
    whole = np.zeros((*some.shape[:-1], -(-some.shape[-1] // 8) * 8), np.uint8)
    whole[..., : some.shape[-1]] = some
    return whole.view(np.uint64)


def unpacked(words: Array, size: int) -> Array:
    """Return the truth values of the first `size` children."""
    return np.unpackbits(words.view(np.uint8), axis=-1, count=size, bitorder="little").view(bool)
