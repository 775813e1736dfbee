"""Set-based writing: many rows of one table in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from cabinet.db import Connection, Record
from cabinet.plans import many

Values = Mapping[str, Any]


async def insert(
    connection: Connection, table: Table, rows: Sequence[Values], *, conflict: str = "", returning: str = ""
) -> list[Record]:
    """Insert rows (all with the same columns) and return what RETURNING says.

    PostgreSQL reads the values by the table's own column types, arrays and JSON included.
    """
    if not rows:
        return []
    columns = ", ".join(rows[0])
    async with many(connection, len(rows)):
        found: list[Record] = await connection.fetch(
            f"INSERT INTO {table.name} ({columns})"
            f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{table.name}, $1)"
            f" {conflict} {f'RETURNING {returning}' if returning else ''}",
            [dict(row) for row in rows],
        )
    return found


def update_on_conflict(key: str, columns: Iterable[str], table: Table, guard: str | None = None) -> str:
    """Return the ON CONFLICT clause that updates `columns` where `guard` holds, or else where one differs."""
    listed = list(columns)
    assignments = ", ".join(f"{column} = excluded.{column}" for column in listed)
    old = ", ".join(f"{table.name}.{column}" for column in listed)
    new = ", ".join(f"excluded.{column}" for column in listed)
    return f"ON CONFLICT ({key}) DO UPDATE SET {assignments} WHERE {guard or f'({old}) IS DISTINCT FROM ({new})'}"
