"""Which process takes in which file, and how far it got: what all runners agree on, in the database.

A job belongs to whoever took it last, as long as that one gives signs of life. Only its owner writes to it, so
that a process which was taken for dead does no harm when it wakes.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from cabinet.communities import list_communities
from cabinet.db import Connection, Database
from cabinet.errors import CabinetError
from cabinet.importers.report import Remark, Report
from cabinet.intake.receipt import Verdict
from cabinet.jobs.job import BY_ID, ImportJob
from cabinet.jobs.reading import Stopped, is_row_lost
from cabinet.jobs.remarks import add_to_remarks, write_remarks
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import ImportState

# The files of an organization follow each other: what it sent last is what it holds.
_WAITING = """
FROM import_job j
WHERE j.folder = $1 AND (j.state = 'RECEIVED' OR j.state = 'RUNNING' AND j.alive_at < now() - $2::interval)
  AND NOT EXISTS (
    SELECT FROM import_job e WHERE e.community_id = j.community_id AND e.organization_id = j.organization_id
      AND e.state IN ('RECEIVED', 'RUNNING')
      AND (e.recorded_at, e.import_job_id) < (j.recorded_at, j.import_job_id))
"""
_LIST = f"SELECT j.community_id, j.import_job_id {_WAITING} ORDER BY j.recorded_at, j.import_job_id"
_LOCK = f"""
SELECT j.import_job_id {_WAITING} AND j.community_id = $3 AND j.import_job_id = $4 FOR UPDATE OF j SKIP LOCKED
"""
_TAKE = """
UPDATE import_job SET state = 'RUNNING', runner = $3, tries = tries + 1, alive_at = now(),
  started_at = coalesce(started_at, now())
WHERE community_id = $1 AND import_job_id = $2
"""
_MINE = "WHERE community_id = $1 AND import_job_id = $2 AND runner = $3 AND state = 'RUNNING'"
_BEAT = f"UPDATE import_job SET alive_at = now() {_MINE} RETURNING true"
_RELEASE = f"UPDATE import_job SET state = 'RECEIVED', tries = greatest(tries - 1, 0) {_MINE}"
_KEEP = f"""
UPDATE import_job SET alive_at = now(), tries = 0, oddities = oddities + $4, remarks = remarks + $5,
  rejected = rejected + $6, posted = posted + $7, created = created + $8, updated = updated + $9,
  unchanged = unchanged + $10, needs_review = needs_review + $11, passed_over = passed_over + $12,
  rows_read = rows_read + $13 {_MINE} RETURNING remarks - $5
"""
_FINISH = f"""
UPDATE import_job SET state = $4, finished_at = now(), error_code = $5, error_message = $6, error_hint = $7 {_MINE}
RETURNING true
"""
_STAND = """
SELECT import_job_id, state IN ('RECEIVED', 'RUNNING') AS is_open FROM import_job WHERE import_job_id = ANY ($1)
"""


class Claim:
    """A job that is ours to work on, until somebody cancels it or takes us for dead."""

    def __init__(self, job: ImportJob, runner: UUID) -> None:
        self.job, self.runner = job, runner
        self.scope = Scope(Login.WRITER, (job.community_id,), subject=job.subject)
        self._key = (job.community_id, job.import_job_id, runner)

    async def beat(self, database: Database) -> bool:
        """Give a sign of life; tell whether the job is still ours."""
        async with database.transaction(self.scope) as connection:
            return bool(await connection.fetchval(_BEAT, *self._key))

    async def release(self, database: Database) -> None:
        """Give the job back, to be gone on with by whoever is next."""
        async with database.transaction(self.scope) as connection:
            await connection.execute(_RELEASE, *self._key)

    async def keep(self, connection: Connection, chunk: Report) -> None:
        """Count a chunk, in its own transaction; raise Stopped, which undoes it, if the job is no longer ours."""
        lost = sum(remark.count for remark in chunk.remarks if is_row_lost(remark) and not remark.is_rejection)
        counts = {verdict: chunk.total(verdict) for verdict in Verdict}
        first = await connection.fetchval(
            _KEEP,
            *self._key,
            chunk.met,
            len(chunk.remarks),
            lost + counts[Verdict.REJECTED],
            sum(counts.values()),
            counts[Verdict.CREATED],
            counts[Verdict.UPDATED],
            counts[Verdict.UNCHANGED],
            counts[Verdict.NEEDS_REVIEW],
            chunk.passed_over,
            chunk.read + lost,
        )
        if first is None:
            raise Stopped
        await write_remarks(connection, self.job, first, chunk.remarks)
        await add_to_remarks(connection, self.job, map(Remark.of, chunk.told_once.oddities()))

    async def finish(self, connection: Connection, error: CabinetError | None) -> None:
        """End the job, well or with an error."""
        said = (error.code, error.message, error.hint) if error else (None, None, None)
        state = ImportState.FAILED if error else ImportState.DONE
        if not await connection.fetchval(_FINISH, *self._key, state, *said):
            raise Stopped


async def take(database: Database, folder: UUID, silence: float) -> Claim | None:
    """Take the job that waits longest for this data folder, or one whose runner was silent for so many seconds."""
    waiting = (folder, timedelta(seconds=silence))
    async with database.transaction(await _everywhere(database)) as connection:
        listed = await connection.fetch(_LIST, *waiting)
    for row in listed:
        key = (row["community_id"], row["import_job_id"])
        async with database.transaction(Scope(Login.WRITER, (row["community_id"],))) as connection:
            if await connection.fetchval(_LOCK, *waiting, *key):
                runner = uuid4()
                await connection.execute(_TAKE, *key, runner)
                return Claim(ImportJob.of(await connection.fetchrow(BY_ID, *key)), runner)
    return None


async def no_longer_needed(database: Database, old: Mapping[UUID, bool]) -> list[UUID]:
    """Return the jobs whose files can go: those that ended, and of old files those that no job knows of."""
    if not old:
        return []
    async with database.transaction(await _everywhere(database)) as connection:
        is_open = dict(await connection.fetch(_STAND, list(old)))
    return [job for job, is_old in old.items() if not is_open.get(job, not is_old)]


async def _everywhere(database: Database) -> Scope:
    communities = await list_communities(database)
    return Scope(Login.WRITER, tuple(each.community_id for each in communities))
