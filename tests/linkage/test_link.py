"""Two sources are matched as a careful person would: what is sure at once, what is doubtful shown, twins apart."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from bench.population import seeded
from cabinet.linkage.decide import Outcome
from cabinet.linkage.link import Decision, link
from cabinet.linkage.model import Model
from cabinet.linkage.pairs import find_pairs
from cabinet.linkage.splink_pairs import find_pairs as find_by_splink
from cabinet.linkage.training import train
from cabinet.linkage.weights import Weights, places_of
from cabinet.tables.terms import Sex
from tests.linkage.people import Town, features

NOBODY = dict.fromkeys(("given_name", "middle_name", "family_name", "birth_date", "address", "postal_code"))
SECOND = {"address": "900 Oak Avenue", "guardians": ("Luis Reyes",), "phones": ("312 555 0199",)}


def decided(town: Town) -> list[Decision]:
    return link(town.model, town.school, town.clinic).decisions


def pairs_of(decisions: list[Decision], *outcomes: Outcome) -> set[tuple[str, str]]:
    return {(each.left, each.right) for each in decisions if each.outcome in outcomes}


def true_pairs(town: Town) -> set[tuple[str, str]]:
    clinic = {town.child[each.record_id]: each.record_id for each in town.clinic}
    found = ((each.record_id, clinic.get(town.child[each.record_id])) for each in town.school)
    return {(one, other) for one, other in found if other}


def test_most_children_are_found_and_hardly_any_wrongly(town: Town) -> None:
    decisions, true = decided(town), true_pairs(town)
    linked = pairs_of(decisions, Outcome.LINK)
    assert len(linked & true) / len(linked) >= 0.998
    assert len(linked & true) / len(true) >= 0.97
    shown = pairs_of(decisions, Outcome.LINK, Outcome.REVIEW)
    assert len(shown & true) / len(true) >= 0.99
    assert len(shown - linked) <= 0.05 * len(true)


def test_nobody_has_two_records_of_one_source(town: Town) -> None:
    linked = pairs_of(decided(town), Outcome.LINK)
    assert len({one for one, _ in linked}) == len({other for _, other in linked}) == len(linked)


def test_the_order_of_records_and_of_sources_does_not_matter(town: Town) -> None:
    first, chance = decided(town), seeded(1)
    school, clinic = (chance.sample(source, len(source)) for source in (town.school, town.clinic))
    assert link(town.model, school, clinic).decisions == first
    turned = link(town.model, clinic, school).decisions
    assert {(each.right, each.left): each.outcome for each in turned} == {
        (each.left, each.right): each.outcome for each in first
    }


def test_splink_and_python_weigh_every_pair_alike(town: Town) -> None:
    pairs = find_by_splink(town.model, town.school, town.clinic)
    weights = Weights(town.model, len(town.school), len(town.clinic))
    assert len(pairs) > 500
    assert np.allclose(weights.score_all(pairs.places, pairs.rarity).strangers, pairs.weight, atol=1e-9)
    for left, right, places in zip(pairs.left, pairs.right, pairs.places.tolist(), strict=True):
        assert places == places_of(town.school[left], town.clinic[right])


def test_the_same_pairs_are_found_without_splink(town: Town) -> None:
    ours, splinks = (find(town.model, town.school, town.clinic) for find in (find_pairs, find_by_splink))
    in_order = np.lexsort((ours.right, ours.left))
    for name in ("left", "right", "places"):
        assert np.array_equal(getattr(ours, name)[in_order], getattr(splinks, name))
    for name in ("rarity", "weight"):
        assert np.allclose(getattr(ours, name)[in_order], getattr(splinks, name), atol=1e-9)


def test_what_a_person_decided_is_never_changed(town: Town) -> None:
    linked = sorted(pairs_of(decided(town), Outcome.LINK))
    parted, (one, _), (_, other) = linked[0], linked[1], linked[2]
    settled = {parted: False, (one, other): True, ("gone", "C000001"): True}
    decisions = link(town.model, town.school, town.clinic, settled).decisions
    assert (one, other) in pairs_of([each for each in decisions if each.is_settled], Outcome.LINK)
    assert parted not in pairs_of(decisions, Outcome.LINK, Outcome.REVIEW)
    for_these = [each for each in decisions if each.left == one or each.right == other]
    assert [(each.left, each.right, each.is_settled) for each in for_these] == [(one, other, True)]
    assert ("gone", "C000001") not in pairs_of(decisions, Outcome.LINK)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"given_name": "Marisol", "middle_name": "Ines"}, "given names differ"),
        ({"given_name": "Marisol", "middle_name": None, "sex": Sex.MALE}, "given names differ"),
        ({"identifiers": {"DISTRICT": "4712"}}, "identifiers"),
        ({"middle_name": "Ines", "birth_date": date(2020, 7, 30)}, "middle names differ"),
        ({"birth_date": date(2020, 7, 30), "address": None, "guardians": (), "phones": ()}, "different days"),
    ],
)
def test_who_could_be_a_brother_or_a_sister_is_for_a_person(
    town: Town, changed: dict[str, object], why: str
) -> None:
    ana, other = features(identifiers={"DISTRICT": "4711"}), features(record_id="other", **changed)
    sure = replace(town.model, auto=1e-9, review=1e-12)
    linkage = link(sure, [ana, *town.school], [other, *town.clinic])
    (decision,) = [each for each in linkage.decisions if (each.left, each.right) == ("ana", "other")]
    assert decision.outcome is Outcome.REVIEW
    assert any(why in remark for remark in linkage.why(decision)[1])


def test_of_twins_each_finds_its_own_record(town: Town) -> None:
    luz = {"given_name": "Marisol", "middle_name": "Ines"}
    school = [features(record_id="s1"), features(record_id="s2", **luz)]
    clinic = [features(record_id="c1", given_name="Ana Lucia"), features(record_id="c2", **luz)]
    decisions = link(town.model, town.school + school, town.clinic + clinic).decisions
    mine = {pair for pair in pairs_of(decisions, Outcome.LINK) if pair[0] in {"s1", "s2"}}
    assert mine == {("s1", "c1"), ("s2", "c2")}


def test_a_record_that_could_be_either_twin_is_linked_to_neither(town: Town) -> None:
    nameless = features(record_id="c1", given_name="Twin", middle_name=None)
    twins = [features(record_id="s1"), features(record_id="s2", given_name="Marisol", middle_name="Ines")]
    decisions = link(town.model, town.school + twins, [*town.clinic, nameless]).decisions
    assert not [each for each in decisions if each.right == "c1" and each.outcome is Outcome.LINK]
    assert {each.left for each in decisions if each.right == "c1"} == {"s1", "s2"}


def test_a_namesake_of_the_same_age_is_not_linked_without_anything_else(town: Town) -> None:
    namesake = features(record_id="other", middle_name="Ines", birth_date=date(2018, 9, 2), **SECOND)
    decisions = link(town.model, [features(), *town.school], [namesake, *town.clinic]).decisions
    assert ("ana", "other") not in pairs_of(decisions, Outcome.LINK)


def test_every_decision_says_why_in_words_that_add_up(town: Town) -> None:
    linkage = link(town.model, town.school, town.clinic)
    prior = linkage.weights.prior
    for decision in linkage.decisions:
        reasons, _ = linkage.why(decision)
        assert sum(reason.bits for reason in reasons) + prior == pytest.approx(decision.weight)
        assert all(reason.says for reason in reasons)


def test_what_is_expected_is_about_what_is_found(town: Town) -> None:
    linkage, true = link(town.model, town.school, town.clinic), true_pairs(town)
    linked = pairs_of(linkage.decisions, Outcome.LINK)
    assert linkage.quality.linked == len(linked)
    assert linkage.quality.precision == pytest.approx(len(linked & true) / len(linked), abs=0.005)
    assert linkage.quality.recall == pytest.approx(len(linked & true) / len(true), abs=0.02)


@pytest.mark.parametrize("few", [0, 1, 2])
def test_hardly_any_records_are_no_reason_to_fail(few: int) -> None:
    some = [features(record_id=f"s{number}") for number in range(few)]
    model = train((some, some[:1]))
    assert link(model, some, some[:1]).quality.linked <= 1
    assert link(Model(), some, []).decisions == []


def test_records_with_nothing_in_them_belong_to_nobody(town: Town) -> None:
    empty = features(record_id="empty", sex=Sex.UNKNOWN, guardians=(), phones=(), **NOBODY)
    decisions = link(town.model, [empty, *town.school], [empty, *town.clinic]).decisions
    assert not [each for each in decisions if "empty" in (each.left, each.right)]


WORST = {
    "only a birth date": {**NOBODY, "birth_date": date(2010, 1, 1), "guardians": (), "phones": ()},
    "only names": {**NOBODY, "given_name": "Ana", "family_name": "Reyes", "guardians": (), "phones": ()},
    "only an identifier": {**NOBODY, "identifiers": {"DISTRICT": "1"}, "guardians": (), "phones": ()},
    "long and odd": {"given_name": "\x00'; --", "family_name": "a" * 100_000, "address": f"1 {'b' * 50_000}"},
    "all the same": {},
}


@pytest.mark.parametrize("changed", WORST.values(), ids=WORST)
def test_the_worst_sources_are_learned_from_and_matched_without_a_false_link(changed: dict[str, object]) -> None:
    school = [features(record_id=f"s{number:03}", **changed) for number in range(400)]
    clinic = [features(record_id=f"c{number:03}", **changed) for number in range(30)]
    model = train((school, clinic))
    assert 0.9 <= model.auto <= 1
    assert pairs_of(link(model, school, clinic).decisions, Outcome.LINK) == set()
