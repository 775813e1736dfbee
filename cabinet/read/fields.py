"""What every field of the API reads, worked out once from the schema and the catalog of tables.

A type says which table its rows are of (`table`), a relation stands in its field's metadata, and a field without
either is the column of its own name. Whatever else a field does is Python's, and is not for the compiler.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from sqlalchemy import Column, Table

from cabinet.read.formats import Format, format_of
from cabinet.read.relations import READ, Pages, Relation

DEFINITION = "strawberry-definition"


@dataclass(frozen=True)
class OwnColumn:
    """A column of the row itself."""

    column: Column[Any]
    format: Format


@dataclass(frozen=True)
class OpaqueId:
    """The row's id over the whole API."""


@dataclass(frozen=True)
class Reach:
    """A relation, and the type at its other end."""

    relation: Relation
    type: GraphQLNamedType


Reads = OwnColumn | OpaqueId | Reach


@dataclass(frozen=True)
class RowType:
    """An object type whose values are rows of a table."""

    type: GraphQLObjectType
    table: Table
    reads: Mapping[str, Reads] = field(hash=False)

    @property
    def name(self) -> str:
        return self.type.name


class Fields:
    """Finds what a field reads."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self.rows: dict[str, RowType] = {}
        types = [each for each in schema.type_map.values() if isinstance(each, GraphQLObjectType)]
        for type_ in types:
            table = table_of(type_)
            if table is not None:
                self.rows[type_.name] = RowType(type_, table, dict(_reads(type_, table)))

    @cached_property
    def nodes(self) -> Mapping[Table, RowType]:
        """Return the types that stand for a table's rows where only `Node` is asked for."""
        return {each.table: each for each in self.rows.values() if each.type.interfaces}


def relation_of(definition: GraphQLField) -> Relation | None:
    """Return the relation a field was declared with."""
    strawberry_field = definition.extensions.get(DEFINITION)
    found: Relation | None = strawberry_field.metadata.get(READ) if strawberry_field else None
    return found


def table_of(type_: GraphQLNamedType) -> Table | None:
    """Return the table a type was declared for."""
    definition = type_.extensions.get(DEFINITION)
    table = getattr(getattr(definition, "origin", None), "table", None)
    return table if isinstance(table, Table) and not isinstance(type_, GraphQLInterfaceType) else None


def node_type(definition: GraphQLField) -> GraphQLNamedType:
    """Return the type of the rows a field leads to; of a connection, the type of its nodes."""
    type_: GraphQLNamedType = get_named_type(definition.type)
    if isinstance(relation_of(definition), Pages) and isinstance(type_, GraphQLObjectType):
        type_ = get_named_type(type_.fields["nodes"].type)
    return type_


def _reads(type_: GraphQLObjectType, table: Table) -> Iterator[tuple[str, Reads]]:
    for name, definition in type_.fields.items():
        found = _read(name, definition, table)
        if found is not None:
            yield name, found


def _read(name: str, definition: GraphQLField, table: Table) -> Reads | None:
    relation = relation_of(definition)
    if relation is not None:
        return Reach(relation, node_type(definition))
    strawberry_field = definition.extensions.get(DEFINITION)
    if strawberry_field is None or strawberry_field.base_resolver is not None:
        return None
    if strawberry_field.permission_classes or strawberry_field.extensions:
        return None
    if name == "id":
        return OpaqueId()
    column = table.c.get(strawberry_field.python_name)
    # A column that can be null where the API promises a value is left to the resolver that says so.
    if column is None or (column.nullable and isinstance(definition.type, GraphQLNonNull)):
        return None
    format_ = format_of(column, definition.type)
    return None if format_ is None else OwnColumn(column, format_)
