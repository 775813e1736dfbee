"""The same fictional children as three sectors write them down; who is who is asked when all is decided."""

from collections import Counter
from dataclasses import dataclass

import pytest

from bench.linkage_sources import Source, sector
from cabinet.linkage.decide import Outcome
from cabinet.linkage.link import Linkage, link
from cabinet.linkage.training import train
from tests.importers.reading import REAL, real


@dataclass(frozen=True)
class Matched:
    left: Source
    right: Source
    linkage: Linkage

    def pairs(self, *outcomes: Outcome) -> list[tuple[str, str]]:
        return [(each.left, each.right) for each in self.linkage.decisions if each.outcome in outcomes]

    def scores(self, *outcomes: Outcome) -> tuple[float, float]:
        """Return precision and F1."""
        of_child = Counter(self.right.truth[each.record_id] for each in self.right.features)
        true = sum(of_child[self.left.truth[each.record_id]] for each in self.left.features)
        found = self.pairs(*outcomes)
        right = sum(self.left.truth[one] == self.right.truth[other] for one, other in found)
        return right / len(found), 2 * right / (len(found) + true)


@pytest.fixture(scope="module", params=["health", "ost"])
def matched(request: pytest.FixtureRequest) -> Matched:
    real("linkage", "children-3-sector")
    left, right = sector(REAL, "education"), sector(REAL, request.param)
    model = train((left.features, right.features))
    return Matched(left, right, link(model, left.features, right.features))


def test_children_are_found_without_taking_two_for_one(matched: Matched) -> None:
    precision, f1 = matched.scores(Outcome.LINK)
    assert precision >= 0.998
    has_address = any(each.street for each in matched.right.features)
    assert f1 >= (0.985 if has_address else 0.97)


def test_no_twin_or_sibling_is_linked(matched: Matched) -> None:
    left, right = matched.left, matched.right
    linked = matched.pairs(Outcome.LINK)
    wrong = [(one, other) for one, other in linked if left.truth[one] != right.truth[other]]
    assert not [(one, other) for one, other in wrong if left.household[one] == right.household[other]]


def test_with_review_almost_all_are_found_and_few_are_shown(matched: Matched) -> None:
    _, linked = matched.scores(Outcome.LINK)
    _, shown = matched.scores(Outcome.LINK, Outcome.REVIEW)
    assert shown >= linked + 0.005
    assert len(matched.pairs(Outcome.REVIEW)) <= 0.05 * len(matched.pairs(Outcome.LINK))


def test_what_is_expected_is_not_far_from_the_truth(matched: Matched) -> None:
    precision, _ = matched.scores(Outcome.LINK)
    assert matched.linkage.quality.precision == pytest.approx(precision, abs=0.002)
