"""Second step: a deliverer takes a webhook for itself for a while, and its oldest delivery.

What was taken is written down before anything is sent, with an end: a deliverer that dies need not tell anybody.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from uuid import UUID

from cabinet.communities import Community
from cabinet.db import Database
from cabinet.outbox.event import Event
from cabinet.scope import Scope
from cabinet.tables.security import Login

_DUE = """
SELECT webhook_id, url, secret, failures FROM webhook w
WHERE w.community_id = $1 AND w.removed_at IS NULL AND w.next_attempt_at <= now()
  AND (w.claimed_until IS NULL OR w.claimed_until < now())
  AND EXISTS (SELECT FROM delivery d WHERE d.community_id = w.community_id AND d.webhook_id = w.webhook_id
    AND d.delivered_at IS NULL AND d.dead_at IS NULL)
ORDER BY w.next_attempt_at LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_CLAIM = """
UPDATE webhook SET claimed_until = now() + make_interval(secs => $3)
WHERE community_id = $1 AND webhook_id = ANY ($2::uuid[]) RETURNING claimed_until
"""
_OLDEST = """
SELECT d.delivery_id, o.outbox_id, o.topic, o.payload, o.recorded_at,
  app_id('organization', w.community_id, w.organization_id) AS organization,
  o.payload ->> 'organization_id' IS NOT DISTINCT FROM w.organization_id::text AS is_own
FROM delivery d
JOIN webhook w ON w.community_id = d.community_id AND w.webhook_id = d.webhook_id
JOIN outbox o ON o.community_id = d.community_id AND o.outbox_id = d.outbox_id
WHERE d.community_id = $1 AND d.webhook_id = $2 AND d.delivered_at IS NULL AND d.dead_at IS NULL
ORDER BY d.outbox_id LIMIT 1
"""


@dataclass(frozen=True)
class Claim:
    """A webhook that is one deliverer's alone."""

    community: Community
    webhook_id: UUID
    url: str
    secret: str
    failures: int
    until: datetime
    """As written in the database: who finds another time there has lost it."""
    sendable_until: float
    """By this process's own clock: what is begun before this has ended before the claim has."""

    @property
    def scope(self) -> Scope:
        return deliverer(self.community)

    @property
    def is_sendable(self) -> bool:
        return monotonic() < self.sendable_until

    def renewed(self, until: datetime, sendable_until: float) -> "Claim":
        """Return the claim after a delivery that did not fail."""
        return replace(self, failures=0, until=until, sendable_until=sendable_until)


@dataclass(frozen=True)
class Waiting:
    """The delivery whose turn it is."""

    delivery_id: UUID
    event: Event


def deliverer(community: Community) -> Scope:
    return Scope(Login.DELIVERER, (community.community_id,))


def claim_seconds(database: Database) -> float:
    """Return how long a claim lasts: one attempt may still be begun in its first half, and ends in the second."""
    return 2 * database.settings.webhook_seconds


async def claim(database: Database, community: Community, most: int) -> list[Claim]:
    """Take up to `most` webhooks that have something waiting and are nobody else's."""
    sendable_until = monotonic() + database.settings.webhook_seconds
    async with database.transaction(deliverer(community)) as connection:
        due = await connection.fetch(_DUE, community.community_id, most)
        taken = [row["webhook_id"] for row in due]
        until = await connection.fetchval(_CLAIM, community.community_id, taken, claim_seconds(database))
    return [Claim(community=community, until=until, sendable_until=sendable_until, **row) for row in due]


async def oldest(database: Database, claim: Claim) -> Waiting | None:
    """Return the delivery of the webhook that has waited longest, if there is any."""
    async with database.transaction(claim.scope) as connection:
        row = await connection.fetchrow(_OLDEST, claim.community.community_id, claim.webhook_id)
    if row is None:
        return None
    values = dict(row)
    return Waiting(values.pop("delivery_id"), Event(community=claim.community.code, **values))
