"""What each level of agreement weighs, and the odds that follow: for one pair and for many, in the same numbers.

A pair of records is one child's, two strangers', or two children's of one household. Against strangers counts how
rare the agreement is; against brothers and sisters, who share name and address, only what differs within a family
counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.features import Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.levels import MISSING, Level
from cabinet.linkage.model import Belief, Model

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]
Places = NDArray[np.integer[Any]]
"""A row a pair, a column a comparison: the place of the level that holds."""

SURE = 0.99
"""However many records have found their match, a next one may have none."""


@dataclass(frozen=True)
class Scored:
    """Log odds, base 2, of one pair (numbers) or of many (arrays): against strangers, and against siblings."""

    strangers: Any
    siblings: Any
    rarity: Any
    """The part that shared names add for being rare, or take for being common."""

    @property
    def odds(self) -> Any:
        """How many times likelier it is one child than anybody else."""
        return 1 / (2.0**-self.strangers + 2.0**-self.siblings)


class Weights:
    """A model's weights for records to be matched with so many children.

    Of both sides some have no match. The fewer they are, the likelier is it that two who agree and have nobody
    else belong together; so the odds before anything is compared are those of a pair against two without a match.
    """

    def __init__(self, model: Model, records: int, children: int) -> None:
        of_fewer = min(model.match_share, SURE)
        of_more = of_fewer * min(records, children) / max(records, children, 1)
        prior = of_fewer / max(records, children, 1) / ((1 - of_fewer) * (1 - min(of_more, SURE)))
        self.probability = prior / (1 + prior)
        self.prior = log2(prior)
        self._sibling_prior = log2(prior * max(records, children, 1) / model.siblings)
        believed = [[_belief(model, each.name, level) for level in each.levels] for each in COMPARISONS]
        self.against_strangers = [[_weight(b.m, b.u) for b in levels] for levels in believed]
        self.against_siblings = [[_weight(b.m, b.sibling) for b in levels] for levels in believed]
        self._u = {
            level.frequency: (column, place, believed[column][place].u)
            for column, each in enumerate(COMPARISONS)
            for place, level in enumerate(each.levels)
            if level.frequency
        }

    def score(self, places: Sequence[int], one: Features, frequencies: Frequencies) -> Scored:
        """Weigh one pair by the place of its level in each comparison."""
        rarity = sum(
            log2(u / frequency)
            for name, (column, place, u) in self._u.items()
            if places[column] == place and (frequency := frequencies.share(name, getattr(one, name)))
        )
        strangers = sum(levels[place] for levels, place in zip(self.against_strangers, places, strict=True))
        siblings = sum(levels[place] for levels, place in zip(self.against_siblings, places, strict=True))
        return Scored(self.prior + strangers + rarity, self._sibling_prior + siblings, rarity)

    def rarity_of(
        self, records: Sequence[Features], frequencies: Frequencies, one: Indices, places: Places
    ) -> Floats:
        """Return what shared names add to each pair for being rare; `one` are the places of its first record."""
        added = np.zeros(len(places))
        for name, (column, place, u) in self._u.items():
            shares = (frequencies.share(name, getattr(each, name)) for each in records)
            of_record = np.array([log2(u / share) if share else 0.0 for share in shares])
            agrees = places[:, column] == place
            added[agrees] += of_record[one[agrees]]
        return added

    def score_all(self, places: Places, rarity: Floats) -> Scored:
        """Weigh many pairs: a row each of places, and what the rarity of shared names adds."""
        strangers = _sums(self.against_strangers, places) + rarity + self.prior
        return Scored(strangers, _sums(self.against_siblings, places) + self._sibling_prior, rarity)


def _belief(model: Model, comparison: str, level: Level) -> Belief:
    return Belief(1, 1, 1) if level.name == MISSING else model.beliefs[comparison][level.name]


def _weight(match: float, other: float) -> float:
    return log2(match / other)


def _sums(weights: Sequence[Sequence[float]], places: Places) -> Floats:
    columns = [np.asarray(levels)[places[:, column]] for column, levels in enumerate(weights)]
    return np.asarray(np.sum(columns, axis=0), dtype=np.float64)


def places_of(one: Features, other: Features) -> list[int]:
    """Return the place of the level that holds in each comparison."""
    return [each.level_of(one, other) for each in COMPARISONS]
