"""One record matched at a time, with the same parameters and without Splink, among those who share a key."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from cabinet.linkage.comparisons import COMPARISONS, IDENTIFIERS
from cabinet.linkage.decide import Outcome, Reason, outcomes, reasons, remarks
from cabinet.linkage.features import CROWD, Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.model import Model
from cabinet.linkage.weights import Scored, Weights, places_of

Child = TypeVar("Child", bound=Hashable)

_IDENTIFIERS = COMPARISONS.index(IDENTIFIERS)
_CONTRADICTED = [level.name for level in IDENTIFIERS.levels].index("different")


@dataclass(frozen=True)
class Candidate(Generic[Child]):
    """A child that a record may be about, by the one of its records that is most like it."""

    child: Child
    outcome: Outcome
    probability: float
    weight: float
    reasons: list[Reason]
    remarks: list[str]


class KnownChildren(Generic[Child]):
    """The children of a community as matched by, with a record or several each. Grows as records are added."""

    def __init__(self, model: Model, records: Iterable[tuple[Child, Features]] = ()) -> None:
        self._model = model
        self._records: defaultdict[Child, list[Features]] = defaultdict(list)
        self._by_key: defaultdict[str, list[Child]] = defaultdict(list)
        self._frequencies = Frequencies()
        for child, features in records:
            self.add(child, features)

    def add(self, child: Child, features: Features) -> None:
        for key in features.keys:
            self._by_key[key].append(child)
        self._records[child].append(features)
        self._frequencies.add(features)

    def match(self, features: Features, not_of: Collection[Child] = ()) -> list[Candidate[Child]]:
        """Return the children that the record may be about, the likeliest first: none for a child not yet known.

        `not_of` are children it cannot be: those that have another record of its source, or that a person has
        ruled out. At most one is LINK.
        """
        weights = Weights(self._model, 1, len(self._records))
        children = [child for child in self._sharing_a_key(features) if child not in not_of]
        best = [self._closest(weights, features, child) for child in children]
        if not children:
            return []
        odds = np.array([float(scored.odds) for _, scored in best])
        probabilities = odds / (1 + odds.sum())
        becomes = outcomes(self._model, np.array([places for places, _ in best]), probabilities)
        found = [
            Candidate(
                child,
                outcome,
                probability,
                scored.strangers,
                reasons(weights, places, scored.rarity),
                remarks(places),
            )
            for child, outcome, probability, (places, scored) in zip(
                children, becomes, probabilities.tolist(), best, strict=True
            )
            if outcome is not Outcome.SEPARATE
        ]
        return sorted(found, key=lambda each: -each.probability)

    def _sharing_a_key(self, features: Features) -> list[Child]:
        crowds = (self._by_key.get(key, []) for key in features.keys)
        return list(dict.fromkeys(child for crowd in crowds if len(crowd) <= CROWD for child in crowd))

    def _closest(self, weights: Weights, features: Features, child: Child) -> tuple[list[int], Scored]:
        """Compare with all records of a child. An identifier that one of them contradicts is contradicted."""
        compared = [places_of(features, known) for known in self._records[child]]
        scored = [weights.score(places, features, self._frequencies) for places in compared]
        closest = max(range(len(scored)), key=lambda place: float(scored[place].odds))
        contradicts = any(places[_IDENTIFIERS] == _CONTRADICTED for places in compared)
        places = compared[closest]
        if contradicts:
            places[_IDENTIFIERS] = _CONTRADICTED
        return places, scored[closest]
