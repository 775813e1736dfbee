"""First step: an event becomes a delivery for each webhook that may know of it and wants to."""

from collections import Counter
from uuid import UUID

from cabinet.db import Database
from cabinet.outbox.event import OPEN_TOPICS
from cabinet.scope import Scope
from cabinet.tables.security import Login

_BATCH = 500

# Not SKIP LOCKED: a second deliverer waits here, or it would hand out newer events before the older ones.
_WAITING = """
SELECT outbox_id FROM outbox WHERE community_id = $1 AND addressed_at IS NULL
ORDER BY outbox_id LIMIT $2 FOR UPDATE
"""
_DELIVER = """
INSERT INTO delivery (community_id, webhook_id, outbox_id)
SELECT w.community_id, w.webhook_id, o.outbox_id
FROM outbox o JOIN webhook w ON w.community_id = o.community_id
WHERE o.community_id = $1 AND o.outbox_id = ANY ($2::uuid[])
  AND w.removed_at IS NULL AND w.recorded_at <= o.recorded_at
  AND (w.topics = '{}' OR o.topic = ANY (w.topics))
  AND (o.topic = ANY ($3::text[]) OR o.payload ->> 'organization_id' = w.organization_id::text)
ORDER BY o.outbox_id
ON CONFLICT DO NOTHING RETURNING outbox_id
"""
_ADDRESSED = """
UPDATE outbox SET addressed_at = now(), addressees = made.number
FROM unnest($2::uuid[], $3::integer[]) AS made (outbox_id, number)
WHERE outbox.community_id = $1 AND outbox.outbox_id = made.outbox_id
"""


async def address(database: Database, community_id: UUID) -> None:
    """Address every event of the community that is not addressed yet."""
    while await _address_some(database, community_id) == _BATCH:
        pass


async def _address_some(database: Database, community_id: UUID) -> int:
    async with database.transaction(Scope(Login.DELIVERER, (community_id,))) as connection:
        waiting = [row["outbox_id"] for row in await connection.fetch(_WAITING, community_id, _BATCH)]
        if waiting:
            made = await connection.fetch(_DELIVER, community_id, waiting, list(OPEN_TOPICS))
            numbers = Counter(row["outbox_id"] for row in made)
            await connection.execute(_ADDRESSED, community_id, waiting, [numbers[each] for each in waiting])
    return len(waiting)
