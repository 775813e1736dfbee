"""One file on its way in, as the tables say it, and who may see it: whoever sent it, and nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cabinet import audit
from cabinet.access import Action, grant, writing
from cabinet.communities import Community, Organization
from cabinet.db import Connection, Database
from cabinet.errors import Forbidden, ImportEnded, InputInvalid, NotFound
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import ImportState
from cabinet.viewer import Viewer

_JOB = """
SELECT j.community_id, j.import_job_id, c.code AS community, j.organization_id, o.code AS source, j.subject,
  j.format, j.file, j.state, j.recorded_at, j.started_at, j.finished_at, j.posted, j.oddities, j.remarks, j.tries,
  j.rows_read, j.passed_over, j.created, j.updated, j.unchanged, j.needs_review, j.rejected,
  j.error_code, j.error_message, j.error_hint
FROM import_job j
JOIN community c ON c.community_id = j.community_id
JOIN organization o ON o.community_id = j.community_id AND o.organization_id = j.organization_id
WHERE j.community_id = $1
"""
_OWN = f"{_JOB} AND j.subject = $2 AND j.organization_id = ANY ($3)"
_LATEST = f"{_OWN} ORDER BY j.recorded_at DESC, j.import_job_id DESC LIMIT $4"
_ONE = f"{_OWN} AND j.import_job_id = $4"
BY_ID = f"{_JOB} AND j.import_job_id = $2"
_CANCEL = """
UPDATE import_job SET state = 'CANCELED', finished_at = now()
WHERE community_id = $1 AND subject = $2 AND organization_id = ANY ($3) AND import_job_id = $4
  AND state IN ('RECEIVED', 'RUNNING')
RETURNING import_job_id
"""
_ACTS_FOR = """
SELECT organization_id, code, sector FROM organization
WHERE community_id = $1 AND organization_id = ANY ($2) ORDER BY code
"""
_OF_OTHERS = """
SELECT code AS name FROM organization WHERE community_id = $1 AND organization_id <> $2 AND recorded_at <= $3
UNION SELECT source_id FROM organization
WHERE community_id = $1 AND organization_id <> $2 AND recorded_at <= $3 AND source_id IS NOT NULL
"""
_ADD = """
INSERT INTO import_job (community_id, import_job_id, organization_id, subject, format, file, bytes, folder)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


@dataclass(frozen=True)
class ImportJob:
    """A file that came in, and how far it has been taken in."""

    community_id: UUID
    import_job_id: UUID
    community: str
    organization_id: UUID
    source: str
    subject: str
    format: str
    file: str
    state: ImportState
    recorded_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    posted: int
    oddities: int
    remarks: int
    tries: int
    rows_read: int
    passed_over: int
    created: int
    updated: int
    unchanged: int
    needs_review: int
    rejected: int
    error_code: str | None
    error_message: str | None
    error_hint: str | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "ImportJob":
        return cls(**{**row, "state": ImportState(row["state"])})

    @property
    def rows_done(self) -> int:
        """The rows that its reader gives before the first that is still to be taken in."""
        return self.posted + self.passed_over


@dataclass(frozen=True)
class Received:
    """A file that has arrived, and where it waits."""

    job_id: UUID
    folder: UUID
    format: str
    file: str
    size: int


async def own_organization(
    database: Database, viewer: Viewer, community: Community, code: str | None
) -> Organization:
    """Return the organization the viewer sends files for. Raises Forbidden, and InputInvalid to have it named."""
    granted = grant(viewer, community.community_id, Action.IMPORT_FILES)
    async with database.transaction(granted.scope) as connection:
        rows = await connection.fetch(_ACTS_FOR, community.community_id, list(granted.scope.organizations))
    own = {row["code"]: Organization(**row) for row in rows}
    if code is None and len(own) == 1:
        return next(iter(own.values()))
    if code is None:
        raise InputInvalid(
            "You act for several organizations; say whose records these are.", hint=f"source={' or '.join(own)}"
        )
    if code not in own:
        raise Forbidden("You do not act for this organization.", hint=f"source={' or '.join(own)}")
    return own[code]


async def names_of_others(database: Database, own: Organization, job: ImportJob) -> frozenset[str]:
    """Return the codes and the sources' own ids of the community's other organizations, when the file came in.

    Those that came later are left out: the file is read again in the same way whenever its job is taken up.
    """
    async with database.transaction(Scope(Login.READER_AGGREGATE, (job.community_id,))) as connection:
        rows = await connection.fetch(_OF_OTHERS, job.community_id, own.organization_id, job.recorded_at)
    return frozenset(row["name"] for row in rows)


async def new_id(database: Database) -> UUID:
    """Return the id of a job that is not there yet; they are in the order of time."""
    async with database.transaction(Scope(Login.READER_AGGREGATE)) as connection:
        made: UUID = await connection.fetchval("SELECT uuidv7()")
    return made


async def add_job(
    database: Database, viewer: Viewer, community: Community, organization: Organization, received: Received
) -> None:
    """Write down that a file has arrived: from now on it is taken in, whatever becomes of this process."""
    async with database.transaction(writing(viewer, community.community_id)) as connection:
        await connection.execute(
            _ADD,
            community.community_id,
            received.job_id,
            organization.organization_id,
            viewer.subject,
            received.format,
            received.file,
            received.size,
            received.folder,
        )
        detail = {"job": received.job_id, "format": received.format, "bytes": received.size}
        await audit.record(connection, viewer, community.community_id, "send file", detail)


async def find_job(database: Database, viewer: Viewer, community_id: UUID, job_id: UUID) -> ImportJob:
    """Return a job of the viewer's own; raise NotFound for any other, and Forbidden to who can have none."""
    granted = grant(viewer, community_id, Action.IMPORT_FILES)
    async with database.transaction(granted.scope) as connection:
        return await _find(connection, viewer, granted.scope, job_id)


async def list_jobs(database: Database, viewer: Viewer, community_id: UUID, first: int) -> Sequence[ImportJob]:
    """Return the viewer's latest jobs, the newest first."""
    scope = grant(viewer, community_id, Action.IMPORT_FILES).scope
    async with database.transaction(scope) as connection:
        rows = await connection.fetch(_LATEST, community_id, viewer.subject, list(scope.organizations), first)
    return [ImportJob.of(row) for row in rows]


async def cancel_job(database: Database, viewer: Viewer, community_id: UUID, job_id: UUID) -> ImportJob:
    """Let nothing more be taken in of a file. What is under way is undone; what was taken in before stays.

    Canceling once more changes nothing. Raises NotFound, and ImportEnded for what was done or failed before.
    """
    own = grant(viewer, community_id, Action.IMPORT_FILES).scope
    async with database.transaction(writing(viewer, community_id)) as connection:
        keys = (community_id, viewer.subject, list(own.organizations), job_id)
        if await connection.fetchval(_CANCEL, *keys):
            await audit.record(connection, viewer, community_id, "cancel file", {"job": job_id})
        job = await _find(connection, viewer, own, job_id)
    if job.state is not ImportState.CANCELED:
        raise ImportEnded
    return job


async def _find(connection: Connection, viewer: Viewer, own: Scope, job_id: UUID) -> ImportJob:
    row = await connection.fetchrow(_ONE, own.communities[0], viewer.subject, list(own.organizations), job_id)
    if row is None:
        raise NotFound
    return ImportJob.of(row)
