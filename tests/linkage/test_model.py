"""A model is kept as JSON, says nothing of anybody, and is refused where it is not what it says it is."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.errors import FileUnreadable
from cabinet.linkage.model import Model, load_model
from cabinet.linkage.quality import auto_threshold, expected_quality, review_threshold
from cabinet.linkage.training import train
from tests.linkage.people import Town, compared, sources


def test_what_was_kept_is_read_again_to_the_last_figure(town: Town, tmp_path: Path) -> None:
    town.model.save(tmp_path / "model.json")
    assert load_model(tmp_path / "model.json") == town.model


def test_it_holds_no_name_of_anybody(town: Town) -> None:
    kept = town.model.to_json()
    for each in (*town.school, *town.clinic):
        for value in (each.given, each.family, each.street, *each.phones):
            assert f'"{value}"' not in kept


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"format": "childrens-cabinet/linkage", "version": 2}',
        '{"format": "childrens-cabinet/linkage", "version": 1, "beliefs": {}}',
        '{"format": "childrens-cabinet/linkage", "version": 1, "beliefs": 3}',
    ],
)
def test_another_file_is_refused_and_says_what_to_do(content: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(content)
    with pytest.raises(FileUnreadable, match=r"model\.json") as refused:
        load_model(path)
    assert refused.value.hint


@pytest.mark.parametrize("wrong", [{"siblings": 0}, {"match_share": "most"}, {"auto": None}, {"more": 1}])
def test_a_number_that_cannot_be_is_refused(wrong: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(json.dumps({**json.loads(Model().to_json()), **wrong}))
    with pytest.raises(FileUnreadable):
        load_model(tmp_path / "model.json")


def test_a_belief_that_is_no_probability_is_refused(tmp_path: Path) -> None:
    kept = json.loads(Model().to_json())
    kept["beliefs"]["sex"]["same"]["u"] = 0
    (tmp_path / "model.json").write_text(json.dumps(kept))
    with pytest.raises(FileUnreadable):
        load_model(tmp_path / "model.json")
    with pytest.raises(FileUnreadable):
        load_model(tmp_path / "missing.json")


def test_what_is_learned_adds_up_and_favours_agreement(town: Town) -> None:
    for levels in town.model.beliefs.values():
        assert sum(each.m for each in levels.values()) == pytest.approx(1)
        assert sum(each.u for each in levels.values()) == pytest.approx(1)
    birth, given = town.model.beliefs["birth_date"], town.model.beliefs["given_name"]
    assert birth["exact"].m > 0.8
    assert 0.05 > birth["exact"].sibling > birth["exact"].u
    assert given["different"].sibling > 0.8
    assert given["different"].m < 0.1
    assert town.model.match_share == pytest.approx(0.8, abs=0.05)


def test_the_same_records_teach_the_same_in_any_order(town: Town) -> None:
    school, clinic = sources(750)
    again = train((compared(clinic)[::-1], compared(school)[::-1]))
    assert (again.auto, again.match_share) == pytest.approx((town.model.auto, town.model.match_share), abs=0.02)


probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=50).map(np.array)


@given(probabilities, st.floats(0.0001, 0.1))
def test_links_from_the_threshold_on_are_expected_to_be_false_no_more_often_than_stated(
    drawn: np.ndarray, false_links: float
) -> None:
    linked = drawn >= auto_threshold(drawn, false_links)
    expected = expected_quality(drawn, linked, ~linked, len(drawn))
    assert 1 - expected.precision <= false_links + 1e-9
    assert 0 <= expected.recall <= expected.recall_with_review <= 1 + 1e-9


@given(probabilities, st.floats(0.0001, 0.1))
def test_below_the_review_threshold_are_no_more_true_pairs_than_stated(drawn: np.ndarray, missed: float) -> None:
    below = drawn[drawn < review_threshold(drawn, missed)]
    assert below.sum() <= missed * drawn.sum() + 1e-9 or drawn.sum() < 1e-6
