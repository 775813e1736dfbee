"""The pairs of records that might be one child: found by the keys they share, compared, and what that weighs."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.features import CROWD, Features
from cabinet.linkage.frequencies import Frequencies
from cabinet.linkage.model import Model
from cabinet.linkage.weights import Floats, Indices, Mask, Places, Weights, places_of

HOPELESS = -8.0
"""Log odds below which a pair is not looked at any further: one in 256."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of a left and a right record, by their places in the two sources.

    `places` has a row a pair with the place of its level in each comparison. `weight` is the log odds (base 2)
    against strangers, and `rarity` the part of it that shared names add for being rare.
    """

    left: Indices
    right: Indices
    places: Places
    rarity: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.left)

    def only(self, chosen: Mask) -> "Pairs":
        left, right, places = self.left[chosen], self.right[chosen], self.places[chosen]
        return Pairs(left, right, places, self.rarity[chosen], self.weight[chosen])


def find_pairs(model: Model, left: Sequence[Features], right: Sequence[Features]) -> Pairs:
    """Compare all records of two sources that share a key, and return the pairs that are not hopeless."""
    lefts, rights, places = compared((left, right))
    weights, records = Weights(model, len(left), len(right)), [*left, *right]
    rarity = weights.rarity_of(records, Frequencies(records), lefts, places)
    weight = np.asarray(weights.score_all(places, rarity).strangers, dtype=np.float64)
    return Pairs(lefts, rights - len(left), places, rarity, weight).only(weight >= HOPELESS)


def compared(sources: Sequence[Sequence[Features]]) -> tuple[Indices, Indices, Places]:
    """Compare the records of different sources that share a key which is not crowded.

    Return, for each pair, the two records' places in all sources one after the other, the lesser first, and the
    places of their levels.
    """
    records = list(chain.from_iterable(sources))
    source_of = [source for source, each in enumerate(sources) for _ in each]
    sharing = _sharing(sources)
    left, right, places = array("q"), array("q"), array("b")
    for one, record in enumerate(records):
        crowds = (sharing.get(key, ()) for key in record.keys)
        for other in sorted({each for crowd in crowds for each in crowd if each > one}):
            if source_of[other] != source_of[one]:
                left.append(one)
                right.append(other)
                places.extend(places_of(record, records[other]))
    return (
        np.array(left, dtype=np.int64),
        np.array(right, dtype=np.int64),
        np.array(places, dtype=np.int8).reshape(-1, len(COMPARISONS)),
    )


def _sharing(sources: Sequence[Sequence[Features]]) -> dict[str, list[int]]:
    """Return the records by key, without keys that more than CROWD of a source share, or twice as many of all."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    crowded, first = set[str](), 0
    for source in sources:
        counted: defaultdict[str, int] = defaultdict(int)
        for place, each in enumerate(source, first):
            for key in each.keys:
                counted[key] += 1
                found[key].append(place)
        crowded |= {key for key, count in counted.items() if count > CROWD}
        first += len(source)
    return {key: each for key, each in found.items() if key not in crowded and 1 < len(each) <= 2 * CROWD}
