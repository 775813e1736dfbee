"""Pairs that a run leaves to a person become reviews, each two children once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.write import insert
from cabinet.linkage.proposals import Member, Proposal
from cabinet.linkage.whole import Whole
from cabinet.matching.links import children_of
from cabinet.tables import match_candidate, match_review
from cabinet.tables.terms import ReviewReason, ReviewState

_REVIEWS = """
SELECT r.match_review_id, r.source_record_id, r.child_id, r.state, array_agg(c.child_id) AS candidates
FROM match_review r JOIN match_candidate c USING (community_id, match_review_id)
WHERE r.community_id = $1 AND r.source_record_id IS NOT NULL
GROUP BY r.match_review_id, r.source_record_id, r.child_id, r.state
"""
_RECORDS = """
SELECT community_id, source_record_id, organization_id, sector, record_id, record_version, format, payload
FROM source_record
WHERE community_id = $1 AND source_record_id = ANY ($2)
"""


@dataclass(frozen=True)
class Doubt:
    """The record that a review is about, whose it is, and the child it may be."""

    about: Member
    child_id: UUID
    candidate: UUID
    proposal: Proposal


@dataclass
class Standing:
    """What there is of reviews: pairs of children, open reviews by their record, records that were decided."""

    pairs: set[frozenset[UUID]]
    open: dict[UUID, UUID]
    decided: set[UUID]


async def new_doubts(
    connection: Connection,
    community_id: UUID,
    members: Sequence[Member],
    proposals: Sequence[Proposal],
    planned: Mapping[UUID, UUID],
) -> list[Doubt]:
    """Return the doubts about children that are two as it stands, and that no review speaks of yet.

    `planned` are the children that records are to be of, where nothing was done about it yet.
    """
    standing = await _standing(connection, community_id)
    asked = [members[place].source_record_id for each in proposals for place in (each.left, each.right)]
    child_of = {**await children_of(connection, community_id, asked), **planned}
    found = []
    for each in proposals:
        about, other = _in_turn(members[each.left], members[each.right], standing)
        pair = [child_of.get(member.source_record_id) for member in (about, other)]
        if pair[0] and pair[1] and pair[0] != pair[1] and frozenset(pair) not in standing.pairs:
            found.append(Doubt(about, pair[0], pair[1], each))
    return found


async def open_reviews(
    connection: Connection, community_id: UUID, doubts: Sequence[Doubt], whole: Whole, version: int
) -> int:
    """Open a review for each record, or add to its open one; return how many doubts people are shown by it."""
    standing = await _standing(connection, community_id)
    child_of = {each.about.source_record_id: each.child_id for each in doubts}
    rows = await connection.fetch(_RECORDS, community_id, list(child_of.keys() - standing.open.keys()))
    made = await insert(
        connection,
        match_review,
        [_review(row, child_of[row["source_record_id"]]) for row in rows],
        conflict="ON CONFLICT DO NOTHING",
        returning="source_record_id, match_review_id",
    )
    reviews = {**standing.open, **{row["source_record_id"]: row["match_review_id"] for row in made}}
    shown = await insert(
        connection,
        match_candidate,
        [
            _candidate(community_id, each, reviews[each.about.source_record_id], whole, version)
            for each in doubts
            if each.about.source_record_id in reviews
        ],
        conflict="ON CONFLICT DO NOTHING",
        returning="child_id",
    )
    return len(shown)


async def _standing(connection: Connection, community_id: UUID) -> Standing:
    found = Standing(set(), {}, set())
    for row in await connection.fetch(_REVIEWS, community_id):
        found.pairs |= {frozenset((row["child_id"], candidate)) for candidate in row["candidates"]}
        if row["state"] == ReviewState.OPEN:
            found.open[row["source_record_id"]] = row["match_review_id"]
        else:
            found.decided.add(row["source_record_id"])
    return found


def _in_turn(one: Member, other: Member, standing: Standing) -> tuple[Member, Member]:
    """Ask about the later record: its key is a uuid v7. One that was decided about is not asked about again."""
    earlier, later = sorted((one, other), key=lambda each: each.source_record_id)
    return (earlier, later) if later.source_record_id in standing.decided else (later, earlier)


def _review(record: Any, child_id: UUID) -> dict[str, Any]:
    names = ("community_id", "source_record_id", "organization_id", "sector", "record_id", "format", "payload")
    return {
        **{name: record[name] for name in names},
        "kind": "child",
        "record_version": record["record_version"] or 1,
        "child_id": child_id,
        "reason": ReviewReason.LIKELY,
        "state": ReviewState.OPEN,
    }


def _candidate(community_id: UUID, doubt: Doubt, review: UUID, whole: Whole, version: int) -> dict[str, Any]:
    reasons, remarks = whole.why(doubt.proposal.pair)
    return {
        "community_id": community_id,
        "match_review_id": review,
        "child_id": doubt.candidate,
        "organization_id": doubt.about.organization_id,
        "sector": doubt.about.sector,
        "probability": float(whole.probabilities[doubt.proposal.pair]),
        "weight": float(whole.pairs.weight[doubt.proposal.pair]),
        "reasons": [asdict(reason) for reason in reasons],
        "remarks": [*remarks, *filter(None, [doubt.proposal.remark])],
        "model_version": str(version),
    }
