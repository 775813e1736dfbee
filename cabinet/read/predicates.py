"""Which rows a statement reads, as SQL: the policy's, the parent's, the filter's, the page's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from cabinet.access import Action
from cabinet.read.children import own_children_sql
from cabinet.read.filters import Condition, Test
from cabinet.read.order import Order
from cabinet.read.plan import PageNode
from cabinet.read.roots import Root
from cabinet.read.scope import key_columns
from cabinet.tables import child
from cabinet.tables.catalog import is_about_children, is_shared

Source = tuple[int, tuple[Any, ...]]
"""Where a parameter comes from: the number of the root field, and the name of its value there."""

Parent = tuple[str, str]
"""The alias of the row around, and the column that names it: of one name on both sides."""


class Predicates:
    """Writes conditions; `sources` then says, parameter by parameter, where the values come from."""

    def __init__(self, roots: Sequence[Root]) -> None:
        self.sources: dict[Source, int] = {}
        self.roots, self.at = roots, 0

    @property
    def root(self) -> Root:
        """Return the root field that is being written."""
        return self.roots[self.at]

    def param(self, *name: Any) -> str:
        return f"${self.sources.setdefault((self.at, name), len(self.sources) + 1)}"

    def rows(self, table: Table, alias: str, action: Action) -> list[str]:
        """Return the policy's rows: those of the own sectors and of the own organizations."""
        if not is_about_children(table):
            return []
        scope = self.root.grants[action].scope
        held = {"sectors": scope.sectors, "organizations": scope.organizations}
        asked = [_belongs(table, alias, kind, self.param(kind, action)) for kind, words in held.items() if words]
        return [f"({' OR '.join(asked)})" if asked else "false"]

    def row(self, table: Table, alias: str, action: Action) -> list[str]:
        """Return what holds for the one row that the root field names."""
        key = key_columns(table)[0]
        own = [] if key == "community_id" else [self._community(alias)]
        asked = self.param("key")
        found = f"= {asked}" if not self._refers(table, action) else f"IN {own_children_sql(f'ARRAY[{asked}]')}"
        return [*own, f"{alias}.{key} {found}", *self.rows(table, alias, action)]

    def members(self, page: PageNode, alias: str, parent: Parent | None) -> list[str]:
        """Return what holds for every row of a list, whatever the page."""
        if parent is not None:
            own = same(parent, alias)
        elif not is_shared(page.table):
            own = [self._community(alias)]
        else:
            own = []
        asked = [self._condition(page, alias, each, at) for at, each in enumerate(page.window.conditions)]
        return [*own, *self.rows(page.table, alias, page.action), *asked]

    def on_page(self, page: PageNode, alias: str, parent: Parent | None) -> list[str]:
        """Return what holds for the rows of this page beside: they come after the cursor's.

        The communities of a page were found before, so that what belongs to them is read in their scope.
        """
        found = parent is None and is_shared(page.table) and self.root.entry.communities
        return [*([self._community(alias)] if found else []), *self._after(page, alias)]

    def _after(self, page: PageNode, alias: str) -> list[str]:
        place, order = page.window.after, page.window.order
        if place is None:
            return []
        sign, key = "<" if order.descending else ">", key_columns(page.table)[0]
        last = self.param("after key", page.number)
        if self._refers(page.table, page.action):
            last = f"{own_children_sql(f'ARRAY[{last}]')[:-1]} LIMIT 1)"
        later = f"{alias}.{key} {sign} {last}"
        if order.column is None:
            return [later]
        column = f"{alias}.{order.column}"
        if place.value is None:
            return [f"{column} IS NULL", later]
        value = self.param("after value", page.number)
        empty = f" OR {column} IS NULL" if page.table.c[order.column].nullable else ""
        return [f"({column} {sign} {value} OR {column} = {value} AND {later}{empty})"]

    def _community(self, alias: str) -> str:
        if self.root.is_everywhere:
            return f"{alias}.community_id = ANY ({self.param('communities')})"
        return f"{alias}.community_id = {self.param('community')}"

    def _refers(self, table: Table, action: Action) -> bool:
        """Whether the rows are children, whom the viewer calls by references of its own."""
        return table is child and bool(self.root.grants[action].scope.references)

    def _condition(self, page: PageNode, alias: str, condition: Condition, at: int) -> str:
        column = f"{alias}.{condition.column}"
        if condition.names_children and self._refers(child, page.action):
            return f"{column} IN {own_children_sql(self.param('condition', page.number, at))}"
        if condition.is_single:
            return f"{column} = {self.param('only', page.number, at)}"
        value = self.param("condition", page.number, at)
        if condition.test is Test.ONE_OF:
            return f"{column} = ANY ({value})"
        if condition.test is Test.SINCE:
            return f"{column} >= {value}"
        if condition.test is Test.UNTIL:
            return f"{column} <= {value}"
        return f"{column} <= {value} AND ({alias}.ends IS NULL OR {alias}.ends >= {value})"


def same(parent: Parent, alias: str) -> list[str]:
    """Return what holds for the rows that name the row around."""
    outer, column = parent
    names = ["community_id"] if column == "community_id" else ["community_id", column]
    return [f"{alias}.{name} = {outer}.{name}" for name in names]


def order_by(order: Order, table: Table, alias: str) -> str:
    """Write the order; it is said where empty values come only if there can be any, or no index would do."""
    names = [order.column, *key_columns(table)] if order.column else key_columns(table)
    if not order.descending:
        return ", ".join(f"{alias}.{name}" for name in names)
    last = [" NULLS LAST" if table.c[name].nullable else "" for name in names]
    return ", ".join(f"{alias}.{name} DESC{each}" for name, each in zip(names, last, strict=True))


def cursor(page: PageNode, alias: str) -> str:
    """Write the place of a row in its list, as `cabinet.read.order` reads it."""
    order, key = page.window.order, f"{alias}.{key_columns(page.table)[0]}"
    if page.table is child:
        key = f"app_reference({key}, (app_references())[1])"
    parts = f"'{order.list_name(page.table)}' || E'\\n' || {key}"
    if order.column is not None:
        parts += f" || coalesce(E'\\n' || {alias}.{order.column}, '')"
    return f"app_opaque(convert_to({parts}, 'UTF8'))"


def where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _belongs(table: Table, alias: str, kind: str, value: str) -> str:
    """Say that a row is of one of the sectors or organizations; a child is of several."""
    if table.name == "child":
        return f"{alias}.{'sectors' if kind == 'sectors' else 'organization_ids'} && {value}"
    return f"{alias}.{'sector' if kind == 'sectors' else 'organization_id'} = ANY ({value})"
