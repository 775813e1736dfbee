"""What was given up: listed with the reason, and sent again when the operator says so."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cabinet import audit
from cabinet.communities import Community, list_communities
from cabinet.db import Database
from cabinet.errors import NotFound
from cabinet.outbox.hooks import operator
from cabinet.viewer import Viewer

_DEAD = """
SELECT d.delivery_id, g.code AS organization, w.url, o.topic, o.recorded_at, d.attempts, d.last_error, d.dead_at
FROM delivery d
JOIN webhook w ON w.community_id = d.community_id AND w.webhook_id = d.webhook_id
JOIN outbox o ON o.community_id = d.community_id AND o.outbox_id = d.outbox_id
JOIN organization g ON g.community_id = w.community_id AND g.organization_id = w.organization_id
WHERE d.community_id = $1 AND d.dead_at IS NOT NULL AND w.removed_at IS NULL
ORDER BY d.dead_at, d.outbox_id
"""
_REVIVE = """
UPDATE delivery SET dead_at = NULL, waiting_since = now() FROM webhook w
WHERE delivery.community_id = $1 AND delivery.delivery_id = $2 AND delivery.dead_at IS NOT NULL
  AND w.community_id = delivery.community_id AND w.webhook_id = delivery.webhook_id AND w.removed_at IS NULL
RETURNING w.webhook_id
"""
_WAKE = """
UPDATE webhook SET failures = 0, next_attempt_at = now() WHERE community_id = $1 AND webhook_id = $2
"""


@dataclass(frozen=True)
class Dead:
    """A delivery that was given up: what was to be told to whom, and why it could not be."""

    delivery_id: UUID
    community: str
    organization: str
    url: str
    topic: str
    recorded_at: datetime
    attempts: int
    last_error: str
    dead_at: datetime


async def list_dead(database: Database, community: Community) -> list[Dead]:
    """Return what was given up for the community's standing webhooks, in the order it was."""
    async with database.transaction(operator(community)) as connection:
        rows = await connection.fetch(_DEAD, community.community_id)
    return [Dead(community=community.code, **row) for row in rows]


async def retry(database: Database, viewer: Viewer, delivery_id: UUID) -> None:
    """Let a delivery that was given up be tried again, at once and for as long as a new one; raise NotFound."""
    for community in await list_communities(database):
        if await _retry_in(database, viewer, community, delivery_id):
            return
    raise NotFound(
        f"No delivery {delivery_id} was given up for a webhook that still stands.",
        hint="`cabinet outbox dead` lists them.",
    )


async def _retry_in(database: Database, viewer: Viewer, community: Community, delivery_id: UUID) -> bool:
    async with database.transaction(operator(community)) as connection:
        webhook_id = await connection.fetchval(_REVIVE, community.community_id, delivery_id)
        if webhook_id is None:
            return False
        await connection.execute(_WAKE, community.community_id, webhook_id)
        detail = {"delivery_id": delivery_id, "webhook_id": webhook_id}
        await audit.record(connection, viewer, community.community_id, "retry delivery", detail)
    return True
