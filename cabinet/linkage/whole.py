"""All sources of a community matched at once, each with every other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from cabinet.linkage.decide import Outcome, Reason, outcomes, reasons, remarks
from cabinet.linkage.features import Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.matching import CERTAIN, compete
from cabinet.linkage.model import Model
from cabinet.linkage.pairs import HOPELESS, Pairs, compared
from cabinet.linkage.weights import Floats, Indices, Mask, Places, Weights, places_of

Settled = Mapping[tuple[int, int], bool]
"""What people decided of pairs, by the places of the two records, the lesser first: whether they are one child."""


@dataclass(frozen=True)
class Whole:
    """The pairs of records of different sources that are not hopeless, by their places in all sources in a row."""

    pairs: Pairs
    probabilities: Floats
    outcomes: list[Outcome]
    weights: Weights

    def why(self, pair: int) -> tuple[list[Reason], list[str]]:
        """Return what was found of the pair, and the rules that leave it to a person."""
        places = self.pairs.places[pair].tolist()
        return reasons(self.weights, places, float(self.pairs.rarity[pair])), remarks(places)


def weigh_all(model: Model, sources: Sequence[Sequence[Features]], settled: Settled) -> Whole:
    """Weigh every two sources' records. What people parted is left out, and what they joined is certain."""
    source_of = np.repeat(np.arange(len(sources)), [len(source) for source in sources])
    pairs, odds = _weighed(model, sources, source_of)
    one, other = ([pair for pair, is_same in settled.items() if is_same is of] for of in (True, False))
    odds[_among(pairs, one, len(source_of))] = CERTAIN
    is_open = ~_among(pairs, other, len(source_of))
    pairs, odds = pairs.only(is_open), odds[is_open]
    probabilities = compete(_by_rivals(pairs, source_of, len(sources)), odds)
    return Whole(pairs, probabilities, outcomes(model, pairs.places, probabilities), Weights(model, 1, 1))


def _weighed(model: Model, sources: Sequence[Sequence[Features]], source_of: Indices) -> tuple[Pairs, Floats]:
    pairs, odds = _scored(model, sources, source_of, *compared(sources))
    is_open = pairs.weight >= HOPELESS
    return pairs.only(is_open), odds[is_open]


def weigh_these(
    model: Model, sources: Sequence[Sequence[Features]], chosen: Sequence[tuple[int, int]]
) -> tuple[Floats, list[Outcome]]:
    """Weigh pairs that share no key by themselves: how likely each is, and what would become of it."""
    records = list(chain.from_iterable(sources))
    source_of = np.repeat(np.arange(len(sources)), [len(source) for source in sources])
    left, right = (np.array([pair[side] for pair in chosen], dtype=np.int64) for side in (0, 1))
    places = np.array([places_of(records[one], records[other]) for one, other in chosen], dtype=np.int8)
    pairs, odds = _scored(model, sources, source_of, left, right, places)
    probabilities = np.asarray(odds / (1 + odds), dtype=np.float64)
    return probabilities, outcomes(model, pairs.places, probabilities)


def _scored(
    model: Model,
    sources: Sequence[Sequence[Features]],
    source_of: Indices,
    left: Indices,
    right: Indices,
    places: Places,
) -> tuple[Pairs, Floats]:
    records = list(chain.from_iterable(sources))
    rarity = Weights(model, 1, 1).rarity_of(records, Frequencies(records), left, places)
    weight, odds = np.zeros(len(left)), np.zeros(len(left))
    for one, other, chosen in by_sources(source_of[left], source_of[right], len(sources)):
        scored = Weights(model, len(sources[one]), len(sources[other])).score_all(places[chosen], rarity[chosen])
        weight[chosen], odds[chosen] = scored.strangers, scored.odds
    return Pairs(left, right, places, rarity, weight), odds


def by_sources(left: Indices, right: Indices, count: int) -> Iterator[tuple[int, int, Indices]]:
    """Yield every two sources that have pairs, with the places of those pairs."""
    both = left * count + right
    in_order = np.argsort(both, kind="stable")
    found, first = np.unique(both[in_order], return_index=True)
    for sources, chosen in zip(found.tolist(), np.split(in_order, first[1:]), strict=True):
        yield sources // count, sources % count, chosen


def _by_rivals(pairs: Pairs, source_of: Indices, count: int) -> Pairs:
    """Return the pairs with sides of their own for each other source: there alone a record has its rivals."""
    left, right = (
        np.unique(one * count + source_of[other], return_inverse=True)[1]
        for one, other in ((pairs.left, pairs.right), (pairs.right, pairs.left))
    )
    return replace(pairs, left=left, right=right)


def _among(pairs: Pairs, settled: Sequence[tuple[int, int]], count: int) -> Mask:
    wanted = [one * count + other for one, other in settled]
    return np.asarray(np.isin(pairs.left * count + pairs.right, wanted), dtype=bool)
