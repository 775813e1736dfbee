"""Doubtful matches, side by side, and what a steward decides of them."""

from datetime import datetime
from uuid import UUID

import strawberry
from sqlalchemy import Table
from strawberry import ID
from strawberry.relay import PageInfo

from cabinet import tables
from cabinet.read.rows import encode_id
from cabinet.reviews import decision, queue
from cabinet.sectors import SectorCode
from cabinet.tables.terms import MatchAct, ReviewReason, ReviewState
from resolvers import reviews as resolve
from resolvers.context import Ask
from schema.review_records import MatchRecord


@strawberry.type(description="What was found of the record and a candidate; it holds no value of either.")
class MatchReason:
    says: str
    bits: float | None = strawberry.field(description="For (above 0) or against; null: by exact rules.")


@strawberry.type(description="A child that the record may be about.")
class MatchCandidate:
    child: ID
    probability: float | None = strawberry.field(description="Null: found by exact rules, without a model.")
    weight: float | None = strawberry.field(description="In bits, against a stranger.")
    model_version: str | None
    reasons: list[MatchReason] = strawberry.field(description="The weightiest first.")
    remarks: list[str] = strawberry.field(description="The rules that leave it to a person.")
    records: list[MatchRecord] = strawberry.field(description="The child's records of your own sectors.")
    other_sectors: list[SectorCode] = strawberry.field(
        description="Other sectors that hold a record of the child; of theirs the reasons alone are told."
    )

    @classmethod
    def of(cls, community_id: UUID, found: queue.Candidate) -> "MatchCandidate":
        return cls(
            child=_id(tables.child, community_id, found.child_id),
            probability=found.probability,
            weight=found.weight,
            model_version=found.model_version,
            reasons=[MatchReason(says=each["says"], bits=each["bits"]) for each in found.reasons],
            remarks=list(found.remarks),
            records=[MatchRecord.of(community_id, each) for each in found.records],
            other_sectors=[SectorCode(each) for each in found.other_sectors],
        )


@strawberry.type(description="A record that may be about more than one child.")
class MatchReview:
    id: ID
    state: ReviewState
    reason: ReviewReason
    sector: SectorCode = strawberry.field(description="Sector of the record.")
    recorded_at: datetime
    child: ID | None = strawberry.field(description="Whom it counts for meanwhile. Null: it waits.")
    says: MatchRecord | None = strawberry.field(description="Null: another sector's, whose words you do not see.")
    candidates: list[MatchCandidate]
    decided_by: str | None
    decided_at: datetime | None
    decision: ID | None = strawberry.field(description="The decision that stands, for `undoMatch`.")

    @classmethod
    def of(cls, community_id: UUID, found: queue.Review) -> "MatchReview":
        child, decided = found.child_id, found.decision_id
        return cls(
            id=_id(tables.match_review, community_id, found.match_review_id),
            state=found.state,
            reason=found.reason,
            sector=SectorCode(found.sector),
            recorded_at=found.recorded_at,
            child=_id(tables.child, community_id, child) if child else None,
            says=MatchRecord.of(community_id, found.says) if found.says else None,
            candidates=[MatchCandidate.of(community_id, each) for each in found.candidates],
            decided_by=found.decided_by,
            decided_at=found.decided_at,
            decision=_id(tables.match_decision, community_id, decided) if decided else None,
        )


@strawberry.type(description="One page of reviews, the longest waiting first.")
class MatchReviews:
    nodes: list[MatchReview]
    page_info: PageInfo

    @classmethod
    def of(cls, found: queue.Queue, after: ID | None) -> "MatchReviews":
        nodes = [MatchReview.of(found.community_id, each) for each in found.reviews]
        return cls(
            nodes=nodes,
            page_info=PageInfo(
                has_next_page=found.has_next_page,
                has_previous_page=after is not None,
                start_cursor=nodes[0].id if nodes else None,
                end_cursor=nodes[-1].id if nodes else None,
            ),
        )


@strawberry.type(description="A decision about who is the same child. `undoMatch` takes it back.")
class MatchDecision:
    id: ID
    act: MatchAct
    child: ID = strawberry.field(description="Whose the records are by it.")
    other_child: ID | None = strawberry.field(description="Whose they were, if they were anybody's.")
    note: str | None
    decided_by: str
    decided_at: datetime
    undone_by: str | None
    undone_at: datetime | None

    @classmethod
    def of(cls, made: decision.Decision) -> "MatchDecision":
        other = made.other_child_id
        return cls(
            id=_id(tables.match_decision, made.community_id, made.match_decision_id),
            act=made.act,
            child=_id(tables.child, made.community_id, made.child_id),
            other_child=_id(tables.child, made.community_id, other) if other else None,
            note=made.note,
            decided_by=made.decided_by,
            decided_at=made.decided_at,
            undone_by=made.undone_by,
            undone_at=made.undone_at,
        )


def _id(table: Table, community_id: UUID, key: UUID) -> ID:
    return ID(encode_id(table, community_id, key))


async def _match_reviews(
    info: Ask, community: ID, first: int = 20, after: ID | None = None, state: ReviewState = ReviewState.OPEN
) -> MatchReviews:
    return MatchReviews.of(await resolve.match_reviews(info, community, first, after, state), after)


async def _child_records(info: Ask, child: ID) -> list[MatchRecord]:
    community_id, found = await resolve.child_records(info, child)
    return [MatchRecord.of(community_id, each) for each in found]


async def _decide_match(
    info: Ask,
    review: ID,
    child: ID | None = None,
    new_child: bool = False,  # noqa: FBT001, FBT002 - an argument of the API.
    note: str | None = None,
) -> MatchDecision:
    return MatchDecision.of(await resolve.decide_match(info, review, child, note, new_child=new_child))


async def _undo_match(info: Ask, id: ID, note: str | None = None) -> MatchDecision:  # noqa: A002 - the API's word for it.
    return MatchDecision.of(await resolve.undo_match(info, id, note))


async def _split_child(info: Ask, child: ID, source_records: list[ID], note: str | None = None) -> MatchDecision:
    return MatchDecision.of(await resolve.split_child(info, child, source_records, note))


async def _merge_children(info: Ask, keep: ID, other: ID, note: str | None = None) -> MatchDecision:
    return MatchDecision.of(await resolve.merge_children(info, keep, other, note))


@strawberry.type
class ReviewsQuery:
    match_reviews: MatchReviews = strawberry.field(
        resolver=_match_reviews,
        description="A steward's: records in doubt that your sector, or a candidate's record in it, is part of.",
    )
    child_records: list[MatchRecord] = strawberry.field(
        resolver=_child_records,
        description="A steward's: the records of a child in your sectors, with their links.",
    )


@strawberry.type
class ReviewsMutation:
    decide_match: MatchDecision = strawberry.mutation(
        resolver=_decide_match,
        description="Say which child a record is about, or that it is a new one. Its waiting rows are taken in.",
    )
    undo_match: MatchDecision = strawberry.mutation(
        resolver=_undo_match,
        description="Take a decision back, or part a record from its child by its link. What came since stays.",
    )
    split_child: MatchDecision = strawberry.mutation(
        resolver=_split_child, description="Part records of your sector from a child; they become a new one's."
    )
    merge_children: MatchDecision = strawberry.mutation(
        resolver=_merge_children, description="Join two children; your sector holds a record of one of them."
    )
