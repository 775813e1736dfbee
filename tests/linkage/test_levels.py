"""A pair is at one level, whichever way it is asked: from either side, in SQL or in Python."""

from collections.abc import Sequence

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.features import Features
from cabinet.linkage.levels import Comparison
from cabinet.linkage.record import Record
from cabinet.linkage.tables import table_of
from cabinet.linkage.weights import places_of
from cabinet.tables.terms import Sex
from tests.linkage.people import ANA, Town, features

NAMES = [
    "Ana",
    "Anna",
    "Ann",
    "Reyes",
    "Reyez",
    "Reyes Lopez",
    "William",
    "Bill",
    "Jo",
    "Katharina",
    "Katarine",
    None,
]
DATES = [
    "2018-03-14",
    "2018-14-03",
    "2018-03-15",
    "2018-04-14",
    "2011-03-14",
    "1980-03-14",
    "2812-03-14",
    "201831",
    None,
]
STREETS = [
    "12 Elm St",
    "12 Elm St apt 1",
    "12 Elm St apt 2",
    "13 Elm St",
    "Elm St",
    "12 Ellm St",
    "900 Oak St",
    None,
]
IDS = [{}, {"A": "1"}, {"A": "2"}, {"B": "1"}, {"A": "1", "B": "1"}, {"A": "1", "B": "2"}]
FEW = st.sampled_from([(), ("Rosa Reyes",), ("Rosa Reyes", "Luis Reyes"), ("Luis Reyes",)])
PHONES = st.sampled_from([(), ("3125550101",), ("3125550102",), ("3125550101", "3125550102")])

records = st.builds(
    Record,
    st.just("r"),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(DATES),
    st.sampled_from(Sex),
    st.sampled_from(STREETS),
    st.sampled_from(["60601", "60602", None]),
    FEW,
    PHONES,
    st.sampled_from(IDS),
).map(features)


def in_sql(pairs: Sequence[tuple[Features, Features]]) -> list[list[int]]:
    """Return each pair's level in each comparison, by the SQL that Splink is given."""
    left, right = (table_of(side) for side in zip(*pairs, strict=True))
    columns = [name for name in left.column_names if name != "unique_id"]
    sides = [", ".join(f"{name} AS {name}_{side}" for name in columns) for side in "lr"]
    levels = ", ".join(_case(each) for each in COMPARISONS)
    with duckdb.connect() as connection:
        connection.register("lefts", left)
        connection.register("rights", right)
        rows = connection.execute(
            f"SELECT {levels} FROM (SELECT unique_id, {sides[0]} FROM lefts)"
            f" JOIN (SELECT unique_id, {sides[1]} FROM rights) USING (unique_id) ORDER BY unique_id"
        ).fetchall()
    return [list(row) for row in rows]


def _case(comparison: Comparison) -> str:
    *some, last = comparison.levels
    assert last.sql == "ELSE"
    return f"CASE {' '.join(f'WHEN {level.sql} THEN {at}' for at, level in enumerate(some))} ELSE {len(some)} END"


@settings(max_examples=60)
@given(st.lists(st.tuples(records, records), min_size=1, max_size=200))
def test_sql_and_python_put_a_pair_at_the_same_level(pairs: list[tuple[Features, Features]]) -> None:
    assert in_sql(pairs) == [places_of(*pair) for pair in pairs]


def test_they_agree_about_a_whole_town_too(town: Town) -> None:
    pairs = [(one, other) for one in town.school[:100] for other in town.clinic[:100]]
    assert in_sql(pairs) == [places_of(*pair) for pair in pairs]


@given(records, records)
def test_a_pair_is_at_the_same_level_from_either_side(one: Features, other: Features) -> None:
    assert places_of(one, other) == places_of(other, one)


@given(records)
def test_a_record_is_as_close_to_itself_as_can_be(one: Features) -> None:
    levels = [each.levels[place].name for each, place in zip(COMPARISONS, places_of(one, one), strict=True)]
    assert set(levels) <= {"missing", "exact", "initial", "same", "near", "street", "postal"}
    assert "different" not in levels


def level(comparison: str, **changed: object) -> str:
    place = [each.name for each in COMPARISONS].index(comparison)
    return COMPARISONS[place].levels[places_of(features(), features(ANA, **changed))[place]].name


def test_each_difference_has_its_level() -> None:
    assert level("given_name") == "exact"
    assert level("given_name", given_name="Adriana") == "nickname"
    assert level("given_name", given_name="Anabel") == "part"
    assert level("given_name", given_name="Marisol") == "different"
    assert level("given_name", given_name="Reyes", family_name="Ana") == "swapped"
    assert level("family_name", given_name="Reyes", family_name="Ana") == "missing"
    assert level("family_name", family_name="Reyes-Lopez") == "part"
    assert level("family_name", family_name="Reyez") == "near"
    assert level("birth_date", birth_date="2018-14-03") == "swapped"
    assert level("birth_date", birth_date="2018-03-41") == "figure"
    assert level("birth_date", birth_date="1988-01-02") == "missing"
    assert level("birth_date", birth_date="2016-05-02") == "different"
    assert level("address", address="12 Elm Street Apt 3") == "same"
    assert level("address", address="Elm Street") == "near"
    assert level("address", address="900 Oak Street") == "postal"
    assert level("phones", phones=("(312) 555-0101", "312 555 0199")) == "same"
