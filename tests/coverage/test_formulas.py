"""The formulas against the examples of their sources, and against what must hold of them whatever the numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.coverage.catchment import Point, is_desert, kilometres, seats_a_child
from cabinet.coverage.disparity import Standing, concentration_index, index_of_disparity, ratio, standing
from cabinet.coverage.interval import Interval, wilson
from cabinet.coverage.measures import Polarity
from cabinet.coverage.seats import NeedPolicy, Seats, add_up, seat_gap
from tests.coverage.formulas import Dosage, Retention, dosage, retention

NEWCOMBE = [
    ((81, 263), (0.2553, 0.3662)),
    ((15, 148), (0.0624, 0.1605)),
    ((0, 20), (0.0, 0.1611)),
    ((1, 29), (0.0061, 0.1718)),
]


@pytest.mark.parametrize(("counts", "expected"), NEWCOMBE)
def test_the_interval_is_that_of_the_published_examples(
    counts: tuple[int, int], expected: tuple[float, float]
) -> None:
    assert wilson(*counts) == Interval(*expected)


@given(st.integers(1, 10_000), st.data())
def test_an_interval_holds_its_rate_and_mirrors_that_of_the_rest(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    found, rest = wilson(part, whole), wilson(whole - part, whole)
    assert found is not None
    assert rest is not None
    assert 0 <= found.low <= round(part / whole, 4) <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((1 - rest.high, 1 - rest.low), abs=1e-4)


def test_nobody_has_no_interval() -> None:
    assert wilson(0, 0) is None


def test_the_concentration_index_is_that_of_the_published_example() -> None:
    # Under-five deaths in India, 1982-92, births and deaths per 1,000 by wealth, the poorest first.
    groups = [(29_939, 154.7), (28_776, 152.9), (26_528, 119.5), (24_689, 86.9), (19_739, 54.3)]
    assert concentration_index(groups) == pytest.approx(-0.1694, abs=5e-5)


rated = st.lists(st.tuples(st.integers(1, 500), st.floats(0.01, 1)), min_size=1, max_size=8)


@given(rated)
def test_the_concentration_index_turns_with_the_order_and_is_zero_between_equals(
    groups: list[tuple[int, float]],
) -> None:
    forth, back = concentration_index(groups), concentration_index(groups[::-1])
    assert forth is not None
    assert back == pytest.approx(-forth, abs=1e-9)
    assert -1 <= forth <= 1
    assert concentration_index([(size, 0.5) for size, _ in groups]) == pytest.approx(0, abs=1e-9)


@given(rated, st.integers(2, 9))
def test_the_concentration_index_is_of_shares_and_not_of_sizes(
    groups: list[tuple[int, float]], times: int
) -> None:
    many = [(size * times, rate) for size, rate in groups]
    assert concentration_index(many) == pytest.approx(concentration_index(groups), abs=1e-9)


def test_nothing_measured_is_not_concentrated() -> None:
    assert concentration_index([]) is None
    assert concentration_index([(10, 0.0), (20, 0.0)]) is None


CHESSON = [
    ((54_000, 206_080, 29_100, 2_900, 2_485), 133.0),
    ((46_800, 170_480, 26_350, 2_880, 3_222), 134.1),
    ((70_800, 563_240, 52_360, 4_480, 2_820), 166.5),
    ((56_600, 482_300, 49_200, 4_200, 2_880), 163.8),
]
"""Cases among five groups and the index: H. W. Chesson and others, Sexually Transmitted Diseases 44 (2017),
513-518 (PMC6727205), tables 2 and 4, two years each."""
PEOPLE = (200_000_000, 40_000_000, 55_000_000, 20_000_000, 3_000_000)


@pytest.mark.parametrize(("cases", "expected"), CHESSON)
def test_the_index_of_disparity_is_that_of_the_published_examples(cases: tuple[int, ...], expected: float) -> None:
    rates = [each / people for each, people in zip(cases, PEOPLE, strict=True)]
    assert index_of_disparity(rates, sum(cases) / sum(PEOPLE)) == pytest.approx(expected, abs=0.05)


def test_beside_the_best_group_it_is_the_summary_ratio_less_one() -> None:
    # The Healthy People 2020 summary rate ratio less one, in percent: M. Talih and D. T. Huang, Healthy People
    # Statistical Notes 27 (2016). The best group is the reference, and not among the groups averaged.
    best, others = 0.1, [0.15, 0.2, 0.4]
    ratio_of_average = sum(others) / len(others) / best
    assert index_of_disparity(others, best) == pytest.approx((ratio_of_average - 1) * 100)


def test_the_index_of_disparity_by_hand() -> None:
    # 20 and 60 of 100 differ from 40 by 20 each, half of 40.
    assert index_of_disparity([0.2, 0.6], 0.4) == pytest.approx(50)
    assert index_of_disparity([0.4, 0.4], 0.4) == 0
    assert index_of_disparity([], 0.4) is None
    assert index_of_disparity([0.2], 0.0) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(0.01, 1), st.floats(0.1, 10))
def test_the_index_of_disparity_knows_no_unit(rates: list[float], reference: float, unit: float) -> None:
    scaled = index_of_disparity([rate * unit for rate in rates], reference * unit)
    assert scaled == pytest.approx(index_of_disparity(rates, reference), abs=1e-6)


def test_more_of_a_gap_is_behind_and_more_children_served_is_ahead() -> None:
    assert standing(0.1, Polarity.BETTER) is Standing.AHEAD
    assert standing(-0.1, Polarity.BETTER) is Standing.BEHIND
    assert standing(0.1, Polarity.WORSE) is Standing.BEHIND
    assert standing(-0.1, Polarity.WORSE) is Standing.AHEAD
    assert standing(0.0, Polarity.WORSE) is Standing.LEVEL
    assert standing(0.1, Polarity.NEITHER) is None
    assert ratio(0.2, 0.4) == 0.5
    assert ratio(0.2, 0.0) is None


def test_who_reaches_two_sites_has_the_ratios_of_both() -> None:
    # By the two steps of W. Luo and F. Wang, Environment and Planning B 30 (2003); the numbers are ours.
    # One seat for eight children at the first site, one for four at the second; the third place reaches both.
    children, reached = [6, 2, 2], [[True, False], [False, True], [True, True]]
    assert seats_a_child(children, [1, 1], reached) == pytest.approx([1 / 8, 1 / 4, 3 / 8])


@st.composite
def maps(draw: st.DrawFn) -> tuple[list[int], list[int], list[list[bool]]]:
    places, sites = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    children = draw(st.lists(st.integers(0, 300), min_size=places, max_size=places))
    seats = draw(st.lists(st.integers(0, 200), min_size=sites, max_size=sites))
    row = st.lists(st.booleans(), min_size=sites, max_size=sites)
    return children, seats, draw(st.lists(row, min_size=places, max_size=places))


@given(maps())
def test_all_seats_that_children_reach_are_shared_out_and_no_more(
    drawn: tuple[list[int], list[int], list[list[bool]]],
) -> None:
    children, seats, reached = drawn
    shares = seats_a_child(children, seats, reached)
    given_out = sum(number * (share or 0) for number, share in zip(children, shares, strict=True))
    in_reach = sum(
        offered
        for site, offered in enumerate(seats)
        if any(number and row[site] for number, row in zip(children, reached, strict=True))
    )
    assert given_out == pytest.approx(in_reach)


@given(maps(), st.data())
def test_what_is_not_told_of_a_place_is_not_in_any_answer(
    drawn: tuple[list[int], list[int], list[list[bool]]], data: st.DataObject
) -> None:
    children, seats, reached = drawn
    secret = data.draw(st.integers(0, len(children) - 1))
    masked: list[int | None] = [None if place == secret else number for place, number in enumerate(children)]
    shown = seats_a_child(masked, seats, reached)
    for other in (0, 7, 5_000):
        guess = [other if place == secret else number for place, number in enumerate(children)]
        truth = seats_a_child(guess, seats, reached)
        told = [(share, true) for share, true in zip(shown, truth, strict=True) if share is not None]
        assert all(share == true for share, true in told)


def test_distances_are_along_the_earth() -> None:
    # A degree along a meridian of a sphere of 6371.0088 km, and a quarter of the way around it.
    assert kilometres(Point(0, 0), Point(1, 0)) == pytest.approx(111.195, abs=1e-3)
    assert kilometres(Point(0, 0), Point(0, 90)) == pytest.approx(10_007.557, abs=1e-3)
    assert kilometres(Point(42.36, -71.06), Point(42.36, -71.06)) == 0


def test_a_desert_has_many_children_and_no_seat_or_more_than_three_a_seat() -> None:
    assert is_desert(51, 0)
    assert not is_desert(50, 0)
    assert not is_desert(60, 20)
    assert is_desert(61, 20)


def test_the_seat_gap_goes_by_the_policy_named() -> None:
    seats = Seats(available=5, maximum=40, funded=30)
    against = {policy: (policy.cell, seats.under(policy)) for policy in NeedPolicy}
    assert against == {
        NeedPolicy.ALL_ELIGIBLE: ("eligible", 40),
        NeedPolicy.ALL_IN_NEED: ("in_need", 40),
        NeedPolicy.NOT_SERVED: ("gap", 5),
        NeedPolicy.WAITING: ("waitlisted", 5),
    }
    assert (seat_gap(50, 40), seat_gap(30, 40)) == (10, -10)


def test_seats_add_up_as_far_as_somebody_said_how_many() -> None:
    assert add_up([Seats(1, 10, 8), Seats(2, 20)]) == Seats(3, 30, None)
    assert add_up([]) == Seats(0, 0, 0)
    assert (Seats(5, 40).utilization, Seats(0, 40).utilization) == (0.875, 1)
    assert [Seats(*known).utilization for known in ((None, 40), (5, None), (0, 0))] == [None] * 3


def test_a_day_told_twice_is_one_day_of_two_types() -> None:
    monday = date(2026, 10, 5)
    told = [(monday, "STEM"), (monday, "STEM"), (monday, "ARTS"), (monday + timedelta(days=2), "STEM")]
    # Two days in one week and one in the next but one: three days in two weeks attended.
    assert dosage([*told, (monday + timedelta(days=14), "STEM")]) == Dosage(1.5, 3, 2)
    assert dosage([]) == Dosage(0.0, 0, 0)


@given(st.lists(st.tuples(st.dates(date(2026, 7, 1), date(2027, 6, 30)), st.sampled_from("abc"))))
def test_dosage_does_not_go_by_order_nor_by_repetition(told: list[tuple[date, str]]) -> None:
    found = dosage(told)
    assert found == dosage([*told[::-1], *told])
    assert found.intensity <= 7
    assert found.duration <= 366


def test_who_aged_out_is_not_held_against_a_program() -> None:
    assert retention({"a", "b", "c", "d"}, {"a", "d", "new"}, {"c", "d"}) == Retention(1, 2)


@given(*[st.sets(st.integers(0, 20))] * 3)
def test_no_more_stay_than_could(last_year: set[int], this_year: set[int], aged_out: set[int]) -> None:
    found = retention(last_year, this_year, aged_out)
    assert 0 <= found.kept <= found.could_stay <= len(last_year)
    assert retention(last_year, last_year, set()) == Retention(len(last_year), len(last_year))
