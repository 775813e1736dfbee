"""Last step: what became of an attempt, and when the webhook is tried next."""

import random
from datetime import datetime
from time import monotonic

from cabinet.db import Connection, Database
from cabinet.errors import CabinetError
from cabinet.outbox.claim import Claim, Waiting, claim_seconds

_LONGEST_PAUSE = 3600.0
_DOUBLINGS = 30

_RENEW = """
UPDATE webhook SET failures = 0, next_attempt_at = now(), claimed_until = now() + make_interval(secs => $4)
WHERE community_id = $1 AND webhook_id = $2 AND claimed_until = $3 AND removed_at IS NULL
RETURNING claimed_until
"""
_DELIVERED = """
UPDATE delivery SET attempts = attempts + 1, delivered_at = now(), last_error = NULL, dead_at = NULL
WHERE community_id = $1 AND delivery_id = $2
"""
_PUT_OFF = """
UPDATE webhook
SET failures = failures + 1, next_attempt_at = now() + make_interval(secs => $4), claimed_until = NULL
WHERE community_id = $1 AND webhook_id = $2 AND claimed_until = $3
"""
_FAILED = """
UPDATE delivery SET attempts = attempts + 1, last_error = $3,
  dead_at = CASE WHEN waiting_since <= now() - make_interval(secs => $4) THEN now() END
WHERE community_id = $1 AND delivery_id = $2 AND delivered_at IS NULL AND dead_at IS NULL
RETURNING dead_at IS NOT NULL
"""
_RELEASE = """
UPDATE webhook SET claimed_until = NULL WHERE community_id = $1 AND webhook_id = $2 AND claimed_until = $3
"""


def pause(failures: int, first: float) -> float:
    """Return the seconds until a webhook is tried again that has failed so many times in a row.

    Twice as long each time, an hour at most, and of that a random half to the whole, so that receivers that fell
    together are not all asked together.
    """
    longest = min(_LONGEST_PAUSE, first * 2.0 ** min(failures - 1, _DOUBLINGS))
    return longest * random.uniform(0.5, 1)  # noqa: S311 - it spreads attempts, and keeps no secret.


async def delivered(database: Database, claim: Claim, waiting: Waiting) -> Claim | None:
    """Write down that the receiver took it; return the claim for the next one, or None if it was lost."""
    sendable_until = monotonic() + database.settings.webhook_seconds
    async with database.transaction(claim.scope) as connection:
        await connection.execute(_DELIVERED, claim.community.community_id, waiting.delivery_id)
        until = await _on_webhook(connection, claim, _RENEW, claim_seconds(database))
    return claim.renewed(until, sendable_until) if until is not None else None


async def failed(database: Database, claim: Claim, waiting: Waiting, problem: CabinetError) -> bool:
    """Write down why it failed, and let the webhook rest; return whether the delivery is given up."""
    settings = database.settings
    said = f"{problem.code}: {problem.message}"
    async with database.transaction(claim.scope) as connection:
        is_dead = await connection.fetchval(
            _FAILED,
            claim.community.community_id,
            waiting.delivery_id,
            said,
            settings.webhook_give_up_seconds,
        )
        await _on_webhook(connection, claim, _PUT_OFF, pause(claim.failures + 1, settings.webhook_retry_seconds))
    return bool(is_dead)


async def release(database: Database, claim: Claim) -> None:
    """Let others have the webhook."""
    async with database.transaction(claim.scope) as connection:
        await _on_webhook(connection, claim, _RELEASE)


async def _on_webhook(connection: Connection, claim: Claim, sql: str, *more: float) -> datetime | None:
    until: datetime | None = await connection.fetchval(
        sql, claim.community.community_id, claim.webhook_id, claim.until, *more
    )
    return until
