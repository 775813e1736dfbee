"""What a posted record says, beside what the database holds of it: news, an old version, or a contradiction."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection, json_text
from cabinet.errors import VersionConflict
from cabinet.intake.match import Placed
from cabinet.intake.receipt import Outcome, Verdict
from cabinet.intake.source import Source, said_by
from cabinet.tables.terms import EnrollmentStatus

Values = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """What the database holds of a record."""

    version: int
    content_hash: str
    id: UUID
    child_id: UUID
    enrollment_id: UUID | None


@dataclass(eq=False)
class Held:
    """An enrollment of the child in the program; one that attendance makes has no key until it is written."""

    id: UUID | None
    record_id: str
    status: EnrollmentStatus
    begins: date
    ends: date | None
    is_made: bool


@dataclass
class Draft:
    """A row about to be written, and what is stored of its record.

    `takes_over` is the record id of an enrollment whose place it takes, `held` the one its day belongs to.
    """

    placed: Placed
    values: Values
    given_version: int | None
    stored: Stored | None = None
    takes_over: str | None = None
    held: Held | None = None

    @property
    def record_id(self) -> str:
        return str(self.values["record_id"])

    @property
    def outcome(self) -> Outcome:
        return self.placed.item.outcome

    def settle(self, verdict: Verdict, record: UUID | None, enrollment_id: UUID | None, child_id: UUID) -> None:
        outcome = self.outcome
        outcome.verdict, outcome.record, outcome.child_id = verdict, record, child_id
        outcome.enrollment_id = enrollment_id


def draft(source: Source, placed: Placed, values: Values) -> Draft:
    row = placed.item.row
    said = {**said_by(source), "child_id": placed.child_id, **values}
    content_hash = hashlib.sha256(json_text(said).encode()).hexdigest()
    return Draft(placed, {**said, "record_id": row.record_id, "content_hash": content_hash}, row.record_version)


async def keep_news(connection: Connection, source: Source, table: Table, drafts: Sequence[Draft]) -> list[Draft]:
    """Settle the drafts that bring no news and return the others."""
    stored = await _read_stored(connection, source, table, drafts)
    for each in drafts:
        each.stored = stored.get(each.record_id)
    return _newest([each for each in drafts if _is_news(each, each.stored)])


def enrollment_column(table: Table) -> str:
    """Return the column that says which enrollment a row is or belongs to."""
    return "enrollment_id" if "enrollment_id" in table.columns else "NULL::uuid"


async def _read_stored(
    connection: Connection, source: Source, table: Table, drafts: Sequence[Draft]
) -> dict[str, Stored]:
    rows = await connection.fetch(
        f"SELECT record_id, record_version, content_hash, {table.name}_id AS id, child_id,"
        f" {enrollment_column(table)} AS belongs_to FROM {table.name}"
        " WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)",
        source.community_id,
        source.organization_id,
        [each.record_id for each in drafts],
    )
    return {row["record_id"]: Stored(*list(row)[1:]) for row in rows}


def _is_news(draft: Draft, stored: Stored | None) -> bool:
    """Give the draft its version; settle it here if the database knows as much already."""
    given = draft.given_version
    if stored is None:
        draft.values["record_version"] = 1 if given is None else given
        return True
    is_same = draft.values["content_hash"] == stored.content_hash
    if given is None:
        draft.values["record_version"] = stored.version + 1
    else:
        draft.values["record_version"] = given
        if given == stored.version and not is_same:
            draft.outcome.reject(VersionConflict(), "record_version")
            return False
    if (is_same and given is None) or (given is not None and given <= stored.version):
        draft.settle(Verdict.UNCHANGED, stored.id, stored.enrollment_id, stored.child_id)
        return False
    return True


def _newest(drafts: Sequence[Draft]) -> list[Draft]:
    """Keep the highest version of each record; an older one of the same post is overtaken by it."""
    newest: dict[str, Draft] = {}
    for each in sorted(drafts, key=lambda d: d.values["record_version"]):
        overtaken = newest.get(each.record_id)
        if overtaken is not None:
            known = each.stored
            record, enrollment = (known.id, known.enrollment_id) if known else (None, None)
            overtaken.settle(Verdict.UNCHANGED, record, enrollment, overtaken.placed.child_id)
        newest[each.record_id] = each
    return list(newest.values())
