"""What was committed since an index was last brought up to date: found by the change log, and read anew.

Every transaction that writes what is counted appends to the log. Which of them an index has not seen is told by
snapshots, whatever order they ended in; what they touched is read in the snapshot that becomes the index's own.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from cabinet.coverage.index.catalog import read_catalog
from cabinet.coverage.index.copied import Copied, Rows
from cabinet.coverage.index.facts import CHILD, FACTS, PARTS, Fact
from cabinet.coverage.index.index import Index
from cabinet.coverage.index.keys import KEY
from cabinet.coverage.index.numbering import Numbering
from cabinet.coverage.index.spans import Array
from cabinet.coverage.index.statements import CHANGES, LOOK, PREPARE, of_some
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
    row = await database.row(scope, LOOK, [community_id, index.moment[0]])
    if row["is_changed"] or row["types"] != index.moment[1]:
        async with database.transaction(scope, "repeatable_read") as connection:
            await connection.execute(f"SET TRANSACTION READ ONLY; {PREPARE}")
            row = await connection.fetchrow(CHANGES, community_id, index.moment[0])
            await _renew(connection, index, row, alone)
    index.moment = row["snapshot"], row["types"]


async def _renew(connection: Connection, index: Index, row: Record, alone: Alone) -> None:
    columns, touched = index.columns, _touched(row)
    if _count(touched) > max(_LEAST_MANY, len(columns.children) // _MANY):
        raise IndexOutdated
    catalog = columns.catalog
    if row["is_supply"] or row["types"] != index.moment[1]:
        catalog = await read_catalog(connection, columns.community_id, columns.catalog)
    if not catalog.keeps_windows_of(columns.catalog):
        raise IndexOutdated
    numbering = await Numbering.read(connection, columns.community_id, catalog)
    read = []
    for fact in FACTS:
        if fact.part in touched:
            sql = of_some(fact, touched[fact.part], columns.community_id, columns.year, catalog)
            read.append((fact, await _read(connection, sql, fact)))
    await alone(index.renew, catalog, numbering, touched, read)


async def _read(connection: Connection, sql: str, fact: Fact) -> Rows:
    rows: list[Rows] = [np.empty(0, fact.row)]
    await Copied(fact.row, rows.append).read(connection, sql)
    return np.concatenate(rows)


def _touched(row: Record) -> Mapping[str, Array]:
    """Return the keys of children by what of them is to be read: of one of whom anything may have changed, all."""
    by_part = {part: np.frombuffer(row[part] or b"", KEY) for part in PARTS}
    whole = by_part[CHILD]
    if len(whole):
        by_part = {part: np.union1d(whole, keys) for part, keys in by_part.items()}
    return {part: keys for part, keys in by_part.items() if len(keys)}


def _count(touched: Mapping[str, Array]) -> int:
    return len(np.unique(np.concatenate(list(touched.values())))) if touched else 0
