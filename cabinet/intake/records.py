"""Fourth step: upsert what has a natural key; the highest version wins in any order of arrival."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from cabinet.db import Connection
from cabinet.errors import ProgramNotYours, ProgramUnknown, ReferenceUnknown
from cabinet.intake.attendance import enrollments_of, find_enrollments, make_enrollments, refresh_made
from cabinet.intake.changes import log_changes
from cabinet.intake.days_left_behind import days_left_behind, settle_days
from cabinet.intake.drafts import Draft, as_of_children, draft, enrollment_column, read_stored
from cabinet.intake.match import Placed
from cabinet.intake.open_enrollments import make_room, settle_places
from cabinet.intake.receipt import Verdict
from cabinet.intake.recorded import RECORDED
from cabinet.intake.references import References
from cabinet.intake.rows import Kind
from cabinet.intake.said_again import find_news
from cabinet.intake.seating import seat
from cabinet.intake.source import Source
from cabinet.intake.validate import Item
from cabinet.intake.versions import Stored, keep_news, refuse_overtaken
from cabinet.intake.write import insert, update_on_conflict

_NATURAL_KEY = ("community_id", "organization_id", "record_id")


def check_references(kind: Kind, source: Source, items: Sequence[Item], references: References) -> None:
    """Reject rows that refer to what the community does not have, or to another agency's program."""
    for item in items:
        if not item.outcome.is_open:
            continue
        if kind in (Kind.ENROLLMENT, Kind.ATTENDANCE):
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
    connection: Connection,
    source: Source,
    kind: Kind,
    placed: Sequence[Placed],
    references: References,
    settled: Sequence[Placed],
) -> tuple[list[Draft], list[Placed]]:
    """Settle the rows that bring no news or cannot be taken, and return the drafts of the others.

    Returned beside them are rows whose records stand as they are and that say something new of their children.
    `settled` are rows of the batch that said nothing new; where another contradicts them, the last one speaks.

    Nothing is written here, so that an overtaken or rejected row leaves no trace of what it said.
    """
    table, values_of = RECORDED[kind]
    drafts = [draft(source, p, values_of(p.item.row, references)) for p in placed]
    stored = await read_stored(connection, source, table, [each.record_id for each in drafts])
    news = keep_news(drafts, as_of_children(stored, drafts))
    if kind is Kind.ENROLLMENT and news:
        news = await settle_places(connection, source, news)
        # A file tells what is; who posts asks for a seat.
        if source.is_post:
            await seat(connection, source, news)
    elif kind is Kind.ATTENDANCE and news:
        news = await find_enrollments(connection, source, news)
    refuse_overtaken(drafts)
    return news, await _of_children(connection, source, drafts, references, settled)


async def _of_children(
    connection: Connection,
    source: Source,
    drafts: Sequence[Draft],
    references: References,
    settled: Sequence[Placed],
) -> list[Placed]:
    known = [d.placed for d in drafts if d.given_version is None and d.outcome.verdict is Verdict.UNCHANGED]
    news = await find_news(connection, source, [*known, *settled], references) if known else set()
    telling = [each for each in known if each.item.outcome.index in news]
    for each in telling:
        each.item.outcome.verdict = Verdict.UPDATED
    return telling


async def write_records(connection: Connection, source: Source, kind: Kind, drafts: Sequence[Draft]) -> None:
    """Write the drafts and set their verdicts; log from whom a record is taken that was another child's."""
    for each in drafts:
        each.values["source_record_id"] = each.placed.source_record_id
    left_by = [(d.stored.id, d.stored.child_id) for d in drafts if d.stored and _is_moved(d, d.stored)]
    await log_changes(connection, source, RECORDED[kind][0], left_by)
    if kind is Kind.ENROLLMENT:
        left = await days_left_behind(connection, source, drafts)
        await make_room(connection, source, drafts)
        await _upsert(connection, RECORDED[kind][0], drafts)
        await settle_days(connection, source, left)
    elif kind is Kind.ATTENDANCE:
        await make_enrollments(connection, source, drafts)
        await _upsert(connection, RECORDED[kind][0], drafts)
        await refresh_made(connection, source, enrollments_of(drafts))
    else:
        await _upsert(connection, RECORDED[kind][0], drafts)


def _is_moved(draft: Draft, stored: Stored) -> bool:
    return stored.child_id not in (None, draft.placed.child_id)


async def _upsert(connection: Connection, table: Table, drafts: Sequence[Draft]) -> None:
    columns = [name for name in drafts[0].values if name not in _NATURAL_KEY] if drafts else []
    guard = f"{table.name}.record_version < excluded.record_version"
    rows = await insert(
        connection,
        table,
        [each.values for each in drafts],
        conflict=update_on_conflict(", ".join(_NATURAL_KEY), columns, table, guard),
        returning=f"record_id, {table.name}.{table.name}_id AS id, {enrollment_column(table)} AS belongs_to,"
        " (old.record_id IS NULL) AS is_new",
    )
    written = {row["record_id"]: row for row in rows}
    for each in drafts:
        row = written[each.record_id]
        verdict = Verdict.CREATED if row["is_new"] else Verdict.UPDATED
        each.settle(verdict, row["id"], row["belongs_to"], each.placed.child_id)
