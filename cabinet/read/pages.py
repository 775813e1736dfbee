"""Pages of rows, read one list at a time: the ordinary way, beside the compiled one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, select

from cabinet import audit
from cabinet.access import Grant
from cabinet.db import Database, statement
from cabinet.read.rows import Row
from cabinet.read.scope import key_columns, visible_columns, visible_rows
from cabinet.read.windows import Window
from cabinet.tables.catalog import is_about_children
from cabinet.viewer import Viewer


@dataclass(frozen=True)
class Page:
    """Rows with what is needed to ask for the next ones."""

    database: Database
    grant: Grant
    table: Table
    window: Window
    nodes: Sequence[Row]
    has_next_page: bool

    async def total_count(self) -> int:
        """Count all rows of the list; asked for only when a query selects it."""
        members = _members(self.table, self.grant, self.window)
        query = select(func.count().label("total")).select_from(self.table).where(*members)
        rows = await self.database.fetch(self.grant.scope, query)
        total: int = rows[0]["total"]
        return total

    def cursor(self, row: Row) -> str:
        return self.window.order.cursor(row)


async def read_page(database: Database, viewer: Viewer, grant: Grant, table: Table, window: Window) -> Page:
    """Read one page of a table within the grant; a page of children's rows is audited with its own reading."""
    query = select(*visible_columns(table, grant)).where(*_members(table, grant, window))
    if window.after is not None:
        query = query.where(window.order.after(table, window.after, grant))
    sql, arguments = statement(query.order_by(*window.order.clauses(table)).limit(window.first + 1))
    async with database.transaction(grant.scope) as connection:
        rows = await connection.fetch(sql, *arguments)
        if is_about_children(table):
            detail = {"rows": min(len(rows), window.first), "level": grant.level}
            await audit.record(connection, viewer, grant.community_id, f"read {table.name}", detail)
    nodes = [Row(table, row, grant) for row in rows[: window.first]]
    return Page(database, grant, table, window, nodes, has_next_page=len(rows) > window.first)


async def read_rows(
    database: Database, grant: Grant, table: Table, column: str, keys: Sequence[UUID]
) -> list[Row]:
    """Read all rows of a table that name one of the keys in a column, by their own key; for short lists."""
    query = select(*visible_columns(table, grant)).where(table.c[column].in_(keys), *visible_rows(table, grant))
    query = query.order_by(*(table.c[name] for name in key_columns(table)))
    return [Row(table, row, grant) for row in await database.fetch(grant.scope, query)]


def _members(table: Table, grant: Grant, window: Window) -> list[ColumnElement[bool]]:
    """Return what holds for every row of a list, whatever the page."""
    return [*visible_rows(table, grant), *(condition.clause(table, grant) for condition in window.conditions)]
