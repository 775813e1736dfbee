"""Join and part children in an open transaction, each act with the journal it is undone by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from cabinet.db import Connection
from cabinet.intake.write import insert
from cabinet.linkage.settled import Pair, settle
from cabinet.reviews.changes import log_moves
from cabinet.reviews.move import move
from cabinet.reviews.picture import Picture, Row, take
from cabinet.reviews.rewrite import rewrite
from cabinet.tables import child, child_link, match_candidate, match_journal, match_review
from cabinet.tables.terms import LinkMethod, MatchAct, ReviewState, Sex

_DECIDED = """
INSERT INTO match_decision (community_id, act, match_review_id, child_id, other_child_id, note, decided_by)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING match_decision_id
"""


@dataclass(frozen=True)
class Act:
    """What is done, by whom and how: by a person, or by the model, whose word settles nothing."""

    community_id: UUID
    kind: MatchAct
    decided_by: str
    note: str | None = None
    review: UUID | None = None
    method: LinkMethod = LinkMethod.MANUAL
    score: float = 1.0
    model_version: int | None = None

    @property
    def is_by_person(self) -> bool:
        return self.method is LinkMethod.MANUAL


async def join(
    connection: Connection, act: Act, source: UUID, target: UUID, records: Iterable[UUID] | None = None
) -> UUID:
    """Give records of one child, or all, to another, and return the key of the decision.

    Both have to be locked (`cabinet.reviews.locks`). Without any record left, a child is nobody's.
    """
    picture = await take(connection, act.community_id, (source, target), _reviews(act))
    joined = records_of(picture, source) if records is None else list(records)
    others = records_of(picture, target)
    await _move(connection, act, picture, joined, source, target)
    decision = await write_act(connection, act, picture, target, source)
    await _settle(connection, act, decision, [(one, other) for one in joined for other in others], is_same=True)
    return decision


async def part(connection: Connection, act: Act, source: UUID, records: Iterable[UUID]) -> UUID:
    """Give records of a child to a new one, and return the key of the decision. The child has to be locked."""
    picture, target, parted = await take(connection, act.community_id, [source]), uuid4(), list(records)
    picture.add(child, nobody(act.community_id, target))
    await _move(connection, act, picture, parted, source, target)
    staying = records_of(picture, source)
    decision = await write_act(connection, act, picture, target, source)
    await _settle(connection, act, decision, [(one, other) for one in parted for other in staying], is_same=False)
    return decision


async def write_act(
    connection: Connection,
    act: Act,
    picture: Picture,
    target: UUID,
    source: UUID | None,
    *,
    is_written: bool = False,
) -> UUID:
    """Write a picture, unless it is of what is written already, with its decision, its journal and its changes."""
    if not is_written:
        await rewrite(connection, picture)
    said = act.kind, act.review, target, source, act.note, act.decided_by
    decision: UUID = await connection.fetchval(_DECIDED, act.community_id, *said)
    journal = [
        {
            "community_id": act.community_id,
            "match_decision_id": decision,
            "number": number,
            "entity": slot.table.name,
            "before": slot.before,
            "after": slot.after,
        }
        for number, slot in enumerate(picture.concerned)
    ]
    await insert(connection, match_journal, journal)
    await log_moves(connection, act.community_id, picture)
    return decision


async def close_reviews(connection: Connection, act: Act, picture: Picture, child_id: UUID | None) -> None:
    """Call decided the review of the act, and those that asked what it answers.

    They asked whether the child's records are this child's, or of the same record about no other candidates.
    """
    candidates: defaultdict[str, set[str]] = defaultdict(set)
    for slot in picture.of(match_candidate):
        candidates[slot.now["match_review_id"]].add(slot.now["child_id"])
    reviews = [slot for slot in picture.of(match_review) if slot.now["state"] == ReviewState.OPEN]
    asked = next((slot.now for slot in reviews if slot.now["match_review_id"] == str(act.review)), None)
    decided_at = await connection.fetchval("SELECT to_jsonb(now())")
    for slot in reviews:
        review, could_be = slot.now, candidates[slot.now["match_review_id"]]
        is_answered = review["child_id"] == str(child_id) and str(child_id) in could_be
        if is_answered or (asked is not None and _asks_no_more(review, could_be, asked, candidates)):
            slot.set(state=ReviewState.DECIDED.value, decided_by=act.decided_by, decided_at=decided_at)


def _asks_no_more(review: Row, could_be: set[str], asked: Row, candidates: Mapping[str, set[str]]) -> bool:
    """Whether a review is the one that was asked, or asks of its record about no child that this one did not."""
    if review["match_review_id"] == asked["match_review_id"]:
        return True
    is_same_record = review["source_record_id"] is not None and (
        review["source_record_id"] == asked["source_record_id"]
    )
    return is_same_record and could_be <= candidates[asked["match_review_id"]]


async def _move(
    connection: Connection, act: Act, picture: Picture, records: Sequence[UUID], source: UUID, target: UUID
) -> None:
    link = {
        "method": act.method.value,
        "score": act.score,
        "model_version": act.model_version,
        "decided_by": act.decided_by,
        "decided_at": await connection.fetchval("SELECT to_jsonb(now())"),
    }
    move(picture, {str(record) for record in records}, str(source), str(target), link)
    await close_reviews(connection, act, picture, target)


async def _settle(
    connection: Connection, act: Act, decision: UUID, pairs: Sequence[Pair], *, is_same: bool
) -> None:
    if act.is_by_person:
        await settle(connection, act.community_id, decision, pairs, is_same=is_same)


def _reviews(act: Act) -> list[UUID]:
    return [act.review] if act.review is not None else []


def records_of(picture: Picture, child_id: UUID) -> list[UUID]:
    links = (slot.now for slot in picture.at(str(child_id), child_link))
    return [UUID(link["source_record_id"]) for link in links if link["undone_at"] is None]


def nobody(community_id: UUID | str, child_id: UUID) -> dict[str, Any]:
    unknown: dict[str, Any] = {"birth_month": None, "sex": Sex.UNKNOWN.value, "race_ethnicity": []}
    return {
        "community_id": str(community_id),
        "child_id": str(child_id),
        **unknown,
        "sectors": [],
        "organization_ids": [],
    }
