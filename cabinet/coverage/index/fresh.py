"""What was committed since an index was last brought up to date: found by the change log, and read anew.

Every transaction that writes what is counted appends to the log. Which of them an index has not seen is told by
snapshots, whatever order they ended in; what they touched is read in the snapshot that becomes the index's own.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from cabinet.coverage.index.catalog import read_catalog
from cabinet.coverage.index.copied import FACT, Copied, Rows
from cabinet.coverage.index.index import Index
from cabinet.coverage.index.statements import CHANGES, facts_of
from cabinet.db import Connection, Database, Record
from cabinet.scope import Scope
from cabinet.tables.security import Login

Alone: TypeAlias = Callable[..., Awaitable[Any]]
"""Runs a function and its arguments where nothing else touches the index."""

_LEAST_MANY, _MANY = 20_000, 4


class IndexOutdated(Exception):
    """So much has changed, or in such a way, that the index is better loaded anew."""


async def catch_up(database: Database, index: Index, alone: Alone) -> None:
    """Let the index say what was committed before this was called. Raises IndexOutdated.

    Asked as the writer, whose ledger it is, in a transaction that can only read: the readers' logins have no grant
    on it. On any error the index is as it was.
    """
    community_id = index.columns.community_id
    scope = Scope(Login.WRITER, (community_id,))
    row = await database.row(scope, CHANGES, [community_id, index.moment[0]])
    if not _is_new(row, index):
        index.moment = _moment(row)
        return
    async with database.transaction(scope, "repeatable_read") as connection:
        await connection.execute("SET TRANSACTION READ ONLY")
        row = await connection.fetchrow(CHANGES, community_id, index.moment[0])
        await _renew(connection, index, row, alone)
    index.moment = _moment(row)


async def _renew(connection: Connection, index: Index, row: Record, alone: Alone) -> None:
    columns, touched = index.columns, row["children"] or []
    if len(touched) > max(_LEAST_MANY, len(columns.children) // _MANY):
        raise IndexOutdated
    catalog = columns.catalog
    if row["is_supply"] or row["types"] != index.moment[1]:
        catalog = await read_catalog(connection, columns.community_id, columns.catalog)
    if not catalog.keeps_windows_of(columns.catalog):
        raise IndexOutdated
    slots = await alone(columns.children.slots_of, touched)
    parts: list[Rows] = []
    if touched:
        sql = facts_of(touched, slots.tolist(), columns.community_id, columns.year, catalog)
        await Copied(FACT, parts.append).read(connection, sql)
    await alone(index.renew, catalog, slots, parts)


def _is_new(row: Record, index: Index) -> bool:
    return bool(row["children"]) or row["is_supply"] or row["types"] != index.moment[1]


def _moment(row: Record) -> tuple[str, str]:
    return row["snapshot"], row["types"]
