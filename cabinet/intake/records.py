"""Fourth step: upsert what has a natural key; the highest version wins in any order of arrival."""

import hashlib
from collections.abc import Mapping, Sequence
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
from cabinet.intake.recorded import RECORDED, Values
from cabinet.intake.references import References
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source, said_by
from cabinet.intake.validate import Item
from cabinet.intake.write import insert, update_on_conflict
from cabinet.tables.terms import OPEN_STATUSES

_OPEN_ENROLLMENTS = """
SELECT child_id, program_id, record_id FROM enrollment
WHERE community_id = $1 AND organization_id = $2 AND child_id = ANY ($3) AND ends IS NULL AND status = ANY ($4)
"""


_STEP_ASIDE = """
UPDATE enrollment SET status = 'NOT_ENROLLED'
WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3) AND ends IS NULL
"""
_NATURAL_KEY = ("community_id", "organization_id", "record_id")


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

    @property
    def is_open(self) -> bool:
        return self.values["ends"] is None and self.values["status"] in OPEN_STATUSES


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
        elif _names_unknown_service(item.row, references):
            item.outcome.reject(
                ReferenceUnknown(
                    f"The community has no service type {item.row.service_type!r}.",
                    hint="`community { serviceTypes { code name } }` lists the codes.",
                ),
                "service_type",
            )


def _names_unknown_service(row: Any, references: References) -> bool:
    asked = getattr(row, "service_type", None)
    return asked is not None and asked not in references.service_types


async def decide(
    connection: Connection, source: Source, kind: Kind, placed: Sequence[Placed], references: References
) -> list[Draft]:
    """Settle the rows that bring no news or cannot be taken, and return the drafts of the others.

    Nothing is written here, so that an overtaken or rejected row leaves no trace of what it said.
    """
    table, values_of = RECORDED[kind]
    drafts = [_draft(source, p, values_of(p.item.row, references)) for p in placed]
    stored = await _read_stored(connection, source, table, drafts)
    news = _newest([d for d in drafts if _is_news(d, stored.get(d.record_id))], stored)
    return await _refuse_second_open(connection, source, news) if kind is Kind.ENROLLMENT else news


async def write_records(connection: Connection, source: Source, kind: Kind, drafts: Sequence[Draft]) -> None:
    """Write the drafts and set their verdicts."""
    table, _ = RECORDED[kind]
    if kind is Kind.ENROLLMENT:
        # Two enrollments may trade places in one post; none may be in the other's way while they do.
        await connection.execute(
            _STEP_ASIDE, source.community_id, source.organization_id, [draft.record_id for draft in drafts]
        )
    columns = [name for name in drafts[0].values if name not in _NATURAL_KEY] if drafts else []
    guard = f"{table.name}.record_version < excluded.record_version"
    rows = await insert(
        connection,
        table,
        [draft.values for draft in drafts],
        conflict=update_on_conflict(", ".join(_NATURAL_KEY), columns, table, guard),
        returning=f"record_id, {table.name}_id AS id, (old.record_id IS NULL) AS is_new",
    )
    written = {row["record_id"]: row for row in rows}
    for draft in drafts:
        row = written[draft.record_id]
        verdict = Verdict.CREATED if row["is_new"] else Verdict.UPDATED
        _settle(draft, verdict, row["id"], draft.placed.child_id)


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

    What counts is how the enrollments stand after this post: one that it ends or moves is not in the way, unless
    that very row is rejected; then those that counted on it are looked at again.
    """
    children = [draft.placed.child_id for draft in drafts]
    rows = await connection.fetch(
        _OPEN_ENROLLMENTS, source.community_id, source.organization_id, children, list(OPEN_STATUSES)
    )
    # A record that is there already keeps its place against a new one of the same post.
    there = {row["record_id"] for row in rows}
    kept = sorted(drafts, key=lambda d: (d.record_id not in there, d.placed.item.outcome.index))
    while True:
        rewritten = {draft.record_id for draft in kept}
        taken = {
            (row["child_id"], row["program_id"]): row["record_id"]
            for row in rows
            if row["record_id"] not in rewritten
        }
        refused = [draft for draft in kept if draft.is_open and not _takes_place(taken, draft)]
        if not refused:
            return kept
        kept = [draft for draft in kept if draft not in refused]


def _takes_place(taken: dict[tuple[UUID, UUID], str], draft: Draft) -> bool:
    holder = taken.setdefault((draft.placed.child_id, draft.values["program_id"]), draft.record_id)
    if holder != draft.record_id:
        problem: RowProblem = AlreadyEnrolled(
            f"The child already has an open enrollment in this program, your record {holder!r}."
        )
        draft.placed.item.outcome.reject(problem, "record_id")
    return holder == draft.record_id


def _settle(draft: Draft, verdict: Verdict, record: UUID | None, child_id: UUID) -> None:
    outcome = draft.placed.item.outcome
    outcome.verdict, outcome.record, outcome.child_id = verdict, record, child_id
