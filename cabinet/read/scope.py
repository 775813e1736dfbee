"""The policy's rows and columns, which every statement says; the database's row-level security says them again."""

from typing import Any

from sqlalchemy import ColumnElement, Table, false, null, or_

from cabinet.access import Grant
from cabinet.tables.catalog import is_about_children, is_shared

Condition = ColumnElement[bool]


def visible_rows(table: Table, grant: Grant) -> tuple[Condition, ...]:
    """Return the conditions that keep a statement within one community and the grant's own rows."""
    if is_shared(table):
        return ()
    own_community = table.c.community_id == grant.community_id
    return (own_community, _own_rows(table, grant)) if is_about_children(table) else (own_community,)


def _own_rows(table: Table, grant: Grant) -> Condition:
    sectors, organizations = list(grant.scope.sectors), list(grant.scope.organizations)
    if "sectors" in table.c:
        own = (table.c.sectors.overlap(sectors), table.c.organization_ids.overlap(organizations))
    else:
        own = (table.c.sector.in_(sectors), table.c.organization_id.in_(organizations))
    asked = [condition for condition, words in zip(own, (sectors, organizations), strict=True) if words]
    return or_(*asked) if asked else false()


def visible_columns(table: Table, grant: Grant) -> list[ColumnElement[Any]]:
    """Return the table's columns, NULL in the place of those whose label the grant does not see."""
    return [column if grant.sees(column.info["label"]) else null().label(column.name) for column in table.columns]


def key_columns(table: Table) -> list[str]:
    """Return the columns that tell a table's rows of one community apart; lists are given in their order."""
    return [column.name for column in table.primary_key if column.name != "community_id"] or ["community_id"]
