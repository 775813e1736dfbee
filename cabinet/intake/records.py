"""Fourth step: upsert what has a natural key; the highest version wins in any order of arrival."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection, json_text
from cabinet.errors import (
    AlreadyEnrolled,
    ProgramNotYours,
    ProgramUnknown,
    ReferenceUnknown,
    RowProblem,
    VersionConflict,
)
from cabinet.intake.match import Placed
from cabinet.intake.receipt import Verdict
from cabinet.intake.references import References
from cabinet.intake.rows import EncounterRow, EnrollmentRow, Kind, NeedRow
from cabinet.intake.source import Source, said_by
from cabinet.intake.validate import Item
from cabinet.intake.write import insert, replace
from cabinet.tables import encounter, enrollment, need
from cabinet.tables.terms import OPEN_STATUSES

Values = dict[str, Any]

_OPEN_ENROLLMENTS = """
SELECT child_id, program_id, record_id FROM enrollment
WHERE community_id = $1 AND organization_id = $2 AND child_id = ANY ($3) AND ends IS NULL AND status = ANY ($4)
"""


@dataclass(frozen=True)
class Stored:
    """What the database holds of a record."""

    version: int
    content_hash: str
    id: UUID
    child_id: UUID


@dataclass
class Draft:
    """A row about to be written."""

    placed: Placed
    values: Values
    given_version: int | None

    @property
    def record_id(self) -> str:
        return str(self.values["record_id"])


def check_references(kind: Kind, source: Source, items: Sequence[Item], references: References) -> None:
    """Reject rows that refer to what the community does not have, or to another agency's program."""
    for item in items:
        if not item.outcome.is_open:
            continue
        if kind is Kind.ENROLLMENT:
            program = references.programs.get(item.row.program)
            if program is None:
                item.outcome.reject(ProgramUnknown(), "program")
            elif program.organization_id != source.organization_id:
                item.outcome.reject(ProgramNotYours(), "program")
        elif kind in (Kind.ENCOUNTER, Kind.NEED) and item.row.service_type not in references.service_types:
            item.outcome.reject(
                ReferenceUnknown(
                    f"The community has no service type {item.row.service_type!r}.",
                    hint="`community { serviceTypes { code name } }` lists the codes.",
                ),
                "service_type",
            )


def _enrollment_values(row: EnrollmentRow, references: References) -> Values:
    program = references.programs[row.program]
    said = row.model_dump(include={"status", "begins", "ends", "exit_reason"})
    return {"program_id": program.id, "sector": program.sector, **said}


def _encounter_values(row: EncounterRow, references: References) -> Values:
    service_type = references.service_types[row.service_type]
    return {"service_type_id": service_type.id, **row.model_dump(include={"kind", "occurred_on", "code"})}


def _need_values(row: NeedRow, references: References) -> Values:
    service_type = references.service_types[row.service_type]
    return {"service_type_id": service_type.id, **row.model_dump(include={"basis", "opened", "resolved"})}


RECORDED: Mapping[Kind, tuple[Table, Callable[[Any, References], Values]]] = {
    Kind.ENROLLMENT: (enrollment, _enrollment_values),
    Kind.ENCOUNTER: (encounter, _encounter_values),
    Kind.NEED: (need, _need_values),
}


async def upsert(
    connection: Connection, source: Source, kind: Kind, placed: Sequence[Placed], references: References
) -> None:
    """Write the newest version of each record and set the verdict of every row."""
    table, values_of = RECORDED[kind]
    drafts = [_draft(source, p, values_of(p.item.row, references)) for p in placed]
    stored = await _read_stored(connection, source, table, drafts)
    writable = _newest([d for d in drafts if _is_news(d, stored.get(d.record_id))], stored)
    if kind is Kind.ENROLLMENT:
        writable = await _refuse_second_open(connection, source, writable)
    await _write(connection, table, writable)


def _draft(source: Source, placed: Placed, values: Values) -> Draft:
    row = placed.item.row
    said = {**said_by(source), "child_id": placed.child_id, **values}
    content_hash = hashlib.sha256(json_text(said).encode()).hexdigest()
    return Draft(placed, {**said, "record_id": row.record_id, "content_hash": content_hash}, row.record_version)


async def _read_stored(
    connection: Connection, source: Source, table: Table, drafts: Sequence[Draft]
) -> dict[str, Stored]:
    rows = await connection.fetch(
        f"SELECT record_id, record_version, content_hash, {table.name}_id AS id, child_id FROM {table.name}"
        " WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)",
        source.community_id,
        source.organization_id,
        [draft.record_id for draft in drafts],
    )
    return {
        row["record_id"]: Stored(row["record_version"], row["content_hash"], row["id"], row["child_id"])
        for row in rows
    }


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
            draft.placed.item.outcome.reject(VersionConflict(), "record_version")
            return False
    if (is_same and given is None) or (given is not None and given <= stored.version):
        _settle(draft, Verdict.UNCHANGED, stored.id, stored.child_id)
        return False
    return True


def _newest(drafts: Sequence[Draft], stored: Mapping[str, Stored]) -> list[Draft]:
    """Keep the highest version of each record; an older one of the same post is overtaken by it."""
    newest: dict[str, Draft] = {}
    for draft in sorted(drafts, key=lambda d: d.values["record_version"]):
        overtaken = newest.get(draft.record_id)
        if overtaken is not None:
            known = stored.get(draft.record_id)
            _settle(overtaken, Verdict.UNCHANGED, known.id if known else None, overtaken.placed.child_id)
        newest[draft.record_id] = draft
    return list(newest.values())


async def _refuse_second_open(connection: Connection, source: Source, drafts: Sequence[Draft]) -> list[Draft]:
    """Reject an open enrollment beside another open one of the same child in the same program.

    An enrollment that this very post ends does not stand in the way.
    """
    children = [draft.placed.child_id for draft in drafts]
    rows = await connection.fetch(
        _OPEN_ENROLLMENTS, source.community_id, source.organization_id, children, list(OPEN_STATUSES)
    )
    rewritten = {draft.record_id for draft in drafts}
    taken = {
        (row["child_id"], row["program_id"]): row["record_id"] for row in rows if row["record_id"] not in rewritten
    }
    holders = {row["record_id"] for row in rows}
    kept = []
    # A record that holds the place already keeps it against a new one of the same post.
    for draft in sorted(drafts, key=lambda d: (d.record_id not in holders, d.placed.item.outcome.index)):
        key = (draft.placed.child_id, draft.values["program_id"])
        is_open = draft.values["ends"] is None and draft.values["status"] in OPEN_STATUSES
        if is_open and taken.setdefault(key, draft.record_id) != draft.record_id:
            problem: RowProblem = AlreadyEnrolled(
                f"The child already has an open enrollment in this program, your record {taken[key]!r}."
            )
            draft.placed.item.outcome.reject(problem, "record_id")
        else:
            kept.append(draft)
    # What ends is written before what opens, so that the database never sees two open at once.
    return sorted(kept, key=lambda d: d.values["ends"] is None)


async def _write(connection: Connection, table: Table, drafts: Sequence[Draft]) -> None:
    kept = ("community_id", "organization_id", "record_id")
    for batch in (
        [d for d in drafts if d.values.get("ends")],
        [d for d in drafts if not d.values.get("ends")],
    ):
        columns = [name for name in batch[0].values if name not in kept] if batch else []
        guard = f"{table.name}.record_version < excluded.record_version"
        rows = await insert(
            connection,
            table,
            [draft.values for draft in batch],
            conflict=replace(", ".join(kept), columns, table, guard),
            returning=f"record_id, {table.name}_id AS id, (old.record_id IS NULL) AS is_new",
        )
        written = {row["record_id"]: row for row in rows}
        for draft in batch:
            row = written[draft.record_id]
            verdict = Verdict.CREATED if row["is_new"] else Verdict.UPDATED
            _settle(draft, verdict, row["id"], draft.placed.child_id)


def _settle(draft: Draft, verdict: Verdict, record: UUID | None, child_id: UUID) -> None:
    outcome = draft.placed.item.outcome
    outcome.verdict, outcome.record, outcome.child_id = verdict, record, child_id
