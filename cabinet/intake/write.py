"""Set-based writing: many rows of one table in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import DefaultClause, Table

from cabinet.db import Connection, Record
from cabinet.keys import new_keys
from cabinet.plans import MANY, many
from cabinet.tables.catalog import NEW_KEY

Values = Mapping[str, Any]


async def insert(
    connection: Connection, table: Table, rows: Sequence[Values], *, conflict: str = "", returning: str = ""
) -> list[Record]:
    """Insert rows (all with the same columns) and return what RETURNING says.

    PostgreSQL reads the values by the table's own column types, arrays and JSON included.
    """
    if not rows:
        return []
    rows = await _with_keys(connection, table, rows)
    columns = ", ".join(rows[0])
    async with many(connection, len(rows)):
        found: list[Record] = await connection.fetch(
            f"INSERT INTO {table.name} ({columns})"
            f" SELECT {columns} FROM jsonb_populate_recordset(NULL::{table.name}, $1)"
            f" {conflict} {f'RETURNING {returning}' if returning else ''}",
            rows,
        )
    return found


async def _with_keys(connection: Connection, table: Table, rows: Sequence[Values]) -> list[dict[str, Any]]:
    """Give many rows their keys, where the table would."""
    key = table.info["key"]
    if len(rows) < MANY or key in rows[0] or not has_new_keys(table):
        return [dict(row) for row in rows]
    keys = await new_keys(connection, len(rows))
    return [{**row, key: made} for row, made in zip(rows, keys, strict=True)]


@cache
def has_new_keys(table: Table) -> bool:
    """Whether the table gives its rows keys that tell when they were made."""
    default = table.columns[table.info["key"]].server_default if table.info["key"] else None
    return isinstance(default, DefaultClause) and str(default.arg) == NEW_KEY


def update_on_conflict(key: str, columns: Iterable[str], table: Table, guard: str | None = None) -> str:
    """Return the ON CONFLICT clause that updates `columns` where `guard` holds, or else where one differs."""
    listed = list(columns)
    assignments = ", ".join(f"{column} = excluded.{column}" for column in listed)
    old = ", ".join(f"{table.name}.{column}" for column in listed)
    new = ", ".join(f"excluded.{column}" for column in listed)
    return f"ON CONFLICT ({key}) DO UPDATE SET {assignments} WHERE {guard or f'({old}) IS DISTINCT FROM ({new})'}"
