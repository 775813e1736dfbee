"""The rows of posts, taken out of a request's variables before these are coerced, and put back after."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLSchema,
    OperationDefinitionNode,
    get_nullable_type,
    is_list_type,
    type_from_ast,
)

from cabinet.pauses import in_turns
from cabinet.read.fields import DEFINITION
from cabinet.read.plain_rows import NotPlain, PlainRows, plain_rows

Where = tuple[str, ...]
"""The name of a variable, and of its field if the rows are not the variable itself."""


Rows = Mapping[Where, PlainRows]
NO_ROWS: Rows = {}


class Lifted(NamedTuple):
    """Variables without their rows, and the rows, coerced."""

    variables: dict[str, Any]
    rows: Rows


def put_back(coerced: dict[str, Any], lifted: Rows) -> None:
    """Put rows where they belong among the variables that were coerced without them."""
    for where, rows in lifted.items():
        holder = coerced
        for name in where[:-1]:
            holder = holder[name]
        holder[where[-1]] = rows


async def lift(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]) -> Lifted:
    """Take the rows out and coerce them, in turns with other requests; rows that are not right stay."""
    variables, lifted = dict(given), dict[Where, PlainRows]()
    for where, type_ in _places(schema, operation):
        name, *field = where
        value = variables.get(name)
        rows = value.get(field[0]) if field and isinstance(value, dict) else None if field else value
        if not isinstance(rows, list):
            continue
        try:
            lifted[where] = PlainRows(await in_turns(plain_rows(type_, rows)))
        except NotPlain:
            continue
        variables[name] = {**value, field[0]: []} if field and isinstance(value, dict) else []
    return Lifted(variables, lifted)


def takes_rows(schema: GraphQLSchema, operation: OperationDefinitionNode) -> bool:
    """Whether rows of a post may be among the operation's variables."""
    return any(True for _ in _places(schema, operation))


def _places(
    schema: GraphQLSchema, operation: OperationDefinitionNode
) -> Iterator[tuple[Where, GraphQLInputObjectType]]:
    """Yield where rows may be: a variable that is a list of them, or that has a field which is."""
    for declared in operation.variable_definitions or ():
        name = declared.variable.name.value
        said: Any = type_from_ast(schema, declared.type)
        type_ = get_nullable_type(said)
        if is_list_type(type_):
            if (row := _row_type(type_)) is not None:
                yield (name,), row
        elif isinstance(type_, GraphQLInputObjectType):
            for field, definition in type_.fields.items():
                if (row := _row_type(definition.type)) is not None:
                    yield (name, field), row


def _row_type(type_: Any) -> GraphQLInputObjectType | None:
    """Return the type of rows that a list is of, if it is one."""
    listed = get_nullable_type(type_)
    row = get_nullable_type(listed.of_type) if isinstance(listed, GraphQLList) else None
    if not isinstance(row, GraphQLInputObjectType):
        return None
    definition = row.extensions.get(DEFINITION)
    return row if getattr(getattr(definition, "origin", None), "is_posted", False) else None
