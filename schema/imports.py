from datetime import datetime

import strawberry
from strawberry import ID

from cabinet import tables
from cabinet.jobs.job import ImportJob as Job
from cabinet.read.rows import encode_id
from cabinet.tables.terms import ImportState
from resolvers import imports as resolve
from resolvers.context import Ask


@strawberry.type(description="Why an import ended before its file did.")
class ImportFailure:
    code: str
    message: str
    hint: str


@strawberry.type(description="A file you sent in, and how far it has been taken in. Each row counts once.")
class ImportJob:
    id: ID
    format: str
    file: str
    source: str = strawberry.field(description="Code of the organization whose records these are.")
    state: ImportState
    received_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rows_read: int = strawberry.field(description="Rows of the file so far, those that cannot be read included.")
    created: int
    updated: int
    unchanged: int
    needs_review: int
    passed_over: int = strawberry.field(
        description="Rows that came to nothing beside what was there before; why is among the remarks."
    )
    rejected: int = strawberry.field(description="Rows that were not taken, those included that cannot be read.")
    rejected_csv: str = strawberry.field(description="Address of the rejected rows as CSV, with place and reason.")
    remarks_csv: str = strawberry.field(description="The same of everything that was said of the file.")
    error: ImportFailure | None

    @classmethod
    def of(cls, job: Job) -> "ImportJob":
        key = encode_id(tables.import_job, job.community_id, job.import_job_id)
        address = f"/import/{job.community}/jobs/{key}"
        return cls(
            id=ID(key),
            format=job.format,
            file=job.file,
            source=job.source,
            state=job.state,
            received_at=job.recorded_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            rows_read=job.rows_read,
            created=job.created,
            updated=job.updated,
            unchanged=job.unchanged,
            needs_review=job.needs_review,
            passed_over=job.passed_over,
            rejected=job.rejected,
            rejected_csv=f"{address}/rejected.csv",
            remarks_csv=f"{address}/remarks.csv",
            error=_failure(job),
        )


def _failure(job: Job) -> ImportFailure | None:
    if job.error_code is None:
        return None
    return ImportFailure(code=job.error_code, message=job.error_message or "", hint=job.error_hint or "")


async def _import_job(info: Ask, id: ID) -> ImportJob:  # noqa: A002 - the API's word for it.
    return ImportJob.of(await resolve.import_job(info, id))


async def _import_jobs(info: Ask, community: ID, first: int = 20) -> list[ImportJob]:
    return [ImportJob.of(job) for job in await resolve.import_jobs(info, community, first)]


async def _cancel_import(info: Ask, id: ID) -> ImportJob:  # noqa: A002 - the API's word for it.
    return ImportJob.of(await resolve.cancel_import(info, id))


@strawberry.type
class ImportsQuery:
    import_job: ImportJob = strawberry.field(resolver=_import_job, description="A file you sent in.")
    import_jobs: list[ImportJob] = strawberry.field(
        resolver=_import_jobs, description="The files you sent in for a community, the latest first."
    )


@strawberry.type
class ImportsMutation:
    cancel_import: ImportJob = strawberry.mutation(
        resolver=_cancel_import,
        description="Take in nothing more of a file. What was taken in before stays.",
    )
