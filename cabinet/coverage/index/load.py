"""A new index, streamed from the base tables as they are in one snapshot, as the login that counts communities."""

import asyncio
from uuid import UUID

import numpy as np

from cabinet.coverage.index.catalog import Catalog, read_catalog
from cabinet.coverage.index.columns import Columns
from cabinet.coverage.index.copied import Copied, Rows
from cabinet.coverage.index.dates import Year
from cabinet.coverage.index.facts import BY_SEVERAL, FACTS, Fact
from cabinet.coverage.index.index import Index
from cabinet.coverage.index.numbering import Numbering
from cabinet.coverage.index.statements import MOMENT, PREPARE, of_all
from cabinet.db import Connection, Database
from cabinet.scope import Scope
from cabinet.tables.security import Login

_SECONDS = 600
"""A million children take a small part of it, on a machine that has nothing else to do."""


class IndexTooLarge(Exception):
    """A community needs more memory than its indexes may take."""


async def load(database: Database, community_id: UUID, year: Year, most_bytes: int) -> Index:
    """Load an index, on a connection of its own. Raises IndexTooLarge, OverflowError, or a CabinetError."""
    scope = Scope(Login.READER_AGGREGATE, (community_id,))
    async with (
        database.apart(scope, _SECONDS) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(PREPARE)
        moment = await connection.fetchrow(MOMENT, community_id)
        catalog = await read_catalog(connection, community_id, Catalog())
        numbering = await Numbering.read(connection, community_id, catalog)
        columns = Columns(community_id, year, catalog)
        for fact in FACTS:
            await _fill(connection, columns, fact, numbering, most_bytes)
    await asyncio.to_thread(columns.arrange)
    return Index(columns, (moment["snapshot"], moment["types"]))


async def _fill(
    connection: Connection, columns: Columns, fact: Fact, numbering: Numbering, most_bytes: int
) -> None:
    waiting: list[Rows] = []

    def take(rows: Rows) -> None:
        if fact in BY_SEVERAL:
            waiting.append(rows)
        else:
            columns.take(fact, rows, numbering)
        if columns.nbytes > most_bytes:
            raise IndexTooLarge

    await Copied(fact.row, take).read(
        connection, of_all(fact, columns.community_id, columns.year, columns.catalog)
    )
    if waiting:
        await asyncio.to_thread(columns.take, fact, np.concatenate(waiting), numbering)
