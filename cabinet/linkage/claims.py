"""Records of one source matched with the children they may be about, of which each is one record's at most."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from cabinet.linkage.comparisons import COMPARISONS, IDENTIFIERS
from cabinet.linkage.decide import Outcome, Reason, outcomes, reasons, remarks
from cabinet.linkage.features import Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.matching import compete
from cabinet.linkage.model import Model
from cabinet.linkage.pairs import Pairs
from cabinet.linkage.weights import Places, Scored, Weights, places_of

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


@dataclass(frozen=True)
class Children(Generic[Child]):
    """The children that records are compared with: all of a community's, or those among them that matter.

    `count` is how many there are in the community, and `frequencies` are of all their records' names.
    """

    records: Mapping[Child, Sequence[Features]]
    count: int
    frequencies: Frequencies


@dataclass(frozen=True)
class _Claim(Generic[Child]):
    record: int
    child: Child
    places: list[int]
    scored: Scored


def settle(
    model: Model,
    records: Sequence[Features],
    claims: Sequence[Sequence[Child]],
    children: Children[Child],
) -> list[list[Candidate[Child]]]:
    """Return for each record the children it may be about, the likeliest first: none for a child not yet known.

    `claims` are the children that each of the records is to be compared with. At most one of a record's candidates
    is LINK, and none is LINK to two records.
    """
    weights = Weights(model, 1, children.count)
    made = [
        _Claim(place, child, *_closest(weights, record, children.records[child], children.frequencies))
        for place, (record, of_record) in enumerate(zip(records, claims, strict=True))
        for child in of_record
    ]
    found: list[list[Candidate[Child]]] = [[] for _ in records]
    if made:
        odds = np.array([float(claim.scored.odds) for claim in made])
        places = np.array([claim.places for claim in made])
        probabilities = compete(_as_pairs(made, places), odds)
        becomes = outcomes(model, places, probabilities)
        for claim, outcome, probability in zip(made, becomes, probabilities.tolist(), strict=True):
            if outcome is not Outcome.SEPARATE:
                found[claim.record].append(_candidate(weights, claim, outcome, probability))
    return [sorted(each, key=lambda candidate: -candidate.probability) for each in found]


def _as_pairs(claims: Sequence[_Claim[Child]], places: Places) -> Pairs:
    numbered = {child: number for number, child in enumerate(dict.fromkeys(claim.child for claim in claims))}
    left, right = (np.array(side) for side in zip(*((c.record, numbered[c.child]) for c in claims), strict=True))
    nothing = np.zeros(len(claims))
    return Pairs(left, right, places, nothing, nothing)


def _candidate(weights: Weights, claim: _Claim[Child], outcome: Outcome, probability: float) -> Candidate[Child]:
    why = reasons(weights, claim.places, claim.scored.rarity)
    return Candidate(claim.child, outcome, probability, claim.scored.strangers, why, remarks(claim.places))


def _closest(
    weights: Weights, record: Features, known: Sequence[Features], frequencies: Frequencies
) -> tuple[list[int], Scored]:
    """Compare with all records of a child. An identifier that one of them contradicts is contradicted."""
    compared = [places_of(record, each) for each in known]
    scored = [weights.score(places, record, frequencies) for places in compared]
    closest = max(range(len(scored)), key=lambda place: float(scored[place].odds))
    places = compared[closest]
    if any(each[_IDENTIFIERS] == _CONTRADICTED for each in compared):
        places[_IDENTIFIERS] = _CONTRADICTED
    return places, scored[closest]
