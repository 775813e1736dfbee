"""The tree of a plan as one SQL statement: a column of finished JSON text for every root field.

JSON is put together by concatenation, the fastest way PostgreSQL has. A NULL in it would make the whole vanish
without a word, so that every value that may be NULL is caught where it stands. Every node repeats the policy's
rows, and the database's own row-level security holds behind it.
"""

from collections.abc import Sequence
from itertools import count

from sqlalchemy import Table

from cabinet.access import Action
from cabinet.read import plan
from cabinet.read.json_text import Json, absent, quoted_or_null
from cabinet.read.predicates import Parent, Predicates, cursor, order_by, same, where
from cabinet.read.roots import Part, Root
from cabinet.read.scope import key_columns
from cabinet.tables.catalog import is_about_children


class Writer:
    """Writes one statement; the sources of its parameters are then in `predicates`."""

    def __init__(self, roots: Sequence[Root]) -> None:
        self.predicates = Predicates(roots)
        self._aliases = count()
        self._common: list[str] = []

    def statement(self, parts: Sequence[Part]) -> str:
        columns = [self._root(number, part) for number, part in enumerate(parts)]
        common = "WITH " + ",\n".join(self._common) + "\n" if self._common else ""
        return f"{common}SELECT\n" + ",\n".join(f"({column})" for column in columns)

    def _root(self, number: int, part: Part) -> str:
        self.predicates.at = number
        return self._page(part.node, None) if isinstance(part.node, plan.PageNode) else self._row(part.node)

    def _alias(self) -> str:
        return f"t{next(self._aliases)}"

    # Objects

    def _row(self, node: plan.ObjectNode) -> str:
        alias, joins = self._alias(), list[str]()
        conditions = self.predicates.row(node.table, alias, node.action)
        source = f"SELECT * FROM {node.table.name} {alias}{where(conditions)}"
        from_ = self._audited(node.table, node.action, source, 1)
        return f"SELECT {self._object(node, alias, joins)}\nFROM {from_} {alias}{''.join(joins)}"

    def _object(self, node: plan.ObjectNode, alias: str, joins: list[str]) -> Json:
        json = Json().text("{")
        for key, field in node.fields:
            self._field(json.key(key), field, alias, joins)
        return json.text("}")

    def _field(self, json: Json, field: plan.Field, alias: str, joins: list[str]) -> None:
        if isinstance(field, plan.Constant):
            json.text(field.json)
        elif isinstance(field, plan.ColumnField):
            value = field.format(f"{alias}.{field.column}")
            json.sql(f"coalesce({value}, 'null')" if field.nullable else value)
        elif isinstance(field, plan.IdField):
            json.text('"').sql(opaque_id(field, alias)).text('"')
        elif isinstance(field, plan.SaidField):
            json.sql(self._said(field, alias))
        elif isinstance(field, plan.ObjectField):
            json.sql(self._one(field, alias, joins))
        elif isinstance(field, plan.ListField):
            json.sql(f"({self._list(field, alias)})")
        else:
            json.sql(f"({self._page(field.page, (alias, field.column))})")

    def _said(self, field: plan.SaidField, alias: str) -> str:
        return f"coalesce({self._said_value(field, alias)}, {absent(field.place, nullable=field.nullable)})"

    def _said_value(self, field: plan.SaidField, alias: str) -> str:
        said, own = field.said, "source"
        conditions = [*same((alias, said.column), own), *self.predicates.rows(said.table, own, field.action)]
        return f"(SELECT {said.value} FROM {said.table.name} {own}{said.joined}{where(conditions)})"

    def _one(self, field: plan.ObjectField, alias: str, joins: list[str]) -> str:
        own = self._joined(field, alias, joins)
        json = self._object(field.node, own, joins)
        return if_there(field, own, str(json), absent(field.place, nullable=field.nullable))

    def _joined(self, field: plan.ObjectField, alias: str, joins: list[str]) -> str:
        """Join the one row that a column names, as far as the policy shows it, and return its alias."""
        own, table = self._alias(), field.node.table
        key = key_columns(table)[0]
        conditions = [f"{own}.community_id = {alias}.community_id", f"{own}.{key} = {alias}.{field.column}"]
        conditions += self.predicates.rows(table, own, field.node.action)
        joins.append(f"\nLEFT JOIN {table.name} {own} ON {' AND '.join(conditions)}")
        return own

    def _list(self, field: plan.ListField, alias: str) -> str:
        own, table, joins = self._alias(), field.node.table, list[str]()
        conditions = [*same((alias, field.column), own), *self.predicates.rows(table, own, field.node.action)]
        json = self._object(field.node, own, joins)
        order = ", ".join(f"{own}.{name}" for name in key_columns(table))
        items = f"coalesce('[' || string_agg({json}, ',' ORDER BY {order}) || ']', '[]')"
        return f"SELECT {items}\nFROM {table.name} {own}{''.join(joins)}\n{where(conditions).strip()}"

    # Pages

    def _page(self, page: plan.PageNode, parent: Parent | None) -> str:
        alias, joins = self._alias(), list[str]()
        if not page.reads_rows:
            return self._counted(page, parent)
        order = order_by(page.window.order, page.table, alias)
        number = f", row_number() OVER (ORDER BY {order}) AS row_number" if page.peeks else ""
        conditions = [*self.predicates.members(page, alias, parent), *self.predicates.on_page(page, alias, parent)]
        source = (
            f"SELECT {alias}.*{number} FROM {page.table.name} {alias}{where(conditions)}"
            f" ORDER BY {order} LIMIT {page.window.first + page.peeks}"
        )
        from_ = self._from(page, source, parent)
        json = self._connection(page, alias, joins, parent)
        # One row comes of any number of them, also where nothing is asked that sums them up: `{ __typename }`.
        return f"SELECT {json}\nFROM {from_} {alias}{''.join(joins)}\nHAVING true"

    def _counted(self, page: plan.PageNode, parent: Parent | None) -> str:
        """Write a connection of which only the number of rows is asked for; with a filter, that tells too."""
        if parent is not None:
            self._audit_within(page)
        elif is_about_children(page.table):
            self._audit(page.table, page.action, "'rows', 0")
        return f"SELECT {self._connection(page, '', [], parent)}"

    def _connection(self, page: plan.PageNode, alias: str, joins: list[str], parent: Parent | None) -> Json:
        json = Json().text("{")
        for key, part in page.fields:
            json.key(key)
            if isinstance(part, plan.Constant):
                json.text(part.json)
            elif isinstance(part, plan.Nodes):
                json.sql(_items(page, alias, self._object(part.node, alias, joins)))
            elif isinstance(part, plan.Edges):
                json.sql(_items(page, alias, self._edge(page, part, alias, joins)))
            elif isinstance(part, plan.PageInfo):
                _page_info(json, page, part, alias)
            else:
                json.sql(self._total(page, parent))
        return json.text("}")

    def _edge(self, page: plan.PageNode, part: plan.Edges, alias: str, joins: list[str]) -> Json:
        json = Json().text("{")
        for key, each in part.fields:
            json.key(key)
            if isinstance(each, plan.Constant):
                json.text(each.json)
            elif isinstance(each, plan.Cursor):
                json.text('"').sql(cursor(page, alias)).text('"')
            else:
                json.sql(self._object(each, alias, joins))
        return json.text("}")

    def _total(self, page: plan.PageNode, parent: Parent | None) -> str:
        alias = self._alias()
        conditions = self.predicates.members(page, alias, parent)
        return f"(SELECT count(*) FROM {page.table.name} {alias}{where(conditions)})::text"

    # The audit, in the statement of the reading itself

    def _from(self, page: plan.PageNode, source: str, parent: Parent | None) -> str:
        if parent is None:
            return self._audited(page.table, page.action, source, page.window.first)
        self._audit_within(page)
        return f"({source})"

    def _audit_within(self, page: plan.PageNode) -> None:
        """Audit a list of children's rows that stands within each of other rows."""
        if is_about_children(page.table):
            self._audit(page.table, page.action, f"'within', 'each {self.predicates.root.entry.start.table.name}'")

    def _audited(self, table: Table, action: Action, source: str, first: int) -> str:
        """Read rows about children once, count them into the audit, and return what to select from."""
        if not is_about_children(table):
            return f"({source})"
        name = f"rows_{len(self._common)}"
        self._common.append(f"{name} AS MATERIALIZED ({source})")
        self._audit(table, action, f"'rows', (SELECT least(count(*), {first}) FROM {name})")
        return name

    def _audit(self, table: Table, action: Action, detail: str) -> None:
        level = self.predicates.root.grants[action].level
        who = (f"{self.predicates.param(name)}::{type_}" for name, type_ in _WHO.items())
        self._common.append(
            f"audit_{len(self._common)} AS (INSERT INTO audit_event (community_id, subject, roles, action, detail)"
            f" SELECT {', '.join(who)}, 'read {table.name}', jsonb_build_object('level', '{level}', {detail}))"
        )


_WHO = {"community": "uuid", "subject": "text", "roles": "text"}


def opaque_id(field: plan.IdField, alias: str) -> str:
    return f"app_id('{field.table.name}', {alias}.community_id, {alias}.{key_columns(field.table)[0]})"


def if_there(field: plan.ObjectField, alias: str, value: str, otherwise: str) -> str:
    """Write a value of the row that was joined, and something else where there is none."""
    return f"CASE WHEN {alias}.{key_columns(field.node.table)[0]} IS NULL THEN {otherwise} ELSE {value} END"


def _items(page: plan.PageNode, alias: str, item: Json) -> str:
    """Write the rows that are given as a list, in their order."""
    order = f"{alias}.row_number" if page.peeks else order_by(page.window.order, page.table, alias)
    within = f" FILTER (WHERE {order} <= {page.window.first})" if page.peeks else ""
    return f"coalesce('[' || string_agg({item}, ',' ORDER BY {order}){within} || ']', '[]')"


def _page_info(json: Json, page: plan.PageNode, part: plan.PageInfo, alias: str) -> None:
    row, first, place = f"{alias}.row_number", page.window.first, cursor(page, alias)
    last = f"(array_agg({place} ORDER BY {row} DESC) FILTER (WHERE {row} <= {first}))[1]"
    json.text("{")
    for key, name in part.fields:
        json.key(key)
        if name == "hasNextPage":
            json.sql(f"(count(*) > {first})::text")
        elif name == "hasPreviousPage":
            json.text("true" if page.window.after else "false")
        elif name == "startCursor":
            json.sql(quoted_or_null(f"max({place}) FILTER (WHERE {row} = 1)"))
        elif name == "endCursor":
            json.sql(quoted_or_null(last))
        else:
            json.text('"PageInfo"')
    json.text("}")
