"""What a posted record says of a child, beside what the database holds of it."""

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection, json_text
from cabinet.intake.match import Placed
from cabinet.intake.receipt import Outcome, Verdict
from cabinet.intake.source import Source, said_by
from cabinet.intake.versions import Stored, Values
from cabinet.tables.terms import EnrollmentStatus

WITHDRAWN = "withdrawn"
"""Stands for the content of a record that was withdrawn; no SHA-256 is equal to it."""

_WITHDRAWN = """
SELECT record_id, record_version, withdrawn_record_id AS id FROM withdrawn_record
WHERE community_id = $1 AND organization_id = $2 AND entity = $3 AND record_id = ANY ($4)
"""


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
    record_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.record_id = str(self.values["record_id"])

    @property
    def key(self) -> Hashable:
        return self.record_id

    @property
    def content_hash(self) -> str:
        return str(self.values["content_hash"])

    @property
    def outcome(self) -> Outcome:
        return self.placed.item.outcome

    def settle_unchanged(self) -> None:
        known = self.stored
        if known is None or known.child_id is None:
            self.settle(Verdict.UNCHANGED, None, None, self.placed.child_id)
        else:
            self.settle(Verdict.UNCHANGED, known.id, known.enrollment_id, known.child_id)

    def settle(self, verdict: Verdict, record: UUID | None, enrollment_id: UUID | None, child_id: UUID) -> None:
        outcome = self.outcome
        outcome.verdict, outcome.record, outcome.child_id = verdict, record, child_id
        outcome.enrollment_id = enrollment_id


def draft(source: Source, placed: Placed, values: Values) -> Draft:
    row = placed.item.row
    said = {**said_by(source), **values, "child_id": placed.child_id, "record_id": row.record_id}
    return Draft(placed, {**said, "content_hash": content_hash(source, values)}, row.record_version)


def content_hash(source: Source, values: Values) -> str:
    """Return what is said, without the child: where two children become one, it stays what it was."""
    return hashlib.sha256(json_text({**said_by(source), **values}).encode()).hexdigest()


def enrollment_column(table: Table) -> str:
    """Return the column that says which enrollment a row is or belongs to."""
    return "enrollment_id" if "enrollment_id" in table.columns else "NULL::uuid"


async def read_stored(
    connection: Connection, source: Source, table: Table, record_ids: Sequence[str]
) -> Mapping[Hashable, Stored]:
    """Read what the database holds of records, by their ids at the source; of one withdrawn, that it was."""
    rows = await connection.fetch(
        f"SELECT record_id, record_version, content_hash, {table.name}_id AS id, child_id,"
        f" {enrollment_column(table)} AS belongs_to FROM {table.name}"
        " WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)",
        source.community_id,
        source.organization_id,
        record_ids,
    )
    stored = {row["record_id"]: Stored(*list(row)[1:]) for row in rows}
    if not table.info["is_withdrawable"]:
        return stored
    asked = source.community_id, source.organization_id, table.name, record_ids
    gone = await connection.fetch(_WITHDRAWN, *asked)
    return {**{row["record_id"]: Stored(row["record_version"], WITHDRAWN, row["id"]) for row in gone}, **stored}


def as_of_children(stored: Mapping[Hashable, Stored], drafts: Sequence[Draft]) -> Mapping[Hashable, Stored]:
    """Return what is stored of the drafts' records. The same words about another child are other words."""
    children = {each.key: each.placed.child_id for each in drafts}
    return {
        key: known if known.child_id in (None, children[key]) else replace(known, content_hash="")
        for key, known in stored.items()
    }
