"""From a count to the children behind it: for who may read their rows, and for nobody else.

Coverage says which children a count is of, by the very statement it counts with; their rows are read as any list
of children is, with the columns that the policy shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from cabinet import audit
from cabinet.access import Action, Grant, grant
from cabinet.coverage.asking import asking
from cabinet.coverage.cell import Cell, find_children
from cabinet.coverage.named import LookUp
from cabinet.db import Connection, Database, statement
from cabinet.errors import Forbidden
from cabinet.read.children import own_children
from cabinet.read.order import BY_KEY, Place
from cabinet.read.pages import Page
from cabinet.read.rows import Row
from cabinet.read.scope import visible_columns, visible_rows
from cabinet.read.windows import Window
from cabinet.tables import child
from cabinet.viewer import Viewer

_BEHIND_ALL = UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Behind(Page):
    """A page of the children behind a count, of whom there are `total` in all."""

    total: int

    async def total_count(self) -> int:
        return self.total


async def children_behind(
    database: Database, viewer: Viewer, community_id: UUID, cell: Cell, first: int, after: str | None
) -> Behind:
    """Return the children that a count of coverage is of, by key; audited with the question.

    There are as many as coverage says to the same viewer of the same day. Raises Forbidden before anything else is
    looked at, then InputInvalid.
    """
    rows, counts = _grants(viewer, community_id)
    place = BY_KEY.place(after, child) if after is not None else None
    async with database.transaction(counts.scope, "repeatable_read") as connection:
        population = await LookUp(connection, community_id).resolve(cell.population)
        cell = replace(cell, population=population)
        asked = await asking(connection, counts)
        last = None if place is None else await _key(connection, counts, place)
        found = await find_children(connection, cell, asked, first + 1, last)
        nodes = await _rows(connection, rows, found.children[:first])
        detail = {**_asked(cell), "level": counts.level, "rows": len(nodes), "of": found.total}
        await audit.record(connection, viewer, community_id, "read child behind a count", detail)
    has_more = len(found.children) > first
    return Behind(database, rows, child, Window(first, place), nodes, has_more, found.total)


def _grants(viewer: Viewer, community_id: UUID) -> tuple[Grant, Grant]:
    """Return what the rows are read by, and what the count was shown by. Raises Forbidden."""
    rows, counts = (grant(viewer, community_id, each) for each in (Action.READ_CHILDREN, Action.READ_COVERAGE))
    if not counts.is_exact:
        raise Forbidden(
            "Your counts are of all children of the community, whose rows you do not read.",
            hint="Who is a steward or an agency and nothing else counts the children it reads, and opens these.",
        )
    return rows, counts


async def _key(connection: Connection, granted: Grant, place: Place) -> UUID:
    """Return the key that a cursor means; behind one that means no child of the viewer's, there is nobody."""
    if not granted.scope.references:
        return place.key
    sql, arguments = statement(own_children([place.key]).limit(1))
    return await connection.fetchval(sql, *arguments) or _BEHIND_ALL


async def _rows(connection: Connection, granted: Grant, keys: Sequence[UUID]) -> list[Row]:
    query = select(*visible_columns(child, granted)).where(
        *visible_rows(child, granted), child.c.child_id.in_(keys)
    )
    sql, arguments = statement(query.order_by(child.c.child_id))
    return [Row(child, row, granted) for row in await connection.fetch(sql, *arguments)]


def _asked(cell: Cell) -> dict[str, object]:
    return {
        "count": cell.count,
        "service": cell.service,
        "as_of": cell.as_of,
        "where": [f"{dimension} {value}" for dimension, value in cell.where],
        "tabulation": cell.approach,
        "population": repr(cell.population),
    }
