"""How good linkage is expected to be, by the model's own probabilities: nobody has to know who is who."""

from dataclasses import dataclass

import numpy as np

from cabinet.linkage.weights import Floats, Mask

LEAST_AUTO = 0.9
"""However sure the others are, no pair is linked without a person that is false one time in ten."""

MOST_REVIEW = 0.1
"""However few they are, a pair that is true one time in ten is shown to a person."""


@dataclass(frozen=True)
class Quality:
    """What is to be expected of links made without a person, of the pairs that came up.

    `precision` is the share of links that are true, `recall` that of true pairs that are linked,
    `recall_with_review` the same when people find those in review; `match_rate` the share of the smaller source's
    records that are linked. True pairs that share no key never come up and are not counted.
    """

    linked: int
    for_review: int
    precision: float
    recall: float
    recall_with_review: float
    match_rate: float


def expected_quality(probabilities: Floats, linked: Mask, reviewed: Mask, records: int) -> Quality:
    """Add up every pair's probability, by what becomes of it; `records` are those of the smaller source."""
    true, true_linked = float(probabilities.sum()), float(probabilities[linked].sum())
    links, found = int(linked.sum()), true_linked + float(probabilities[reviewed].sum())
    return Quality(
        linked=links,
        for_review=int(reviewed.sum()),
        precision=true_linked / links if links else 1.0,
        recall=true_linked / true if true else 1.0,
        recall_with_review=found / true if true else 1.0,
        match_rate=links / records if records else 0.0,
    )


def auto_threshold(probabilities: Floats, false_links: float) -> float:
    """Return the lowest probability from which on no more than this share of the pairs is expected to be false."""
    falling = np.sort(probabilities)[::-1]
    share_false = np.cumsum(1 - falling) / np.arange(1, len(falling) + 1)
    refused = falling[(share_false > false_links) | (falling < LEAST_AUTO)]
    return max(LEAST_AUTO, float(np.nextafter(refused[0], 1))) if len(refused) else LEAST_AUTO


def review_threshold(probabilities: Floats, missed_links: float) -> float:
    """Return the highest probability below which no more than this share of the true pairs is expected to be."""
    rising = np.sort(probabilities)
    missed = np.cumsum(rising) > missed_links * rising.sum()
    return min(MOST_REVIEW, float(rising[missed][0])) if missed.any() else MOST_REVIEW
