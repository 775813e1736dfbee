"""What was posted in error is taken out and kept aside, with the version that took it out.

The highest version wins in any order: a record that arrives under a lower version than its withdrawal stays out.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection, Record
from cabinet.errors import NothingWithdrawn
from cabinet.intake.attendance import refresh_made
from cabinet.intake.changes import log_changes
from cabinet.intake.drafts import WITHDRAWN, read_stored
from cabinet.intake.receipt import Outcome, Verdict
from cabinet.intake.rows import WithdrawalRow
from cabinet.intake.source import Source, said_by
from cabinet.intake.validate import Item
from cabinet.intake.versions import Stored, Values, keep_news
from cabinet.intake.write import insert
from cabinet.tables import attendance_event, encounter, need, referral, withdrawn_record
from cabinet.tables.terms import WithdrawnKind
from cabinet.tables.withdrawn import STOOD

TABLES: Mapping[WithdrawnKind, Table] = {
    WithdrawnKind.ATTENDANCE: attendance_event,
    WithdrawnKind.ENCOUNTER: encounter,
    WithdrawnKind.NEED: need,
    WithdrawnKind.REFERRAL: referral,
}
_STOOD = tuple(str(column.name) for column in STOOD)
_WAS: Mapping[str, tuple[str, ...]] = {
    "day": ("attended_on", "occurred_on", "opened", "sent"),
    "closed": ("resolved", "closed"),
    "said": ("category", "kind", "basis", "status"),
}
"""What those columns were called in the tables a record may have stood in; the others have kept their names."""
_KEPT = ", ".join(
    f"{name} = CASE WHEN excluded.payload IS NULL THEN withdrawn_record.{name} ELSE excluded.{name} END"
    for name in (*_STOOD, "payload")
)
# What was withdrawn before it ever arrived, or twice, stands as it was when it was taken out.
_CONFLICT = f"""
ON CONFLICT (community_id, organization_id, entity, record_id) DO UPDATE SET
  record_version = excluded.record_version,
  reason = excluded.reason,
  child_id = coalesce(excluded.child_id, withdrawn_record.child_id),
  source_record_id = coalesce(excluded.source_record_id, withdrawn_record.source_record_id),
  recorded_at = excluded.recorded_at,
  {_KEPT}
"""


@dataclass
class Withdrawal:
    """A record about to be taken out."""

    row: WithdrawalRow
    outcome: Outcome
    given_version: int | None
    values: Values = field(default_factory=dict)
    stored: Stored | None = None

    @property
    def record_id(self) -> str:
        return self.row.record_id

    @property
    def key(self) -> Hashable:
        return self.record_id

    @property
    def content_hash(self) -> str:
        return WITHDRAWN

    def settle_unchanged(self) -> None:
        self.outcome.verdict = Verdict.UNCHANGED


async def withdraw(connection: Connection, source: Source, items: Sequence[Item]) -> None:
    """Take out the records that the open rows name, and set their verdicts."""
    by_kind: dict[WithdrawnKind, list[Withdrawal]] = defaultdict(list)
    for item in items:
        if item.outcome.is_open:
            by_kind[item.row.kind].append(Withdrawal(item.row, item.outcome, item.row.record_version))
    for kind, withdrawals in by_kind.items():
        table = TABLES[kind]
        stored = await read_stored(connection, source, table, [each.record_id for each in withdrawals])
        await _take_out(connection, source, table, keep_news(_of_something(withdrawals, stored), stored))


def _of_something(withdrawals: Sequence[Withdrawal], stored: Mapping[Hashable, Stored]) -> list[Withdrawal]:
    """Settle those that withdraw nothing: without a version they cannot bear on what is yet to come."""
    named = []
    for each in withdrawals:
        if each.key in stored or each.given_version is not None:
            named.append(each)
        else:
            each.outcome.note(NothingWithdrawn(), "record_id")
            each.settle_unchanged()
    return named


async def _take_out(connection: Connection, source: Source, table: Table, news: Sequence[Withdrawal]) -> None:
    taken = await _delete(connection, source, table, news)
    await log_changes(connection, source, table, [(row["key"], row["child_id"]) for row in taken.values()])
    if table is attendance_event:
        days = {UUID(row["content"]["enrollment_id"]) for row in taken.values()}
        await refresh_made(connection, source, days)
    written = await insert(
        connection,
        withdrawn_record,
        [_kept(source, table, each, taken.get(each.record_id)) for each in news],
        conflict=_CONFLICT,
        returning="record_id, withdrawn_record_id, withdrawn_record.child_id",
    )
    rows = {row["record_id"]: row for row in written}
    for each in news:
        row = rows[each.record_id]
        each.outcome.verdict = Verdict.CREATED if each.stored is None else Verdict.UPDATED
        each.outcome.record, each.outcome.child_id = row["withdrawn_record_id"], row["child_id"]


async def _delete(
    connection: Connection, source: Source, table: Table, news: Sequence[Withdrawal]
) -> dict[str, Record]:
    rows = await connection.fetch(
        f"DELETE FROM {table.name} WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)"
        f" RETURNING record_id, {table.name}_id AS key, child_id, to_jsonb({table.name}) AS content",
        source.community_id,
        source.organization_id,
        [each.record_id for each in news],
    )
    return {row["record_id"]: row for row in rows}


def _kept(source: Source, table: Table, each: Withdrawal, taken: Record | None) -> Mapping[str, Any]:
    return {
        **said_by(source),
        "entity": table.name,
        "record_id": each.record_id,
        "record_version": each.values["record_version"],
        "reason": each.row.reason,
        "child_id": taken and taken["child_id"],
        "source_record_id": taken and taken["content"]["source_record_id"],
        "payload": taken and taken["content"],
        "kind": each.row.kind,
        **_stood(taken["content"] if taken else {}),
    }


def _stood(content: Values) -> Values:
    """Return what a record said, by the names it is listed with."""
    words = {name: [content.get(was) for was in _WAS.get(name, (name,))] for name in _STOOD}
    return {name: next((word for word in said if word is not None), None) for name, said in words.items()}
