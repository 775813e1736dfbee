"""What a source says of the supply and has no column here: kept as received, beside the item."""

from collections.abc import Sequence

from cabinet.db import Connection
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.intake.validate import Item
from cabinet.intake.write import insert, update_on_conflict
from cabinet.tables import supply_record

_KEY = "community_id, format, kind, code"


async def keep_payloads(connection: Connection, source: Source, kind: Kind, items: Sequence[Item]) -> None:
    """Keep the payloads of the rows that were taken; a row of which only that is news was updated."""
    said = {
        item.row.code: item
        for item in items
        if item.outcome.verdict is not Verdict.REJECTED and getattr(item.row, "payload", None)
    }
    rows = [
        {
            "community_id": source.community_id,
            "format": source.format,
            "kind": kind,
            "code": code,
            "payload": item.row.payload,
        }
        for code, item in said.items()
    ]
    conflict = update_on_conflict(_KEY, ["payload"], supply_record)
    for news in await insert(connection, supply_record, rows, conflict=conflict, returning="code"):
        outcome = said[news["code"]].outcome
        if outcome.verdict is Verdict.UNCHANGED:
            outcome.verdict = Verdict.UPDATED
