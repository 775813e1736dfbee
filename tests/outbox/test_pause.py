"""How long a webhook rests that fails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.outbox.settle import pause


@given(st.integers(1, 2_000_000_000), st.floats(0.01, 3600))
def test_it_is_half_to_all_of_the_doubled_time_and_an_hour_at_most(failures: int, first: float) -> None:
    longest = min(3600.0, first * 2.0 ** min(failures - 1, 400))
    assert longest / 2 <= pause(failures, first) <= longest


@pytest.mark.parametrize("failures", [1, 5, 100])
def test_two_that_fell_together_are_not_asked_together(failures: int) -> None:
    assert len({pause(failures, 5) for _ in range(20)}) > 1
