"""Pages of rows, in the order of their keys: keyset cursors survive inserts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, null, select

from cabinet import audit
from cabinet.access import Grant
from cabinet.db import Database, statement
from cabinet.errors import InputInvalid
from cabinet.read.rows import Row, opaque, opened
from cabinet.tables.catalog import Holds
from cabinet.viewer import Viewer

MAX_PAGE = 100
DEFAULT_PAGE = 50

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Window:
    """Which page: the first `first` rows after the row of the cursor `after`."""

    first: int = DEFAULT_PAGE
    after: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.first <= MAX_PAGE:
            raise InputInvalid(f"`first` is between 1 and {MAX_PAGE}.")


@dataclass(frozen=True)
class Page:
    """Rows with what is needed to ask for the next ones."""

    database: Database
    grant: Grant
    table: Table
    conditions: tuple[Condition, ...]
    nodes: Sequence[Row]
    has_next_page: bool
    has_previous_page: bool

    async def total_count(self) -> int:
        """Count all rows of the list; asked for only when a query selects it."""
        query = select(func.count().label("total")).select_from(self.table).where(*self.conditions)
        rows = await self.database.fetch(self.grant.scope, query)
        total: int = rows[0]["total"]
        return total


@dataclass(frozen=True)
class Reading:
    """Who reads and what for, written into the audit with the rows' own transaction."""

    viewer: Viewer
    action: str


async def read_page(
    database: Database,
    grant: Grant,
    table: Table,
    window: Window,
    *conditions: Condition,
    reading: Reading | None = None,
) -> Page:
    """Read one page of a table within the grant, masked columns left out in the database itself."""
    key = table.c[table.info["key"]]
    every = (*conditions, *_own_community(table, grant))
    query = select(*visible_columns(table, grant)).where(*every).order_by(key).limit(window.first + 1)
    if window.after is not None:
        query = query.where(key > decode_cursor(window.after))
    sql, arguments = statement(query)
    async with database.transaction(grant.scope) as connection:
        rows = await connection.fetch(sql, *arguments)
        if reading is not None:
            detail = {"rows": min(len(rows), window.first), "level": grant.level}
            await audit.record(connection, reading.viewer, grant.community_id, reading.action, detail)
    return Page(
        database,
        grant,
        table,
        every,
        [Row(table, row, grant) for row in rows[: window.first]],
        has_next_page=len(rows) > window.first,
        has_previous_page=window.after is not None,
    )


async def read_rows(database: Database, grant: Grant, table: Table, *conditions: Condition) -> list[Row]:
    """Read all rows of a table that meet the conditions, by key; for lists that are short by nature."""
    query = select(*visible_columns(table, grant)).where(*conditions, *_own_community(table, grant))
    if table.info["key"]:
        query = query.order_by(table.c[table.info["key"]])
    return [Row(table, row, grant) for row in await database.fetch(grant.scope, query)]


def visible_columns(table: Table, grant: Grant) -> list[ColumnElement[Any]]:
    """Return the table's columns, NULL in the place of those whose label the grant does not see."""
    return [column if grant.sees(column.info["label"]) else null().label(column.name) for column in table.columns]


def _own_community(table: Table, grant: Grant) -> tuple[Condition, ...]:
    """Ask for one community's rows, as every statement does; communities themselves are everybody's."""
    if table.info["holds"] in (Holds.COMMUNITY, Holds.REFERENCE):
        return ()
    return (table.c.community_id == grant.community_id,)


def encode_cursor(row: Row) -> str:
    return opaque(row.key.bytes)


def decode_cursor(text: str) -> UUID:
    try:
        return UUID(bytes=opened(text))
    except ValueError as error:
        raise InputInvalid("This cursor was not made by this server.") from error
