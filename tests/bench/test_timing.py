"""The ranks of the timing bench, against counting every pair."""

import random

import pytest

from bench.timing import accident, auc, compared


@pytest.mark.parametrize("seed", range(20))
def test_the_chance_is_that_of_all_pairs(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's chance, to be repeated.
    first, second = ([float(chance.randrange(9)) for _ in range(chance.randint(1, 30))] for _ in range(2))
    pairs = [(one > other) + (one == other) / 2 for one in first for other in second]
    assert auc(first, second) == pytest.approx(sum(pairs) / len(pairs))


def test_a_difference_is_told_from_an_accident() -> None:
    chance = random.Random(1)  # noqa: S311 - a test's chance, to be repeated.
    same = [(place % 2 == 0, chance.gauss(1, 0.1)) for place in range(1_000)]
    other = [(is_known, seconds + 0.05 * is_known) for is_known, seconds in same]
    told, apart = compared(same), compared(other)
    assert abs(told["auc"] - 0.5) < told["accident"] == round(accident(500, 500), 3)
    assert apart["auc"] - 0.5 > apart["accident"]
    assert apart["known_ms"] > apart["unknown_ms"]
