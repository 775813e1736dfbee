"""What the model leaves behind of a post: records that can be compared, and doubts for a person to settle."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.match import Placed
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source, said_by
from cabinet.intake.write import insert
from cabinet.linkage.claims import Candidate
from cabinet.linkage.comparable import compare_anew
from cabinet.linkage.models import InUse
from cabinet.tables import match_candidate, match_review
from cabinet.tables.terms import ReviewReason

_RECORDS = """
SELECT record_id, source_record_id FROM source_record
WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)
"""


async def keep_alike(
    connection: Connection,
    source: Source,
    kind: Kind,
    placed: Sequence[Placed],
    said_anew: Iterable[UUID],
    model: InUse | None,
) -> None:
    """Make what was said anew comparable, and open a review for each new child the model is in doubt about."""
    if model is None:
        return
    await compare_anew(connection, source.community_id, list(said_anew), source.today)
    doubtful = {each.child_id: each for each in reversed(placed) if each.weighed and each.weighed.doubts}
    if doubtful:
        await _open_reviews(connection, source, kind, list(doubtful.values()))


async def _open_reviews(connection: Connection, source: Source, kind: Kind, doubtful: Sequence[Placed]) -> None:
    rows = await connection.fetch(
        _RECORDS, source.community_id, source.organization_id, [each.record_id for each in doubtful]
    )
    records = {row["record_id"]: row["source_record_id"] for row in rows}
    reviews = [_review(source, kind, each, records[each.record_id]) for each in doubtful]
    # Of a row that waits for a person already, the person will see more than the model does.
    opened = await insert(
        connection, match_review, reviews, conflict="ON CONFLICT DO NOTHING", returning="match_review_id, child_id"
    )
    by_child = {row["child_id"]: row["match_review_id"] for row in opened}
    candidates = [
        candidate_row(said_by(source), by_child[each.child_id], candidate, each.weighed.version)
        for each in doubtful
        if each.child_id in by_child and each.weighed
        for candidate in each.weighed.doubts
    ]
    await insert(connection, match_candidate, candidates)


def _review(source: Source, kind: Kind, placed: Placed, source_record_id: UUID) -> dict[str, Any]:
    row = placed.item.row
    return {
        **said_by(source),
        "kind": kind,
        "record_id": row.record_id,
        "record_version": getattr(row, "record_version", None) or 1,
        "payload": row.model_dump(mode="json", exclude_defaults=True),
        "format": source.format,
        "child_id": placed.child_id,
        "source_record_id": source_record_id,
        "reason": ReviewReason.LIKELY,
        "state": "OPEN",
    }


def candidate_row(of: dict[str, Any], review_id: UUID, candidate: Candidate[UUID], version: int) -> dict[str, Any]:
    """Return a candidate as the table has it; `of` says whose review it is."""
    return {
        **of,
        "match_review_id": review_id,
        "child_id": candidate.child,
        "probability": candidate.probability,
        "weight": candidate.weight,
        "reasons": [asdict(reason) for reason in candidate.reasons],
        "remarks": candidate.remarks,
        "model_version": str(version),
    }
