"""The lists that can be had whole: those of a community under their names in the API, and those of a child."""

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type, parse

from cabinet.access import Action
from cabinet.errors import NotFound
from cabinet.read.document import Document
from cabinet.read.fields import Fields, Reach, Reads, RowType, node_type, relation_of
from cabinet.read.plan import IdField, ListField, NotCompiled, ObjectField, ObjectNode, Planner
from cabinet.read.relations import Many, One, Pages
from cabinet.read.selection import Selected, select
from cabinet.read.variables import Variables
from cabinet.tables.catalog import is_about_children

_SHOWN = ("id", "code")
"""What is said of a row that another one names."""


@dataclass(frozen=True)
class Listing:
    """A list, the filter it takes, and the columns of its rows; with `part`, the rows below them in that field."""

    name: str
    row: RowType
    action: Action
    filter: GraphQLInputObjectType
    selected: Selected
    part: str | None = None

    def plan(self, planner: Planner) -> ObjectNode:
        """Plan a row; one of a part begins with the id of the row it belongs to."""
        node = planner.node(self.selected, self.action, self.row)
        if self.part is None:
            return node
        inner = dict(node.fields)[self.part]
        if not isinstance(inner, ListField):
            raise NotCompiled
        owner = ObjectNode(node.table, node.action, (("id", IdField(node.table)),))
        name = node.table.name
        belongs = ObjectField(inner.column, owner, f"{self.part}.{name}", nullable=False)
        return ObjectNode(inner.node.table, node.action, ((name, belongs), *inner.node.fields))


class Listings:
    """Finds a list by its name."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.by_name = {each.name: each for type_ in ("Query", "Community") for each in self._of(type_)}

    def find(self, name: str) -> Listing:
        """Raise NotFound for what is no list."""
        if name not in self.by_name:
            raise NotFound(f"There is no list `{name}`.", hint=f"There are: {', '.join(self.by_name)}.")
        return self.by_name[name]

    def _of(self, type_name: str) -> Iterator[Listing]:
        """Yield the lists that a type has of one community's rows."""
        type_ = self.fields.schema.get_type(type_name)
        definitions = type_.fields if isinstance(type_, GraphQLObjectType) else {}
        for name, definition in definitions.items():
            relation, row = relation_of(definition), self.fields.rows.get(node_type(definition).name)
            kind = get_named_type(definition.args["filter"].type) if "filter" in definition.args else None
            if (
                isinstance(relation, Pages)
                and relation.action
                and row
                and isinstance(kind, GraphQLInputObjectType)
            ):
                yield Listing(name, row, relation.action, kind, self._selected(row, _columns(row)))
                yield from self._parts(row, relation.action, kind)

    def _parts(self, row: RowType, action: Action, kind: GraphQLInputObjectType) -> Iterator[Listing]:
        """Yield the short lists of a child: they have no place in a row of cells."""
        if not is_about_children(row.table):
            return
        for part, read in row.reads.items():
            if isinstance(read, Reach) and isinstance(read.relation, Many):
                columns = f"id {part} {{ {_columns(self.fields.rows[read.type.name])} }}"
                yield Listing(part, row, action, kind, self._selected(row, columns), part)

    def _selected(self, row: RowType, columns: str) -> Selected:
        """Select columns as a query by id would, so that they are planned and masked by the same code."""
        text = f'{{ node(id: "") {{ ... on {row.name} {{ {columns} }} }} }}'
        schema, document = self.fields.schema, Document(text, parse(text))
        return select(schema, document, Variables(schema, document, {}, hide_suggestions=True)).fields[0]


def _columns(row: RowType) -> str:
    """Return what a query asks for to have the columns of a row's own type."""
    return " ".join(_column(name, read) for name, read in row.reads.items() if not _is_list(read))


def _is_list(read: Reads) -> bool:
    return isinstance(read, Reach) and isinstance(read.relation, Many | Pages)


def _column(name: str, read: Reads) -> str:
    if isinstance(read, Reach) and isinstance(read.relation, One) and isinstance(read.type, GraphQLObjectType):
        return f"{name} {{ {' '.join(each for each in _SHOWN if each in read.type.fields)} }}"
    return name
