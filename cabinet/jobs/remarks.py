"""What was said of a file's rows: kept with the job, and given out as CSV."""

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from hashlib import blake2b
from io import StringIO
from typing import Any

from cabinet import audit
from cabinet.access import Action, grant
from cabinet.db import Connection, Database, Record
from cabinet.errors import NotFound
from cabinet.importers.report import Remark
from cabinet.intake.write import insert
from cabinet.jobs.job import ImportJob
from cabinet.jobs.reading import is_row_lost
from cabinet.read.formats import harmless
from cabinet.tables import import_remark
from cabinet.viewer import Viewer

COLUMNS = ("file", "row", "column", "code", "message", "hint", "times")
_PAGE = 1_000
_READ = """
SELECT number, file, line, field, code, message, hint, times FROM import_remark
WHERE community_id = $1 AND import_job_id = $2 AND number > $3 AND (is_rejection OR NOT $4)
ORDER BY number LIMIT $5
"""
_MORE = """
ON CONFLICT (community_id, import_job_id, number) DO UPDATE SET times = import_remark.times + excluded.times
"""
_FIRST = -(2**63)
_STANDS = "SELECT EXISTS (SELECT FROM import_job WHERE community_id = $1 AND import_job_id = $2)"


async def write_remarks(connection: Connection, job: ImportJob, first: int, remarks: Sequence[Remark]) -> None:
    """Keep remarks, numbered from `first` on."""
    for begin in range(0, len(remarks), _PAGE):
        page = remarks[begin : begin + _PAGE]
        await insert(connection, import_remark, [_row(job, n, each) for n, each in enumerate(page, first + begin)])


async def add_to_remarks(connection: Connection, job: ImportJob, remarks: Iterable[Remark]) -> None:
    """Keep remarks that are told once for the whole file; one that is there already is met so many times more."""
    rows = [_row(job, _number_of(each.message), each) for each in remarks]
    await insert(connection, import_remark, rows, conflict=_MORE)


def _number_of(message: str) -> int:
    """Return the same number below zero for the same message, whoever goes on with the job."""
    return -1 - int.from_bytes(blake2b(message.encode(), digest_size=7).digest())


def _row(job: ImportJob, number: int, remark: Remark) -> dict[str, Any]:
    return {
        "community_id": job.community_id,
        "import_job_id": job.import_job_id,
        "number": number,
        "organization_id": job.organization_id,
        "subject": job.subject,
        "file": _storable(remark.file),
        "line": remark.line,
        "field": _storable(remark.column),
        "code": remark.code,
        "message": _storable(remark.message),
        "hint": _storable(remark.hint),
        "times": remark.count,
        "is_rejection": is_row_lost(remark),
    }


def _storable(text: str) -> str:
    """Leave out what no column of text and no JSON takes: NUL, and halves of characters."""
    return text.replace("\x00", "\ufffd").encode(errors="replace").decode()


async def csv_lines(
    database: Database, viewer: Viewer, job: ImportJob, *, rejected_only: bool
) -> AsyncIterator[bytes]:
    """Yield the job's remarks as CSV (RFC 4180), a thousand at a time, the header line first. It is audited.

    Raises NotFound if the job was deleted meanwhile: what is gone must not look like a list that has ended.
    """
    scope = grant(viewer, job.community_id, Action.IMPORT_FILES).scope
    detail = {"job": job.import_job_id, "rejected_only": rejected_only}
    async with database.transaction(scope) as connection:
        await audit.record(connection, viewer, job.community_id, "read remarks", detail)
    yield _csv([COLUMNS])
    last = _FIRST
    while True:
        async with database.transaction(scope) as connection:
            page = await connection.fetch(_READ, job.community_id, job.import_job_id, last, rejected_only, _PAGE)
            if not page and not await connection.fetchval(_STANDS, job.community_id, job.import_job_id):
                raise NotFound
        if not page:
            return
        last = page[-1]["number"]
        yield _csv([_cells(row) for row in page])


def _cells(row: Record) -> tuple[str, ...]:
    _, file, line, *said, times = row
    return (*(harmless(cell) for cell in (file, str(line), *said)), str(times))


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
