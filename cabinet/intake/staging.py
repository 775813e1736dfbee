"""Where a batch of enrollments lies while the database looks at it: a temporary table of the connection's own.

No other session can see it, and row-level security, which keeps COPY from the tables themselves, has nothing to
keep apart in it. It is empty again when the transaction ends, however it ends.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.references import References
from cabinet.intake.validate import Item

_STAGED = """
CREATE TEMPORARY TABLE IF NOT EXISTS staged_enrollment (
  index integer, child_id uuid, ref uuid, source_id text, record_id text, record_version bigint, program_id uuid,
  sector text, status text, begins date, ends date, exit_reason text, grade text, neighborhood_id uuid,
  content_hash text, new_key uuid
) ON COMMIT DELETE ROWS
"""
_JUDGED = """
CREATE TEMPORARY TABLE IF NOT EXISTS judged_enrollment (
  LIKE staged_enrollment,
  source_record_id uuid, enrollment_id uuid, stored_child_id uuid, was_open boolean,
  verdict text
) ON COMMIT DELETE ROWS
"""


class Staged(NamedTuple):
    """A row as it is copied; its codes are keys already. `new_key` is its enrollment's, if that is new."""

    position: int
    child_id: UUID | None
    ref: UUID | None
    source_id: str | None
    record_id: str
    record_version: int | None
    program_id: UUID
    sector: str | None
    status: str
    begins: Any
    ends: Any
    exit_reason: str | None
    grade: str | None
    neighborhood_id: UUID | None
    content_hash: str
    new_key: UUID


_COLUMNS = ("index", *Staged._fields[1:])


async def stage(connection: Connection, rows: Iterable[Staged]) -> None:
    """Copy the rows of one transaction; a second batch of it would be beside the first."""
    await connection.execute(f"{_STAGED}; {_JUDGED}")
    await connection.copy_records_to_table("staged_enrollment", records=rows, columns=_COLUMNS)


def staged(
    item: Item, references: References, content_hash: str, new_key: UUID, child_id: UUID | None = None
) -> Staged:
    row, program = item.row, references.programs[item.row.program]
    neighborhood = references.neighborhoods[row.neighborhood] if row.neighborhood else None
    return Staged(
        item.outcome.index,
        child_id,
        row.child.ref,
        None if row.child.ref else row.child.source_id,
        row.record_id,
        row.record_version,
        program.id,
        program.sector,
        row.status.value,
        row.begins,
        row.ends,
        row.exit_reason,
        row.grade,
        neighborhood.id if neighborhood else None,
        content_hash,
        new_key,
    )
