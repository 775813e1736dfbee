"""What is promised of a definition: it comes back as it was saved, in the words it was given in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.coverage.answers.access import AccessBy, Reach
from cabinet.coverage.answers.disparity import Beside
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Ages, Population
from cabinet.coverage.seats import NeedPolicy
from cabinet.errors import InputInvalid, ViewBroken
from cabinet.views.definition import Definition, Presentation, ViewQuestion, as_json, from_json
from schema.populations import population_json
from tests.views.inputs import population_input

WORDS = st.lists(st.sampled_from(["YES", "NO", "UNKNOWN"]), max_size=3).map(tuple)
VALUES = st.dictionaries(
    st.sampled_from([Dimension.IEP, Dimension.HOMELESS, Dimension.MIGRANT]), WORDS, max_size=2
)
CODES = st.none() | st.lists(st.sampled_from(["TUTORING", "DENTAL"]), max_size=2).map(tuple)
YEARS = st.none() | st.integers(0, 20)
SECTORS = st.none() | st.lists(st.sampled_from(["HEALTH", "EDUCATION"]), max_size=2).map(tuple)
LEAVES = st.builds(
    Population,
    values=VALUES,
    ages=st.none() | st.builds(Ages, YEARS, YEARS),
    in_need_of=CODES,
    served_by=CODES,
    sectors=SECTORS,
)
POPULATIONS = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        Population,
        all_of=st.lists(inner, max_size=2).map(tuple),
        any_of=st.none() | st.lists(inner, max_size=2).map(tuple),
        none_of=st.none() | inner,
        values=VALUES,
    ),
    max_leaves=6,
)
DEFINITIONS = st.builds(
    Definition,
    question=st.sampled_from(ViewQuestion),
    population=POPULATIONS,
    against=POPULATIONS,
    services=CODES,
    breakdown_by=st.lists(st.sampled_from(Dimension), max_size=2).map(tuple),
    months=st.integers(0, 23),
    beside=st.builds(Beside, st.none() | st.just("north"), st.just(("north", "south"))),
    presentation=st.sampled_from(Presentation),
    need_policy=st.sampled_from(NeedPolicy),
    reach=st.builds(Reach, st.floats(0.1, 100), st.sampled_from(AccessBy)),
)


@given(DEFINITIONS)
def test_a_definition_comes_back_as_it_was_saved(definition: Definition) -> None:
    assert from_json(as_json(definition)) == definition


@given(POPULATIONS)
def test_a_population_can_be_sent_back_in_the_words_it_is_shown_in(population: Population) -> None:
    assert population_input(population_json(population)).to_population() == population


def test_a_series_is_of_the_same_day_of_each_month() -> None:
    monthly = Definition(ViewQuestion.MEASURES, months=3)
    assert monthly.days(date(2026, 3, 31)) == [
        date(2025, 12, 31),
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]
    assert Definition(ViewQuestion.GAPS).days(date(2026, 3, 31)) == [date(2026, 3, 31)]


@pytest.mark.parametrize(
    "asked",
    [
        Definition(ViewQuestion.MEASURES, months=24),
        Definition(ViewQuestion.MEASURES, months=-1),
        Definition(ViewQuestion.MEASURES, measures=()),
        Definition(ViewQuestion.GAPS, first=0),
        Definition(ViewQuestion.DISPARITY),
        Definition(ViewQuestion.CAPACITY, breakdown_by=(Dimension.GRADE,)),
        Definition(ViewQuestion.ACCESS, reach=Reach(0)),
        Definition(ViewQuestion.ACCESS, reach=Reach(float("nan"))),
    ],
)
def test_what_could_never_be_asked_is_not_saved(asked: Definition) -> None:
    with pytest.raises(InputInvalid):
        asked.check()


def test_a_view_saved_before_seats_could_be_asked_of_means_what_it_meant() -> None:
    stored = as_json(Definition(ViewQuestion.GAPS))
    before = {name: value for name, value in stored.items() if name not in ("need_policy", "reach")}
    assert from_json(before) == Definition(ViewQuestion.GAPS)


def test_a_definition_of_another_version_of_the_server_is_told_of() -> None:
    stored = as_json(Definition(ViewQuestion.MEASURES))
    with pytest.raises(ViewBroken, match="breakdown_by"):
        from_json({**stored, "breakdown_by": ["SHOE_SIZE"]})
