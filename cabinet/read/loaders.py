"""Rows by key and rows that refer to a row, read once for all that ask in the same breath."""

from asyncio import shield
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from strawberry.dataloader import DataLoader

from cabinet.access import Grant
from cabinet.db import Database
from cabinet.read.pages import read_rows
from cabinet.read.rows import Row


class Loaders:
    """The loaders of one request; never shared between viewers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._loaders: dict[tuple[Any, ...], DataLoader[UUID, Any]] = {}

    async def one(self, grant: Grant, table: Table, key: UUID | None) -> Row | None:
        """Read a row by its key; None for no key and for a row out of scope."""
        if key is None:
            return None
        found: list[Row] = await self._load(grant, table, table.info["key"], key)
        return found[0] if found else None

    async def many(self, grant: Grant, table: Table, column: str, key: UUID) -> list[Row]:
        """Read the rows of `table` whose `column` is the key."""
        return await self._load(grant, table, column, key)

    async def _load(self, grant: Grant, table: Table, column: str, key: UUID) -> list[Row]:
        # Several fields wait for the same rows; one that is given up must not take them away from the others.
        rows: list[Row] = await shield(self._loader(grant, table, column).load(key))
        return rows

    def _loader(self, grant: Grant, table: Table, column: str) -> DataLoader[UUID, Any]:
        name = (grant, table.name, column)
        if name not in self._loaders:

            async def load(keys: list[UUID]) -> Sequence[list[Row]]:
                rows = await read_rows(self.database, grant, table, column, keys)
                grouped: defaultdict[UUID, list[Row]] = defaultdict(list)
                for row in rows:
                    grouped[row.values[column]].append(row)
                return [grouped[key] for key in keys]

            self._loaders[name] = DataLoader(load_fn=load)
        return self._loaders[name]
