"""The reviews of a steward's sectors, side by side: what the row says, and what each candidate's own records say.

Which reviews there are, with reasons and weights, is asked as the writer, whose ledger it is: a review belongs to
the stewards of every sector that holds one of its records. What records say is asked as the steward, so that
row-level security leaves another sector's words out.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cabinet import audit
from cabinet.access import Action, Grant, grant, writing
from cabinet.communities import Community
from cabinet.db import Connection, Database
from cabinet.tables.terms import ReviewReason, ReviewState
from cabinet.viewer import Viewer

_REVIEWS = """
SELECT r.match_review_id, r.sector, r.reason, r.state, r.child_id, r.recorded_at, r.decided_by, r.decided_at
FROM match_review r
WHERE r.community_id = $1 AND r.state = $2 AND ($3::uuid IS NULL OR r.match_review_id > $3)
  AND (r.sector = ANY ($4) OR EXISTS (
    SELECT FROM match_candidate m JOIN child c ON c.community_id = m.community_id AND c.child_id = m.child_id
    WHERE m.community_id = r.community_id AND m.match_review_id = r.match_review_id AND c.sectors && $4))
ORDER BY r.match_review_id LIMIT $5
"""
# One decision answers several reviews: they have its moment, which is that of their transaction.
_DECISIONS = """
SELECT decided_at, decided_by, match_decision_id FROM match_decision
WHERE community_id = $1 AND undone_at IS NULL AND decided_at = ANY ($2)
"""
_CANDIDATES = """
SELECT m.match_review_id, m.child_id, m.probability, m.weight, m.reasons, m.remarks, m.model_version,
  ARRAY(SELECT DISTINCT l.sector FROM child_link l WHERE l.community_id = m.community_id
    AND l.child_id = m.child_id AND l.undone_at IS NULL AND NOT l.sector = ANY ($3) ORDER BY 1) AS other_sectors
FROM match_candidate m WHERE m.community_id = $1 AND m.match_review_id = ANY ($2)
ORDER BY m.probability DESC NULLS LAST, m.child_id
"""
_SAID = """
SELECT r.match_review_id, r.record_id, o.code AS organization, r.payload FROM match_review r
JOIN organization o ON o.community_id = r.community_id AND o.organization_id = r.organization_id
WHERE r.community_id = $1 AND r.match_review_id = ANY ($2) AND r.sector = ANY ($3)
"""
_RECORDS = """
SELECT l.child_id, l.source_record_id, l.child_link_id, r.record_id, o.code AS organization, r.payload,
  l.method, l.score, l.decided_at
FROM child_link l
JOIN source_record r ON r.community_id = l.community_id AND r.source_record_id = l.source_record_id
JOIN organization o ON o.community_id = l.community_id AND o.organization_id = l.organization_id
WHERE l.community_id = $1 AND l.child_id = ANY ($2) AND l.sector = ANY ($3) AND l.undone_at IS NULL
ORDER BY l.source_record_id
"""


@dataclass(frozen=True)
class Said:
    """What a record of the steward's own sector says of who the child is. One that waits has no key, no link."""

    record_id: str
    organization: str
    identity: Mapping[str, Any]
    source_record_id: UUID | None = None
    child_link_id: UUID | None = None
    method: str | None = None
    score: float | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Candidate:
    """A child the record may be about; of its records in `other_sectors` only the reasons speak."""

    child_id: UUID
    probability: float | None
    weight: float | None
    reasons: Sequence[Mapping[str, Any]]
    remarks: Sequence[str]
    model_version: str | None
    other_sectors: Sequence[str]
    records: Sequence[Said]


@dataclass(frozen=True)
class Review:
    """One doubt; `says` is None where another sector's record is in doubt."""

    match_review_id: UUID
    sector: str
    reason: ReviewReason
    state: ReviewState
    child_id: UUID | None
    recorded_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_id: UUID | None
    says: Said | None
    candidates: Sequence[Candidate] = field(default=())


@dataclass(frozen=True)
class Queue:
    """One page of reviews, the longest waiting first."""

    community_id: UUID
    reviews: Sequence[Review]
    has_next_page: bool


async def read_queue(
    database: Database, viewer: Viewer, community: Community, state: ReviewState, first: int, after: UUID | None
) -> Queue:
    """Read a page of the reviews a steward may decide. Raises Forbidden."""
    granted, key = grant(viewer, community.community_id, Action.REVIEW_MATCHES), community.community_id
    sectors = list(granted.scope.sectors)
    async with database.transaction(writing(viewer, key)) as connection:
        rows = await connection.fetch(_REVIEWS, key, state, after, sectors, first + 1)
        shown = [row["match_review_id"] for row in rows[:first]]
        candidates = await connection.fetch(_CANDIDATES, key, shown, sectors)
        decisions = await _decisions(connection, key, rows[:first])
        detail = {"state": state, "reviews": len(shown)}
        await audit.record(connection, viewer, key, "read match reviews", detail)
    said = await _read_said(database, granted, shown)
    records = await read_records(database, granted, [row["child_id"] for row in candidates])
    beside: defaultdict[UUID, list[Candidate]] = defaultdict(list)
    for row in candidates:
        values = {name: value for name, value in row.items() if name != "match_review_id"}
        beside[row["match_review_id"]].append(Candidate(**values, records=records.get(row["child_id"], ())))
    reviews = [_review(row, decisions, said, beside[row["match_review_id"]]) for row in rows[:first]]
    return Queue(key, reviews, has_next_page=len(rows) > first)


async def read_child_records(
    database: Database, viewer: Viewer, community: Community, child_id: UUID
) -> Sequence[Said]:
    """Read the records of a child in the steward's own sectors, each with its link. Raises Forbidden."""
    granted = grant(viewer, community.community_id, Action.REVIEW_MATCHES)
    return (await read_records(database, granted, [child_id])).get(child_id, ())


async def read_records(
    database: Database, granted: Grant, children: Sequence[UUID]
) -> Mapping[UUID, Sequence[Said]]:
    """Read what the steward's own sectors say of children."""
    async with database.transaction(granted.scope) as connection:
        asked = granted.community_id, list(children), list(granted.scope.sectors)
        rows = await connection.fetch(_RECORDS, *asked)
    found: defaultdict[UUID, list[Said]] = defaultdict(list)
    for row in rows:
        values = {name: value for name, value in row.items() if name not in ("child_id", "payload")}
        found[row["child_id"]].append(Said(**values, identity=_identity(row["payload"])))
    return found


async def _read_said(database: Database, granted: Grant, reviews: Sequence[UUID]) -> Mapping[UUID, Said]:
    async with database.transaction(granted.scope) as connection:
        asked = granted.community_id, list(reviews), list(granted.scope.sectors)
        rows = await connection.fetch(_SAID, *asked)
    return {
        row["match_review_id"]: Said(row["record_id"], row["organization"], _identity(row["payload"]))
        for row in rows
    }


def _identity(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return who a payload says the child is: a roster's row, one that names a child, or the identity alone."""
    found: Mapping[str, Any] = payload.get("identity") or (payload.get("child") or {}).get("identity") or payload
    return found


async def _decisions(
    connection: Connection, community_id: UUID, reviews: Sequence[Mapping[str, Any]]
) -> Mapping[tuple[Any, Any], UUID]:
    """Return the decisions that stand by which reviews are decided, by when and by whom."""
    moments = [row["decided_at"] for row in reviews if row["decided_at"] is not None]
    rows = await connection.fetch(_DECISIONS, community_id, moments) if moments else []
    return {(row["decided_at"], row["decided_by"]): row["match_decision_id"] for row in rows}


def _review(
    row: Mapping[str, Any],
    decisions: Mapping[tuple[Any, Any], UUID],
    said: Mapping[UUID, Said],
    candidates: Sequence[Candidate],
) -> Review:
    words = {"reason": ReviewReason(row["reason"]), "state": ReviewState(row["state"])}
    decision = decisions.get((row["decided_at"], row["decided_by"]))
    key = row["match_review_id"]
    return Review(**{**dict(row), **words}, decision_id=decision, says=said.get(key), candidates=candidates)
