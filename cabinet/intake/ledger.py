"""Last step: what changed, what to tell, who did it, and the receipt under its key; in the same transaction."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table

from cabinet import audit
from cabinet.db import Connection, json_text
from cabinet.errors import IdempotencyKeyReused
from cabinet.intake.changes import log_changes
from cabinet.intake.receipt import Outcome, Receipt, Verdict
from cabinet.intake.recorded import RECORDED
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.intake.supply import TABLES
from cabinet.intake.validate import Item
from cabinet.intake.write import insert
from cabinet.tables import child, outbox, withdrawn_record

_CLAIM = """
INSERT INTO idempotency_key (community_id, organization_id, key, request_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING key
"""
_CLAIMED = """
SELECT request_hash, receipt FROM idempotency_key
WHERE community_id = $1 AND organization_id = $2 AND key = $3
"""
_KEEP = """
UPDATE idempotency_key SET receipt = $4 WHERE community_id = $1 AND organization_id = $2 AND key = $3
"""


def request_hash(kind: Kind, rows: Sequence[Mapping[str, Any]], *, atomic: bool) -> bytes:
    """Return the SHA-256 of what is asked, in whatever order its fields were sent."""
    asked = {"kind": kind, "rows": [dict(row) for row in rows], "atomic": atomic}
    return hashlib.sha256(json_text(asked).encode()).digest()


async def claim(connection: Connection, source: Source, key: str, asked: bytes) -> Receipt | None:
    """Take the key for this post, or return the receipt it was answered with before.

    A post with the same key that is still under way is waited for.
    """
    row = None
    while row is None:
        if await connection.fetchval(_CLAIM, source.community_id, source.organization_id, key, asked):
            return None
        # Between the two, an old key may have been deleted (cabinet.tidy); then it is free.
        row = await connection.fetchrow(_CLAIMED, source.community_id, source.organization_id, key)
    if row["request_hash"] != asked:
        raise IdempotencyKeyReused
    return await Receipt.from_json(orjson.loads(row["receipt"]))


async def keep(connection: Connection, source: Source, key: str, receipt: Receipt) -> None:
    text = json_text(receipt.as_json())
    await connection.execute(_KEEP, source.community_id, source.organization_id, key, text)


def topic_of(kind: Kind) -> str:
    """Return the name of the event that rows of this kind were posted."""
    return f"{kind}.posted"


async def write_ledger(
    connection: Connection, source: Source, kind: Kind, items: Sequence[Item], children: Collection[UUID]
) -> None:
    """Log the changed rows, announce them, and audit the post.

    Of `children` something was written beside the records. They are logged as children, be it that a row was known
    word for word, and says something new in a new school year.
    """
    changed = [item.outcome for item in items if item.outcome.verdict in (Verdict.CREATED, Verdict.UPDATED)]
    written = [(outcome.record, outcome.child_id) for outcome in changed if outcome.record is not None]
    await log_changes(connection, source, _table(kind), written)
    unnamed = set(children) - {key for key, _ in written}
    await log_changes(connection, source, child, [(child_id, child_id) for child_id in sorted(unnamed)])
    detail = _summary(source, kind, [item.outcome for item in items])
    if changed:
        payload = {**detail, "organization_id": source.organization_id}
        row = {"community_id": source.community_id, "topic": topic_of(kind), "payload": payload}
        await insert(connection, outbox, [row])
    await audit.record(connection, source.viewer, source.community_id, f"post {kind}", detail)


def _table(kind: Kind) -> Table:
    if kind is Kind.CHILD:
        return child
    if kind is Kind.WITHDRAWAL:
        return withdrawn_record
    return TABLES[kind] if kind in TABLES else RECORDED[kind][0]


async def audit_undone(connection: Connection, source: Source, kind: Kind, receipt: Receipt) -> None:
    """Remember a dry run or a refused post as well: its verdicts were an answer about children."""
    detail = _summary(source, kind, receipt.outcomes)
    await audit.record(connection, source.viewer, source.community_id, f"try {kind}", detail)


def _summary(source: Source, kind: Kind, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts = Counter(outcome.verdict for outcome in outcomes)
    return {"kind": kind, "format": source.format, **{str(verdict): counts[verdict] for verdict in Verdict}}
