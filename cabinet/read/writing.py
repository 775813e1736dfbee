"""Functions that write a value as it is asked for: a field under each response key, objects and lists below."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cache
from operator import attrgetter
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList

from cabinet.pauses import in_turns
from cabinet.read.fields import DEFINITION

Collect = Callable[[GraphQLObjectType, FieldDetailsList], CollectedFields]
Write = Callable[[Any], Any]


def writer_of(
    collect: Collect, type_: GraphQLNamedType, details: FieldDetailsList
) -> Callable[[Any], Awaitable[Mapping[str, Any]]]:
    """Return what writes an object as its selection asks, its lists in turns with other requests."""
    fields = _fields(collect, type_, details)
    lists = {key: read for key, read in fields.items() if isinstance(read, _List)}

    async def write(value: Any) -> Mapping[str, Any]:
        written = {key: None if key in lists else read(value) for key, read in fields.items()}
        for key, each in lists.items():
            found = each.values(value)
            written[key] = None if found is None else await in_turns(map(each.write, found))
        return written

    return write


def list_writer_of(
    collect: Collect, type_: GraphQLNamedType, details: FieldDetailsList
) -> Callable[[Iterable[Any]], Awaitable[list[Any]]]:
    """Return what writes a list of objects, which may be few and large: in a thread, so that others go on."""
    write = _object(_fields(collect, type_, details))

    async def write_all(values: Iterable[Any]) -> list[Any]:
        return await asyncio.to_thread(lambda: [write(each) for each in values])

    return write_all


def _fields(collect: Collect, type_: GraphQLNamedType, details: FieldDetailsList) -> dict[str, Write]:
    if not isinstance(type_, GraphQLObjectType):
        raise TypeError(f"{type_} is not an object type")
    grouped = collect(type_, details).grouped_field_set
    return {key: _field(collect, type_, found) for key, found in grouped.items()}


def _field(collect: Collect, type_: GraphQLObjectType, details: FieldDetailsList) -> Write:
    name = details[0].node.name.value
    if name == "__typename":
        return lambda _: type_.name
    definition: GraphQLField = type_.fields[name]
    return _reader(collect, definition, _value_of(definition), details)


def _value_of(definition: GraphQLField) -> Write:
    """Return what reads a field: its resolver, where that needs nothing but the value, or the attribute."""
    field = definition.extensions[DEFINITION]
    if field.base_resolver is not None:
        resolver: Write = field.base_resolver.wrapped_func
        if list(inspect.signature(resolver).parameters) == ["root"] and not inspect.iscoroutinefunction(resolver):
            return resolver
    return attrgetter(field.python_name)


def _reader(collect: Collect, definition: GraphQLField, value: Write, details: FieldDetailsList) -> Write:
    inner = get_named_type(definition.type)
    if isinstance(inner, GraphQLObjectType):
        write = _object(_fields(collect, inner, details))
        is_list = is_list_type(get_nullable_type(definition.type))
        return _List(value, write) if is_list else lambda whole: _unless_none(write, value(whole))
    if isinstance(inner, GraphQLEnumType):
        name_of = cache(inner.coerce_output_value)
        return lambda whole: _unless_none(name_of, value(whole))
    return value


def _object(fields: Mapping[str, Write]) -> Write:
    pairs = tuple(fields.items())
    return lambda value: {key: read(value) for key, read in pairs}


def _unless_none(write: Write, value: Any) -> Any:
    return None if value is None else write(value)


class _List:
    """A list of objects."""

    def __init__(self, values: Callable[[Any], Iterable[Any] | None], write: Write) -> None:
        self.values, self.write = values, write

    def __call__(self, value: Any) -> list[Any] | None:
        found = self.values(value)
        return None if found is None else [self.write(each) for each in found]
