"""Whose records are whose at the moment."""

from collections.abc import Sequence
from uuid import UUID

from cabinet.db import Connection

_CHILDREN_OF = """
SELECT source_record_id, child_id FROM child_link
WHERE community_id = $1 AND source_record_id = ANY ($2) AND undone_at IS NULL
"""


async def children_of(connection: Connection, community_id: UUID, records: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the child of each of these records."""
    rows = await connection.fetch(_CHILDREN_OF, community_id, records)
    return {row["source_record_id"]: row["child_id"] for row in rows}
