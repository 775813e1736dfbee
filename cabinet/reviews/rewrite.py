"""Write a picture: what goes, what changes, what comes, in an order that no constraint minds."""

from collections.abc import Sequence

from sqlalchemy import Table

from cabinet.db import Connection
from cabinet.intake.write import insert
from cabinet.reviews.picture import STORED, Picture, Row, Slot, key_of
from cabinet.tables import child, source_record

_LAST = (child, source_record)
"""What the others refer to is taken away when they have left it."""


async def rewrite(connection: Connection, picture: Picture) -> None:
    """Bring the database from the picture's before to its after."""
    changed = {table: [slot for slot in picture.changed if slot.table is table] for table in STORED}
    for table in reversed(STORED):
        if table not in _LAST:
            await _delete(connection, table, _gone(changed[table]))
    for table in STORED:
        kept = [slot.now for slot in changed[table] if _is_kept(slot)]
        await _update(connection, table, kept)
        await _insert(connection, table, [slot for slot in changed[table] if slot.after and not _is_kept(slot)])
    for table in _LAST:
        await _delete(connection, table, _gone(changed[table]))


def _is_kept(slot: Slot) -> bool:
    """Whether the row stays under its key; a key that names its child changes with it."""
    if slot.before is None or slot.after is None:
        return False
    return key_of(slot.table, slot.before) == key_of(slot.table, slot.after)


def _gone(slots: Sequence[Slot]) -> list[Row]:
    return [slot.before for slot in slots if slot.before is not None and not _is_kept(slot)]


async def _delete(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        await connection.execute(f"DELETE FROM {_of_said(table, 'USING')}", rows)


async def _insert(connection: Connection, table: Table, slots: Sequence[Slot]) -> None:
    """Write new rows, and read back what the database gives them beside: keys and times."""
    for columns in dict.fromkeys(tuple(sorted(slot.now)) for slot in slots):
        alike = [slot for slot in slots if tuple(sorted(slot.now)) == columns]
        rows = [{name: slot.now[name] for name in columns} for slot in alike]
        written = await insert(connection, table, rows, returning=f"to_jsonb({table.name}) AS row")
        for slot, row in zip(alike, written, strict=True):
            slot.after = row["row"]


async def _update(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    keys = {column.name for column in table.primary_key.columns}
    columns = ", ".join(f"{name} = said.{name}" for name in table.c.keys() if name not in keys)  # noqa: SIM118
    if rows and columns:
        await connection.execute(f"UPDATE {table.name} SET {columns} FROM {_of_said(table, '')}", rows)


def _of_said(table: Table, using: str) -> str:
    keys = [column.name for column in table.primary_key.columns]
    same = " AND ".join(f"{table.name}.{key} = said.{key}" for key in keys)
    target = f"{table.name} {using}" if using else ""
    return f"{target} jsonb_populate_recordset(NULL::{table.name}, $1) AS said WHERE {same}"
