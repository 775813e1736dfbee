"""What two people would write differently of one child is made comparable."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.population import AS_OF
from cabinet.linkage.features import features_of
from cabinet.linkage.record import Record
from cabinet.tables.terms import Sex
from tests.linkage.people import features


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José", "JOSE"),
        ("Zoë", "Zoe"),
        ("Anne-Marie", "Anne Marie"),
        ("O'Brien", "OBrien"),
        ("Łukasz", "Lukasz"),
        ("Юлия", "Yuliya"),
        ("Ελένη", "Eleni"),
        ("  Mary  Ann ", "Mary Ann"),
        ("She|by", "Shelby"),
    ],
)
def test_a_name_is_the_same_in_other_letters(one: str, other: str) -> None:
    assert features(given_name=one).given == features(given_name=other).given
    assert features(family_name=one).family_parts == features(family_name=other).family_parts


@pytest.mark.parametrize("name", ["", " ", "-", "Baby Boy", "UNKNOWN", "Daughter of", "J", "J.", "N/A", "xxx"])
def test_what_only_stands_in_for_a_name_is_no_name(name: str) -> None:
    made = features(given_name=name, family_name=name)
    assert made.given is made.family is None
    assert made.given_parts == made.given_roots == made.family_parts == []


def test_a_name_that_has_a_common_word_in_it_is_a_name() -> None:
    assert features(given_name="Baby Ruth").given == "babyruth"
    assert features(family_name="De la Cruz").family_parts == ["cruz"]
    assert features(family_name="De La").family_parts == ["de", "la"]


def test_a_short_name_stands_for_every_name_it_is_short_for() -> None:
    assert {"alexander", "alejandro", "alexis"} <= set(features(given_name="Alex").given_roots)
    assert set(features(given_name="Bill").given_roots) & set(features(given_name="William").given_roots)
    assert not set(features(given_name="Alexander").given_roots) & set(
        features(given_name="Alejandro").given_roots
    )


@pytest.mark.parametrize(
    ("written", "figures"),
    [
        (date(2018, 3, 4), "20180304"),
        (date(818, 3, 4), "08180304"),
        ("2016-24-08", "20162408"),
        ("2O13-|2-O5", "20131205"),
        ("2013", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_birth_date_is_read_as_far_as_it_can_be(written: date | str | None, figures: str | None) -> None:
    assert features(birth_date=written).birth == figures


def test_a_birth_date_counts_in_full_only_if_it_is_a_childs() -> None:
    years = [year for year in range(1990, 2040) if features(birth_date=date(year, 1, 1)).is_plausible]
    assert years == [*range(AS_OF.year - 26, AS_OF.year + 1)]


@pytest.mark.parametrize(
    ("line", "number", "street", "unit"),
    [
        ("12 Elm Street", "12", "elm", None),
        ("12 N. ELM ST", "12", "elm", None),
        ("12 elm st apt 3b", "12", "elm", "3b"),
        ("12 Elm St #4", "12", "elm", "4"),
        ("Elm Street", None, "elm", None),
        ("40 North Street", "40", "northstreet", None),
        ("1200", "1200", None, None),
        ("", None, None, None),
        ("12 Straße des Friedens", "12", "strassedesfriedens", None),
    ],
)
def test_an_address_is_a_number_a_street_and_a_unit(
    line: str, number: str | None, street: str | None, unit: str | None
) -> None:
    made = features(address=line)
    assert (made.number, made.street, made.unit) == (number, street, unit)


def test_numbers_are_compared_without_their_punctuation() -> None:
    assert features(phones=("+1 (312) 555-0101",)).phones == features(phones=("312.555.0101",)).phones
    assert features(phones=("000 000 0000", "911", "")).phones == []
    assert features(identifiers={"DISTRICT": "00-47 11"}).ids == features(identifiers={"DISTRICT": "4711"}).ids
    assert features(identifiers={"DISTRICT": "--"}).systems == []


def test_records_that_differ_in_one_thing_still_share_a_key() -> None:
    keys = set(features().keys)
    for changed in (
        {"given_name": "Anna"},
        {"family_name": "Reyez"},
        {"given_name": "Reyes", "family_name": "Ana"},
        {"birth_date": "2018-14-03"},
        {"birth_date": date(2011, 7, 30)},
        {"given_name": None},
        {"family_name": None},
        {"birth_date": None},
    ):
        assert keys & set(features(address=None, phones=(), **changed).keys), changed


texts = st.none() | st.text(max_size=12)


@given(
    texts,
    texts,
    texts,
    st.none() | st.dates() | st.text(max_size=12),
    texts,
    texts,
    st.lists(st.text(max_size=12)),
)
def test_nothing_that_anybody_writes_stops_it(
    given_name: str | None,
    middle: str | None,
    family: str | None,
    birth: date | str | None,
    address: str | None,
    postal: str | None,
    others: list[str],
) -> None:
    record = Record(
        "r", given_name, middle, family, birth, Sex.UNKNOWN, address, postal, tuple(others), tuple(others)
    )
    made = features_of(record, AS_OF)
    assert made == features_of(record, AS_OF)
    for text in (made.given, made.family, made.middle, made.street, made.postal_code):
        assert text is None or (text.isascii() and text.isalnum()), text
