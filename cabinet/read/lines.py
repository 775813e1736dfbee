"""A whole list as the statement that COPY runs: for every row, its object in JSON or its cells."""

from collections.abc import Iterator
from typing import NamedTuple

from cabinet.read import plan
from cabinet.read.formats import cell_of, unquoted
from cabinet.read.json_text import absent
from cabinet.read.predicates import order_by, where
from cabinet.read.sql import Writer, if_there, opaque_id


class Cell(NamedTuple):
    """A column of the file, and the SQL expression of its text."""

    name: str
    sql: str


class LineWriter(Writer):
    """Writes one list of one root, without any page; its parameters are then in `predicates`."""

    def objects(self, page: plan.PageNode, node: plan.ObjectNode) -> str:
        alias, joins = self._alias(), list[str]()
        return self._lines(page, alias, str(self._object(node, alias, joins)), joins)

    def table(self, page: plan.PageNode, node: plan.ObjectNode) -> tuple[str, list[str]]:
        """Return the statement and the names of its columns."""
        alias, joins = self._alias(), list[str]()
        cells = list(self._cells(node, alias, joins))
        columns = ",\n".join(cell.sql for cell in cells)
        return self._lines(page, alias, columns, joins), [cell.name for cell in cells]

    def _lines(self, page: plan.PageNode, alias: str, columns: str, joins: list[str]) -> str:
        conditions = where(self.predicates.members(page, alias, None))
        order = order_by(page.window.order, page.table, alias)
        return f"SELECT {columns}\nFROM {page.table.name} {alias}{''.join(joins)}\n{conditions} ORDER BY {order}"

    def _cells(self, node: plan.ObjectNode, alias: str, joins: list[str]) -> Iterator[Cell]:
        """Yield the cells of an object; those of an object within it are named after both."""
        for key, field in node.fields:
            if isinstance(field, plan.ObjectField):
                own = self._joined(field, alias, joins)
                for cell in self._cells(field.node, own, joins):
                    missing = absent(field.place, nullable=field.nullable, null="NULL")
                    yield Cell(f"{key}.{cell.name}", if_there(field, own, cell.sql, missing))
            else:
                yield Cell(key, self._cell(node, field, alias))

    def _cell(self, node: plan.ObjectNode, field: plan.Field, alias: str) -> str:
        if isinstance(field, plan.ColumnField):
            return cell_of(node.table.c[field.column], field.format)(f"{alias}.{field.column}")
        if isinstance(field, plan.SaidField):
            value = unquoted(str)(self._said_value(field, alias))
            return value if field.nullable else f"coalesce({value}, {absent(field.place, nullable=False)})"
        if isinstance(field, plan.IdField):
            return opaque_id(field, alias)
        # What is left of an export's fields are those that are withheld.
        return "NULL"
