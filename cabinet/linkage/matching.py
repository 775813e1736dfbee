"""Who is whose among the pairs of two sources: within one source a child has one record."""

from collections.abc import Mapping

import numpy as np

from cabinet.linkage.pairs import Pairs
from cabinet.linkage.weights import Floats, Mask

Settled = Mapping[tuple[int, int], bool]
"""What people have decided of pairs, by the places of the two records: whether they are one child."""

CERTAIN = 2.0**40
"""Odds beyond which nothing is surer; the rivals of surer ones would be lost in the rounding of their sum."""


def compete(pairs: Pairs, odds: Floats) -> Floats:
    """Return the probability of each pair, given the other pairs that claim one of its records.

    Either the pair is true, or each of its records is one of its rivals' or nobody's. So of the pairs of one
    record at most one is likelier than not: what is linked is linked one to one, and where a record could be
    either of two twins, neither pair is.
    """
    odds = np.minimum(odds, CERTAIN)
    rivals = [np.maximum(np.bincount(side, odds)[side] - odds, 0) for side in (pairs.left, pairs.right)]
    return np.asarray(odds / (odds + (1 + rivals[0]) * (1 + rivals[1])), dtype=np.float64)


def undecided(pairs: Pairs, settled: Settled) -> Mask:
    """Return which pairs people have left open: a record tied to one is no other's."""
    left = [one for (one, _), is_same in settled.items() if is_same]
    right = [other for (_, other), is_same in settled.items() if is_same]
    parted = [settled.get(pair) is False for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
    tied = np.isin(pairs.left, left) | np.isin(pairs.right, right)
    return np.asarray(~tied & ~np.array(parted, dtype=bool), dtype=bool)
