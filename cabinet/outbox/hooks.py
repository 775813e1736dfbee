"""Which webhooks there are: added, listed and removed by the operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cabinet import audit
from cabinet.communities import Community, find_organization
from cabinet.db import Connection, Database
from cabinet.errors import InputInvalid, NotFound
from cabinet.outbox.destination import read_url, resolve
from cabinet.outbox.event import TOPICS
from cabinet.outbox.signature import make_secret
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.viewer import Viewer

_ADD = """
INSERT INTO webhook (community_id, organization_id, url, topics, secret) VALUES ($1, $2, $3, $4, $5)
RETURNING webhook_id
"""
_LIST = """
SELECT w.webhook_id, g.code AS organization, w.url, w.topics, w.failures, count(d.delivery_id) AS waiting
FROM webhook w
JOIN organization g ON g.community_id = w.community_id AND g.organization_id = w.organization_id
LEFT JOIN delivery d ON d.community_id = w.community_id AND d.webhook_id = w.webhook_id
  AND d.delivered_at IS NULL AND d.dead_at IS NULL
WHERE w.community_id = $1 AND w.removed_at IS NULL
GROUP BY w.community_id, w.webhook_id, g.code ORDER BY g.code, w.webhook_id
"""
# Deliveries first, as everybody who writes both does it, or two could wait for each other.
_GIVE_UP = """
UPDATE delivery SET dead_at = now(), last_error = 'The webhook was removed.'
WHERE community_id = $1 AND webhook_id = $2 AND delivered_at IS NULL AND dead_at IS NULL
"""
_REMOVE = """
UPDATE webhook SET removed_at = now(), secret = NULL
WHERE community_id = $1 AND webhook_id = $2 AND removed_at IS NULL RETURNING organization_id
"""


@dataclass(frozen=True)
class Hook:
    """A standing webhook: whose, where, of what (nothing named: of all), and how it is getting on."""

    webhook_id: UUID
    organization: str
    url: str
    topics: Sequence[str]
    failures: int
    waiting: int


def operator(community: Community) -> Scope:
    return Scope(Login.OPERATOR, (community.community_id,))


async def add_hook(
    database: Database,
    viewer: Viewer,
    community: Community,
    organization: str,
    url: str,
    topics: Sequence[str] = (),
) -> tuple[UUID, str]:
    """Register a webhook; return its id, and its secret, which nobody is shown again.

    It is told of what is posted from now on. Raises NotFound, InputInvalid, WebhookUrlInvalid, and what
    `cabinet.outbox.destination` says of a name that leads nowhere, or inside.
    """
    unknown = [topic for topic in topics if topic not in TOPICS]
    if unknown:
        raise InputInvalid(f"There is no event {unknown[0]!r}: {', '.join(TOPICS)}.")
    private = database.settings.webhook_private
    await resolve(read_url(url, private=private), private=private)
    found, secret = await find_organization(database, community, organization), make_secret()
    arguments = (community.community_id, found.organization_id, url, list(dict.fromkeys(topics)), secret)
    async with database.transaction(operator(community)) as connection:
        webhook_id: UUID = await connection.fetchval(_ADD, *arguments)
        await _record(connection, viewer, community, "add webhook", webhook_id, found.organization_id)
    return webhook_id, secret


async def list_hooks(database: Database, community: Community) -> list[Hook]:
    async with database.transaction(operator(community)) as connection:
        return [Hook(**row) for row in await connection.fetch(_LIST, community.community_id)]


async def remove_hook(database: Database, viewer: Viewer, community: Community, webhook_id: UUID) -> None:
    """Remove a webhook with its secret and all that waits for it; raise NotFound."""
    async with database.transaction(operator(community)) as connection:
        await connection.execute(_GIVE_UP, community.community_id, webhook_id)
        organization_id = await connection.fetchval(_REMOVE, community.community_id, webhook_id)
        if organization_id is None:
            raise NotFound(
                f"{community.name} has no webhook {webhook_id}.", hint="`cabinet outbox hook list` lists them."
            )
        await _record(connection, viewer, community, "remove webhook", webhook_id, organization_id)


async def _record(
    connection: Connection,
    viewer: Viewer,
    community: Community,
    action: str,
    webhook_id: UUID,
    organization_id: UUID,
) -> None:
    detail = {"webhook_id": webhook_id, "organization_id": organization_id}
    await audit.record(connection, viewer, community.community_id, action, detail)
