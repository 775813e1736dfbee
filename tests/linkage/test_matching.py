"""Of the pairs that claim a record at most one is true, whatever their odds; what people settled is settled."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.matching import compete, undecided
from cabinet.linkage.pairs import Pairs

Odds = dict[tuple[int, int], float]

claims = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)), st.floats(1e-9, 1e30), min_size=1, max_size=20
)


def pairs_of(odds: Odds) -> Pairs:
    left, right = (np.array(side) for side in zip(*odds, strict=True))
    nothing = np.zeros(len(odds))
    return Pairs(left, right, np.zeros((len(odds), len(COMPARISONS)), dtype=int), nothing, nothing)


def shares(odds: Odds) -> dict[tuple[int, int], float]:
    return dict(zip(odds, compete(pairs_of(odds), np.array(list(odds.values()))).tolist(), strict=True))


@given(claims)
def test_the_claims_on_one_record_are_no_more_than_one_whole(odds: Odds) -> None:
    found = shares(odds)
    for side in (0, 1):
        for record in {pair[side] for pair in found}:
            assert sum(share for pair, share in found.items() if pair[side] == record) <= 1 + 1e-6
    assert all(0 <= share <= 1 for share in found.values())


@given(claims)
def test_the_order_and_the_side_of_pairs_do_not_matter(odds: Odds) -> None:
    found, turned = shares(odds), shares({pair[::-1]: each for pair, each in reversed(odds.items())})
    for pair, share in found.items():
        assert np.isclose(share, turned[pair[::-1]], rtol=1e-3)


@given(claims)
def test_a_rival_never_helps(odds: Odds) -> None:
    *others, last = odds
    without = {pair: odds[pair] for pair in others}
    if without:
        alone, found = shares(without), shares(odds)
        assert last in found
        assert all(found[pair] <= alone[pair] * (1 + 1e-3) for pair in without)


@given(claims, st.data())
def test_what_people_settled_is_no_longer_open(odds: Odds, drawn: st.DataObject) -> None:
    settled = drawn.draw(st.dictionaries(st.sampled_from(sorted(odds)), st.booleans()))
    is_open = undecided(pairs_of(odds), settled)
    tied = [pair for pair, is_same in settled.items() if is_same]
    for (one, other), still in zip(odds, is_open.tolist(), strict=True):
        is_taken = any(one == left or other == right for left, right in tied)
        assert still is ((one, other) not in settled and not is_taken)
