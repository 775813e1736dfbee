"""How well every two sources are expected to be linked, by the model's own probabilities (decision 19)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

import numpy as np

from cabinet.db import Connection
from cabinet.linkage.proposals import Proposals
from cabinet.linkage.quality import Quality, expected_quality
from cabinet.linkage.whole import Whole, by_sources
from cabinet.matching.members import Sourced

_KEEP = """
INSERT INTO linkage_quality (community_id, organization_id, other_organization_id, version, as_of, records,
  other_records, linked, for_review, precision, recall, recall_with_review)
VALUES ($1, $2, $3, $4, now(), $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (community_id, organization_id, other_organization_id) DO UPDATE SET version = excluded.version,
  as_of = excluded.as_of, records = excluded.records, other_records = excluded.other_records,
  linked = excluded.linked, for_review = excluded.for_review, precision = excluded.precision,
  recall = excluded.recall, recall_with_review = excluded.recall_with_review
"""


@dataclass(frozen=True)
class Expected:
    """What is to be expected of two sources' links, by their places among the sources."""

    left: int
    right: int
    quality: Quality


def expected_of(found: Sourced, whole: Whole, proposals: Proposals) -> Iterator[Expected]:
    """Judge every two sources that share a child, or may; with the children as they are when all is joined."""
    sizes = [len(source.members) for source in found.sources]
    source_of, pairs = np.repeat(np.arange(len(sizes)), sizes), whole.pairs
    children = np.unique([str(child) for child in proposals.child_of], return_inverse=True)[1]
    linked = children[pairs.left] == children[pairs.right]
    shown = np.zeros(len(pairs), dtype=bool)
    shown[[each.pair for each in proposals.doubtful]] = True
    seen = set(zip(pairs.left[linked].tolist(), pairs.right[linked].tolist(), strict=True))
    others = [pair for pair in _together(proposals.child_of, source_of.tolist()) if pair not in seen]
    # Such records share too little to be compared: they are as surely one child's as their ties say.
    ties = [min(found.members[one].score, found.members[other].score) for one, other in others]
    left, right = (
        np.concatenate([side, np.array([pair[place] for pair in others], dtype=np.int64)])
        for place, side in enumerate((pairs.left, pairs.right))
    )
    probabilities = np.concatenate([whole.probabilities, ties])
    linked = np.concatenate([linked, np.ones(len(others), dtype=bool)])
    shown = np.concatenate([shown, np.zeros(len(others), dtype=bool)])
    for one, other, chosen in by_sources(source_of[left], source_of[right], len(sizes)):
        of = expected_quality(probabilities[chosen], linked[chosen], shown[chosen], min(sizes[one], sizes[other]))
        yield Expected(one, other, of)


def _together(child_of: Sequence[UUID], source_of: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of different sources' records that are one child's, the lesser place first."""
    records: defaultdict[UUID, list[int]] = defaultdict(list)
    for place, child in enumerate(child_of):
        records[child].append(place)
    pairs = (pair for of_child in records.values() for pair in combinations(of_child, 2))
    return (pair for pair in pairs if source_of[pair[0]] != source_of[pair[1]])


async def keep_expected(
    connection: Connection, community_id: UUID, found: Sourced, version: int, expected: Sequence[Expected]
) -> None:
    """Write down what is expected, in one transaction: all rows of a run are of one moment."""
    rows = []
    for each in expected:
        one, other, of = found.sources[each.left], found.sources[each.right], each.quality
        sizes = len(one.members), len(other.members)
        counts = of.linked, of.for_review
        shares = of.precision, of.recall, of.recall_with_review
        rows.append((community_id, one.organization_id, other.organization_id, version, *sizes, *counts, *shares))
    await connection.executemany(_KEEP, rows)
