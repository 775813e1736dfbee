"""A root field as a small tree of what is read: every node with its table, the policy's rows and its columns.

Planning either succeeds wholly or is given up with NotCompiled, and the ordinary resolvers answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import Table

from cabinet.access import Action, Grant
from cabinet.read.fields import Fields, OpaqueId, OwnColumn, Reach, RowType
from cabinet.read.formats import Format
from cabinet.read.relations import Many, One, Pages, Said
from cabinet.read.selection import Selected
from cabinet.read.windows import Window


class NotCompiled(Exception):
    """This selection holds something that is not rows, or that cannot be answered without complaint."""


@dataclass(frozen=True)
class Constant:
    """The same JSON text for every row."""

    json: str


@dataclass(frozen=True)
class ColumnField:
    column: str
    format: Format
    place: str
    nullable: bool


@dataclass(frozen=True)
class IdField:
    table: Table


@dataclass(frozen=True)
class SaidField:
    said: Said
    action: Action
    place: str
    nullable: bool


@dataclass(frozen=True)
class ObjectField:
    """The one row that `column` of this row names."""

    column: str
    node: "ObjectNode"
    place: str
    nullable: bool


@dataclass(frozen=True)
class ListField:
    """Every row whose `column` names this row."""

    column: str
    node: "ObjectNode"


@dataclass(frozen=True)
class PageField:
    """A page of the rows whose `column` names this row."""

    column: str
    page: "PageNode"


Field: TypeAlias = Constant | ColumnField | IdField | SaidField | ObjectField | ListField | PageField


@dataclass(frozen=True)
class ObjectNode:
    """A row of a table as an object: its response keys with what stands under them."""

    table: Table
    action: Action
    fields: tuple[tuple[str, Field], ...]


@dataclass(frozen=True)
class Nodes:
    """The rows of a page."""

    node: ObjectNode


@dataclass(frozen=True)
class Cursor:
    """The place of a row in its list."""


@dataclass(frozen=True)
class Edges:
    """The rows of a page, each within an edge of these fields."""

    fields: tuple[tuple[str, "Constant | Cursor | ObjectNode"], ...]


@dataclass(frozen=True)
class PageInfo:
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TotalCount:
    pass


PagePart: TypeAlias = Constant | Nodes | Edges | PageInfo | TotalCount


@dataclass(frozen=True)
class PageNode:
    """A page of rows: the parts of its connection. `number` tells its arguments from those of other pages."""

    table: Table
    action: Action
    window: Window
    number: int
    fields: tuple[tuple[str, PagePart], ...]

    @property
    def peeks(self) -> bool:
        """Whether one row more is read than is given: only so is it known whether there is a next page."""
        return any(isinstance(part, PageInfo) for _, part in self.fields)

    @property
    def reads_rows(self) -> bool:
        """Whether any row is looked at, beside counting them."""
        return any(isinstance(part, Nodes | Edges | PageInfo) for _, part in self.fields)


class Planner:
    """Plans one root field for the grants that its actions have."""

    def __init__(self, fields: Fields, grants: Mapping[Action, Grant], windows: Mapping[Selected, Window]) -> None:
        self.fields, self.grants, self.windows = fields, grants, windows
        self.withheld: dict[str, None] = {}
        self._numbers = {selected: number for number, selected in enumerate(windows)}

    def page(self, selected: Selected, table: Table, action: Action) -> PageNode:
        """Plan a connection."""
        fields = tuple((each.key, self._part(each, action)) for each in selected.own_fields())
        return PageNode(table, action, self.windows[selected], self._numbers[selected], fields)

    def _part(self, each: Selected, action: Action) -> PagePart:
        if each.name == "nodes":
            return Nodes(self.node(each, action))
        if each.name == "edges":
            return Edges(tuple((inner.key, self._edge(inner, action)) for inner in each.own_fields()))
        if each.name == "pageInfo":
            return PageInfo(tuple((inner.key, inner.name) for inner in each.own_fields()))
        return TotalCount() if each.name == "totalCount" else self._typename(each)

    def _edge(self, each: Selected, action: Action) -> "Constant | Cursor | ObjectNode":
        if each.name == "node":
            return self.node(each, action)
        return Cursor() if each.name == "cursor" else self._typename(each)

    def node(self, selected: Selected, action: Action, row: RowType | None = None) -> ObjectNode:
        """Plan the rows a field leads to; the row type is said where the field's own type leaves it open."""
        row = row or self._row_type(selected)
        fields = tuple((each.key, self._field(each, row, action)) for each in selected.fields(row.type))
        return ObjectNode(row.table, action, fields)

    def _row_type(self, selected: Selected) -> RowType:
        type_ = get_named_type(selected.definition.type) if selected.definition else None
        found = self.fields.rows.get(type_.name) if isinstance(type_, GraphQLObjectType) else None
        if found is None:
            raise NotCompiled
        return found

    def _field(self, each: Selected, row: RowType, action: Action) -> Field:
        if each.definition is None:
            return self._typename(each)
        read, place = row.reads.get(each.name), f"{row.name}.{each.name}"
        nullable = each.is_nullable
        if isinstance(read, OpaqueId):
            return IdField(row.table)
        if isinstance(read, OwnColumn):
            if not self._sees(action, row.table, read.column.name):
                return self._masked(place, nullable=nullable)
            return ColumnField(read.column.name, read.format, place, nullable)
        if isinstance(read, Reach):
            return self._reach(each, read, action, place)
        raise NotCompiled

    def _reach(self, each: Selected, reach: Reach, action: Action, place: str) -> Field:
        relation, nullable = reach.relation, each.is_nullable
        if isinstance(relation, One):
            return ObjectField(relation.column, self.node(each, action), place, nullable)
        if isinstance(relation, Many):
            return ListField(relation.column, self.node(each, action))
        if isinstance(relation, Pages) and relation.column and relation.action:
            return PageField(relation.column, self.page(each, relation.table, relation.action))
        if isinstance(relation, Said):
            if relation.masked_by and not self._sees(action, relation.table, relation.masked_by):
                return self._masked(place, nullable=nullable)
            return SaidField(relation, action, place, nullable)
        raise NotCompiled

    def _sees(self, action: Action, table: Table, column: str) -> bool:
        return self.grants[action].sees(table.c[column].info["label"])

    def _masked(self, place: str, *, nullable: bool) -> Constant:
        if not nullable:
            raise NotCompiled
        self.withheld[place] = None
        return Constant("null")

    @staticmethod
    def _typename(each: Selected) -> Constant:
        if each.constant is None:
            raise NotCompiled
        return Constant(f'"{each.constant}"')
