"""What people settled of source records: neither the model nor a batch ever changes it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from cabinet.db import Connection
from cabinet.linkage.models import BY_MODEL

Pair = tuple[UUID, UUID]
"""Two source records, the lesser key first."""

# The model settles nothing: what is kept of a decision of its is the word of the person who took it back.
_SETTLED = f"""
SELECT s.source_record_id, s.other_record_id, s.is_same
FROM settled_match s
JOIN match_decision d ON d.community_id = s.community_id AND d.match_decision_id = s.match_decision_id
WHERE s.community_id = $1 AND (d.undone_at IS NULL OR d.decided_by = '{BY_MODEL}'){{}} ORDER BY d.match_decision_id
"""
# Two statements, so that the indexes serve the one of some records, whoever keeps its plan.
_ALL, _OF_RECORDS = (
    _SETTLED.format(condition)
    for condition in ("", " AND (s.source_record_id = ANY ($2) OR s.other_record_id = ANY ($2))")
)
_CHILDREN_OF = """
SELECT source_record_id, child_id FROM child_link
WHERE community_id = $1 AND source_record_id = ANY ($2) AND undone_at IS NULL
"""
_SETTLE = """
INSERT INTO settled_match (community_id, match_decision_id, source_record_id, other_record_id, is_same)
SELECT $1, $2, one, other, $5 FROM unnest($3::uuid[], $4::uuid[]) AS pair (one, other)
ON CONFLICT DO NOTHING
"""


async def settled(
    connection: Connection, community_id: UUID, records: Sequence[UUID] | None = None
) -> dict[Pair, bool]:
    """Return the pairs that people decided, of these records or of all, and whether they are one child's.

    Of several words on a pair the latest stands; one that was undone is none. Who takes a decision of the model
    back has spoken, too.
    """
    asked = (_ALL,) if records is None else (_OF_RECORDS, list(records))
    rows = await connection.fetch(asked[0], community_id, *asked[1:])
    return {(row["source_record_id"], row["other_record_id"]): row["is_same"] for row in rows}


async def ruled_out(connection: Connection, community_id: UUID, record: UUID) -> set[UUID]:
    """Return the children that a record is not about, by what people decided of their records."""
    pairs = await settled(connection, community_id, [record])
    others = [one if other == record else other for (one, other), is_same in pairs.items() if not is_same]
    rows = await connection.fetch(_CHILDREN_OF, community_id, others)
    return {row["child_id"] for row in rows}


async def settle(
    connection: Connection, community_id: UUID, decision: UUID, pairs: Iterable[Pair], *, is_same: bool
) -> None:
    """Write down what a person decided of these pairs, in whatever order their records stand."""
    ordered = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    one, other = [pair[0] for pair in ordered], [pair[1] for pair in ordered]
    await connection.execute(_SETTLE, community_id, decision, one, other, is_same)
