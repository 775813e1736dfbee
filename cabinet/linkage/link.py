"""Two whole sources matched at once: every decision with its probability, and what to expect of them all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cabinet.linkage.decide import Outcome, Reason, outcomes, reasons, remarks
from cabinet.linkage.features import Features
from cabinet.linkage.matching import Settled, compete, undecided
from cabinet.linkage.model import Model
from cabinet.linkage.pairs import Pairs, find_pairs
from cabinet.linkage.quality import Quality, expected_quality
from cabinet.linkage.weights import Floats, Weights


@dataclass(frozen=True)
class Decision:
    """What becomes of a left and a right record. `weight` is in bits, against strangers."""

    left: str
    right: str
    outcome: Outcome
    probability: float
    weight: float
    is_settled: bool = False
    """Whether a person had decided it before."""
    places: tuple[int, ...] = ()
    rarity: float = 0.0


@dataclass(frozen=True)
class Linkage:
    """All pairs that are linked or for review, the likeliest first; whoever is in none is a child apart."""

    decisions: list[Decision]
    quality: Quality
    weights: Weights = field(repr=False)

    def why(self, decision: Decision) -> tuple[list[Reason], list[str]]:
        """Return what was found of the pair, and the rules that leave it to a person."""
        if not decision.places:
            return [], []
        return reasons(self.weights, decision.places, decision.rarity), remarks(decision.places)


def link(
    model: Model,
    left: Sequence[Features],
    right: Sequence[Features],
    settled: Mapping[tuple[str, str], bool] | None = None,
) -> Linkage:
    """Match two sources, each of which holds a child once. The order of records does not matter.

    `settled` are pairs of record ids that a person has decided, and whether they are one child: they stay so.
    """
    left, right = _in_order(left), _in_order(right)
    decided = _by_place(left, right, settled or {})
    pairs = find_pairs(model, left, right)
    pairs = pairs.only(undecided(pairs, decided))
    weights = Weights(model, len(left), len(right))
    probabilities = compete(pairs, weights.score_all(pairs.places, pairs.rarity).odds)
    becomes = outcomes(model, pairs.places, probabilities)
    linked, shown = (
        np.array([each is one for each in becomes], dtype=bool) for one in (Outcome.LINK, Outcome.REVIEW)
    )
    found = [*_weighed(pairs, probabilities, becomes, left, right), *_settled(decided, left, right)]
    return Linkage(
        sorted(found, key=lambda each: (-each.probability, each.left, each.right)),
        expected_quality(probabilities, linked, shown, min(len(left), len(right))),
        weights,
    )


def _weighed(
    pairs: Pairs,
    probabilities: Floats,
    becomes: Sequence[Outcome],
    left: Sequence[Features],
    right: Sequence[Features],
) -> Iterator[Decision]:
    """Yield the decisions that were not a person's, but for the pairs that are kept apart."""
    numbers = (each.tolist() for each in (pairs.left, pairs.right, probabilities, pairs.weight, pairs.rarity))
    for outcome, places, (one, other, probability, weight, rarity) in zip(
        becomes, pairs.places.tolist(), zip(*numbers, strict=True), strict=True
    ):
        if outcome is not Outcome.SEPARATE:
            yield Decision(
                left[one].record_id,
                right[other].record_id,
                outcome,
                probability,
                weight,
                places=tuple(places),
                rarity=rarity,
            )


def _settled(decided: Settled, left: Sequence[Features], right: Sequence[Features]) -> Iterator[Decision]:
    for (one, other), is_same in decided.items():
        if is_same:
            yield Decision(left[one].record_id, right[other].record_id, Outcome.LINK, 1.0, 0.0, is_settled=True)


def _in_order(source: Sequence[Features]) -> list[Features]:
    return sorted(source, key=lambda each: each.record_id)


def _by_place(
    left: Sequence[Features], right: Sequence[Features], settled: Mapping[tuple[str, str], bool]
) -> Settled:
    """Return the decisions by the places of their records, without those of records that are not here."""
    lefts = {each.record_id: place for place, each in enumerate(left)}
    rights = {each.record_id: place for place, each in enumerate(right)}
    return {
        (lefts[one], rights[other]): is_same
        for (one, other), is_same in settled.items()
        if one in lefts and other in rights
    }
