"""What has been settled for long is deleted: answered keys, told events, ended files. The audit of it never is.

Everything goes in small transactions, each with its audit event: a run that is killed has deleted what its audit
says, and the next one goes on. Rows that somebody holds are passed over. It runs as the owner of the tables, for
none of the server's logins may delete anything.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from cabinet import audit
from cabinet.communities import list_communities
from cabinet.db import Connection, Database
from cabinet.errors import StartupError
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables.security import Login
from cabinet.viewer import Viewer

BATCH = 5_000
"""Rows of one transaction; of files one, with all that was said of its rows."""

# A key is written in the transaction of its receipt: one without cannot be seen, and would be somebody's at work.
_RECEIPTS = """
WITH settled AS (
  SELECT organization_id, key FROM idempotency_key
  WHERE community_id = $1 AND recorded_at < $2 AND receipt IS NOT NULL
  LIMIT $3 FOR UPDATE SKIP LOCKED)
DELETE FROM idempotency_key k USING settled s
WHERE k.community_id = $1 AND k.organization_id = s.organization_id AND k.key = s.key
"""
# What was given up stays, however old: it may be sent again.
_DELIVERIES = """
WITH settled AS (
  SELECT delivery_id FROM delivery WHERE community_id = $1 AND delivered_at < $2 AND dead_at IS NULL
  ORDER BY delivery_id LIMIT $3 FOR UPDATE SKIP LOCKED)
DELETE FROM delivery d USING settled s WHERE d.community_id = $1 AND d.delivery_id = s.delivery_id
"""
# An event outlives its deliveries, and nothing is delivered that was addressed without one.
_EVENTS = """
WITH settled AS (
  SELECT o.outbox_id FROM outbox o WHERE o.community_id = $1 AND o.addressed_at < $2
    AND NOT EXISTS (SELECT FROM delivery d WHERE d.community_id = o.community_id AND d.outbox_id = o.outbox_id)
  ORDER BY o.outbox_id LIMIT $3 FOR UPDATE OF o SKIP LOCKED)
DELETE FROM outbox o USING settled s WHERE o.community_id = $1 AND o.outbox_id = s.outbox_id
"""
_ENDED_JOB = """
SELECT import_job_id FROM import_job
WHERE community_id = $1 AND finished_at < $2 AND state IN ('DONE', 'FAILED', 'CANCELED')
ORDER BY import_job_id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_REMARKS = "DELETE FROM import_remark WHERE community_id = $1 AND import_job_id = $2"
_JOB = "DELETE FROM import_job WHERE community_id = $1 AND import_job_id = $2"

Delete = Callable[[Connection, UUID, datetime], Awaitable[int]]


@dataclass(frozen=True)
class Sweep:
    """One kind of what is deleted: what it is called, how old it must be, and how some of it goes."""

    name: str
    days: Callable[[Settings], int]
    delete: Delete


def _rows(statement: str) -> Delete:
    async def delete(connection: Connection, community_id: UUID, before: datetime) -> int:
        return _number(await connection.execute(statement, community_id, before, BATCH))

    return delete


async def _delete_job(connection: Connection, community_id: UUID, before: datetime) -> int:
    """Delete one job whole: a job that is still there has all its remarks."""
    job_id = await connection.fetchval(_ENDED_JOB, community_id, before)
    if job_id is None:
        return 0
    await connection.execute(_REMARKS, community_id, job_id)
    return _number(await connection.execute(_JOB, community_id, job_id))


def _number(tag: str) -> int:
    """Return how many rows a statement says it has touched."""
    return int(tag.rpartition(" ")[2])


SWEEPS = (
    Sweep("receipts", lambda settings: settings.keep_receipts_days, _rows(_RECEIPTS)),
    Sweep("deliveries", lambda settings: settings.keep_events_days, _rows(_DELIVERIES)),
    Sweep("events", lambda settings: settings.keep_events_days, _rows(_EVENTS)),
    Sweep("imports", lambda settings: settings.keep_imports_days, _delete_job),
)


async def tidy(database: Database, viewer: Viewer) -> Counter[str]:
    """Delete what is older than the settings keep it; return how much of each kind there was.

    Safe beside running servers, and beside another of its kind. Raises StartupError if the owner of the database
    may not see its rows, DatabaseUnavailable, and TimeoutExceeded if somebody holds a whole table.
    """
    deleted = Counter({sweep.name: 0 for sweep in SWEEPS})
    communities = await list_communities(database)
    async with database.owned() as connection:
        await _see_rows(connection)
        for community in communities:
            await connection.execute(Scope(Login.OPERATOR, (community.community_id,)).statement())
            for sweep in SWEEPS:
                days = timedelta(days=sweep.days(database.settings))
                while number := await _sweep(connection, viewer, community.community_id, sweep, days):
                    deleted[sweep.name] += number
    return deleted


async def _sweep(connection: Connection, viewer: Viewer, community_id: UUID, sweep: Sweep, age: timedelta) -> int:
    """Delete some, with the audit of it; return how many, 0 at the end."""
    before = datetime.now(UTC) - age
    async with connection.transaction():
        number = await sweep.delete(connection, community_id, before)
        if number:
            detail = {"what": sweep.name, "number": number, "before": before}
            await audit.record(connection, viewer, community_id, "tidy", detail)
    return number


async def _see_rows(connection: Connection) -> None:
    """Let an owner who is no superuser see what the server's logins see: the policies hold for it, too."""
    if not await connection.fetchval("SELECT row_security_active('idempotency_key')"):
        return
    roles = f"{Login.WRITER}, {Login.OPERATOR}"
    try:
        await connection.execute(f"GRANT {roles} TO CURRENT_USER WITH INHERIT TRUE")
    except asyncpg.InsufficientPrivilegeError as error:
        raise StartupError(
            "The owner of the database may not see the rows of its tables.",
            hint=f"As a superuser: GRANT {roles} TO the owner WITH INHERIT TRUE.",
        ) from error
