"""One record is matched at a time as in a whole file, and without Splink."""

import subprocess
import sys

from cabinet.linkage.decide import Outcome
from cabinet.linkage.known import KnownChildren
from cabinet.linkage.link import link
from cabinet.linkage.model import Model
from tests.linkage.people import Town, features


def known(town: Town) -> KnownChildren[str]:
    return KnownChildren(town.model, ((town.child[each.record_id], each) for each in town.clinic))


def test_a_record_finds_its_child_or_none(town: Town) -> None:
    clinic, children = {town.child[each.record_id] for each in town.clinic}, known(town)
    found = {each.record_id: children.match(each) for each in town.school}
    linked = {record: best[0].child for record, best in found.items() if best and best[0].outcome is Outcome.LINK}
    wrong = [record for record, child in linked.items() if child != town.child[record]]
    assert len(wrong) <= 0.005 * len(linked)
    assert len(linked) - len(wrong) >= 0.97 * sum(town.child[each.record_id] in clinic for each in town.school)


def test_it_says_what_the_whole_file_says(town: Town) -> None:
    clinic = {town.child[each.record_id]: each.record_id for each in town.clinic}
    whole = {(each.left, each.right): each for each in link(town.model, town.school, town.clinic).decisions}
    children, alike = known(town), 0
    for each in town.school:
        for candidate in children.match(each):
            decision = whole.get((each.record_id, clinic[candidate.child]))
            alike += decision is not None and decision.outcome is candidate.outcome
    assert alike >= 0.97 * len(whole)


def test_a_child_that_it_cannot_be_is_not_named(town: Town) -> None:
    children = known(town)
    children.add("ana", features())
    assert [(each.child, each.outcome) for each in children.match(features())] == [("ana", Outcome.LINK)]
    assert children.match(features(), not_of={"ana"}) == []


def test_a_record_that_could_be_either_of_two_children_is_linked_to_neither(town: Town) -> None:
    children = known(town)
    children.add("one", features())
    children.add("other", features())
    assert {(each.child, each.outcome) for each in children.match(features())} == {
        ("one", Outcome.REVIEW),
        ("other", Outcome.REVIEW),
    }


def test_what_one_record_of_a_child_contradicts_is_contradicted(town: Town) -> None:
    children = known(town)
    children.add("ana", features())
    children.add("ana", features(family_name="Lopez", phones=(), address=None, identifiers={"DISTRICT": "4711"}))
    assert children.match(features(identifiers={"DISTRICT": "4711"}))[0].outcome is Outcome.LINK
    (candidate,) = children.match(features(identifiers={"DISTRICT": "4712"}))
    assert candidate.outcome is not Outcome.LINK
    assert candidate.remarks


def test_a_model_that_nothing_was_taught_links_the_same_child_and_not_its_twin() -> None:
    children = KnownChildren(Model(), [("ana", features())])
    assert children.match(features())[0].outcome is Outcome.LINK
    twin = children.match(features(given_name="Marisol", middle_name="Ines"))
    assert not [each for each in twin if each.outcome is Outcome.LINK]


def test_it_starts_without_splink() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, cabinet.linkage.known; print('splink' in sys.modules, 'duckdb' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "False"]
