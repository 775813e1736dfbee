"""What was committed since an index was last brought up to date: found by the change log, and read anew.

Every transaction that writes what is counted appends to the log. Which of them an index has not seen is told by
snapshots, whatever order they ended in; what they touched is read in the snapshot that becomes the index's own.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from cabinet.coverage.index.catalog import read_catalog
from cabinet.coverage.index.copied import FACT, Copied, Rows
from cabinet.coverage.index.index import Index, Moment
from cabinet.coverage.index.statements import CHANGES, CHILD, ENCOUNTERS, ENROLLMENTS, NEEDS, facts_of
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
    columns, children = index.columns, _touched(row)
    if len(set().union(*children.values())) > max(_LEAST_MANY, len(columns.children) // _MANY):
        raise IndexOutdated
    catalog = columns.catalog
    if row["is_supply"] or row["types"] != index.moment[1]:
        catalog = await read_catalog(connection, columns.community_id, columns.catalog)
    if not catalog.keeps_windows_of(columns.catalog):
        raise IndexOutdated
    touched = {part: await alone(columns.children.slots_of, some) for part, some in children.items()}
    read: list[Rows] = []
    if touched:
        sql = facts_of(touched, columns.community_id, columns.year, catalog)
        await Copied(FACT, read.append).read(connection, sql)
    await alone(index.renew, catalog, touched, read)


def _touched(row: Record) -> Mapping[str, Sequence[UUID]]:
    """Return the children by what of them is to be read: of one of whom anything may have changed, everything."""
    whole = set(row[CHILD] or ())
    by_part = {part: whole.union(row[part] or ()) for part in (CHILD, ENROLLMENTS, NEEDS, ENCOUNTERS)}
    return {part: sorted(children) for part, children in by_part.items() if children}


def _is_new(row: Record, index: Index) -> bool:
    return bool(_touched(row)) or row["is_supply"] or row["types"] != index.moment[1]


def _moment(row: Record) -> Moment:
    return row["snapshot"], row["types"]
