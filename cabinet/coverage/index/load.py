"""A new index, streamed from the base tables as they are in one snapshot, as the login that counts communities."""

import asyncio
from uuid import UUID

import numpy as np

from cabinet.coverage.index.catalog import Catalog, read_catalog
from cabinet.coverage.index.columns import Columns
from cabinet.coverage.index.copied import FACT, KEY, Copied, Rows
from cabinet.coverage.index.dates import Year
from cabinet.coverage.index.index import Index
from cabinet.coverage.index.spans import Array
from cabinet.coverage.index.statements import MOMENT, facts_of_all, keys_of_all
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login

_SECONDS = 600
"""A million children take a small part of it, on a machine that has nothing else to do."""
_PREPARE = (
    # The planner may know nothing yet of what was just loaded; a loop in a loop is never worth the risk.
    "SET LOCAL enable_nestloop = off",
    "SET LOCAL work_mem = '64MB'",
)


class IndexTooLarge(Exception):
    """A community needs more memory than its indexes may take."""


async def load(database: Database, community_id: UUID, year: Year, most_bytes: int) -> Index:
    """Load an index, on a connection of its own. Raises IndexTooLarge, OverflowError, or a CabinetError."""
    scope = Scope(Login.READER_AGGREGATE, (community_id,))
    async with database.apart(scope, _SECONDS) as connection:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for setting in _PREPARE:
                await connection.execute(setting)
            moment = await connection.fetchrow(MOMENT, community_id)
            catalog = await read_catalog(connection, community_id, Catalog())
            keys: list[Array] = [np.empty(0, "S16")]
            await Copied(KEY, lambda rows: keys.append(rows["key"])).read(connection, keys_of_all(community_id))
            columns = Columns(community_id, year, catalog, np.concatenate(keys))

            def take(rows: Rows) -> None:
                columns.take(rows)
                if columns.nbytes > most_bytes:
                    raise IndexTooLarge

            await Copied(FACT, take).read(connection, facts_of_all(community_id, year, catalog))
        await asyncio.to_thread(columns.settle)
    return Index(columns, (moment["snapshot"], moment["types"]))
