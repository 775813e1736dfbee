"""Rows and records that a person has to decide about, kept whole with the children they may be about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.match import Doubt
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source, said_by
from cabinet.intake.write import insert
from cabinet.linkage.doubt import Candidate
from cabinet.tables import match_candidate, match_review
from cabinet.tables.terms import ReviewReason

_KEY = "community_id, organization_id, kind, record_id"
_SAID = ("payload", "record_version", "format", "child_id", "source_record_id", "reason")
_ANEW = (
    f"ON CONFLICT ({_KEY}) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _SAID)},"
    " state = 'OPEN', decided_by = NULL, decided_at = NULL"
    " WHERE match_review.record_version <= excluded.record_version"
)
_DROP = """
DELETE FROM match_candidate WHERE community_id = $1 AND match_review_id = ANY ($2)
"""


@dataclass(frozen=True)
class Review:
    """A row as received and whom it may be about.

    `child_id` and `source_record_id` say whose it is meanwhile; without them it waits, and counts for nobody.
    """

    kind: Kind
    record_id: str
    record_version: int
    payload: Mapping[str, Any]
    reason: ReviewReason
    candidates: Sequence[Candidate]
    child_id: UUID | None = None
    source_record_id: UUID | None = None


async def hold_for_review(connection: Connection, source: Source, kind: Kind, doubts: Sequence[Doubt]) -> None:
    """Keep the rows a person has to decide about; of those that were taken meanwhile, after they are written."""
    await write_reviews(connection, source, [_review(kind, doubt) for doubt in doubts if _is_held(doubt)])


async def write_reviews(connection: Connection, source: Source, reviews: Sequence[Review]) -> None:
    """Keep reviews, of several of one record the last. The highest version of a row opens its review again."""
    if not reviews:
        return
    latest = {(review.kind, review.record_id): review for review in reviews}
    rows = [_values(source, review) for review in latest.values()]
    written = await insert(
        connection,
        match_review,
        rows,
        conflict=_ANEW,
        returning="kind, match_review.record_id, match_review_id, (old.record_id IS NULL) AS is_new",
    )
    keys = {(row["kind"], row["record_id"]): row["match_review_id"] for row in written}
    earlier = [row["match_review_id"] for row in written if not row["is_new"]]
    if earlier:
        await connection.execute(_DROP, source.community_id, earlier)
    candidates = [
        {**said_by(source), "match_review_id": keys[key], **vars(candidate)}
        for key, review in latest.items()
        if key in keys
        for candidate in review.candidates
    ]
    await insert(connection, match_candidate, candidates)


def _is_held(doubt: Doubt) -> bool:
    """Whether the row waits, or was written as a new child's: rejected or without news it is neither."""
    return doubt.placed is None or doubt.placed.source_record_id is not None


def _review(kind: Kind, doubt: Doubt) -> Review:
    row, placed = doubt.item.row, doubt.placed
    return Review(
        kind,
        row.record_id,
        getattr(row, "record_version", None) or 1,
        row.model_dump(mode="json", exclude_defaults=True),
        doubt.reason,
        doubt.candidates,
        placed.child_id if placed is not None else None,
        placed.source_record_id if placed is not None else None,
    )


def _values(source: Source, review: Review) -> dict[str, Any]:
    said = {name: value for name, value in vars(review).items() if name != "candidates"}
    return {**said_by(source), **said, "format": source.format}
