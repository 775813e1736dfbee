"""Fields that reach other rows, each declared in one line for the resolvers and the compiler alike."""

from collections.abc import Callable
from typing import Any

import strawberry
from sqlalchemy import Table

from cabinet.read.relations import READ, Many, One, Pages, Relation, Said, action_of
from cabinet.read.rows import Row
from cabinet.tables import community
from resolvers import rows as resolve
from schema.filters import FILTERS, ORDERS


def one(table: Table, graphql_type: Any, *, column: str | None = None, description: str | None = None) -> Any:
    """Declare the row of `table` that a column of this row names."""
    relation = One(table, column or table.info["key"])
    return _field(resolve.one(relation), relation, graphql_type, description)


def many(table: Table, column: str, graphql_type: Any, description: str | None = None) -> Any:
    """Declare the rows of `table` that name this row in a column; for lists that are short by nature."""
    relation = Many(table, column)
    return _field(resolve.many(relation), relation, graphql_type, description)


def pages(table: Table, graphql_type: Any, column: str | None = None, description: str | None = None) -> Any:
    """Declare a list with pages: of the rows that name this row in a column or, at the root, of a community."""
    relation = Pages(table, None if table is community else action_of(table), column)
    resolver = resolve.pages(relation, FILTERS[table], ORDERS.get(table))
    return _field(resolver, relation, graphql_type, description)


def said(
    relation: Said, put_together: Callable[[list[Row]], Any], graphql_type: Any, description: str | None = None
) -> Any:
    """Declare a value of the viewer's own sources; `put_together` does in Python what the relation does in SQL."""
    return _field(resolve.said(relation, put_together), relation, graphql_type, description)


def _field(resolver: Any, relation: Relation, graphql_type: Any, description: str | None) -> Any:
    return strawberry.field(
        resolver=resolver, graphql_type=graphql_type, description=description, metadata={READ: relation}
    )
