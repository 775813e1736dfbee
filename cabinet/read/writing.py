"""Functions that write a value as it is asked for: a field under each response key, objects and lists below."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
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

from cabinet.columns import Columns
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
            written[key] = None if found is None or each.write is None else await in_turns(map(each.write, found))
        return written

    return write


def list_writer_of(
    collect: Collect, type_: GraphQLNamedType, details: FieldDetailsList
) -> Callable[[Iterable[Any]], Awaitable[list[Any]]]:
    """Return what writes a list of objects, which may be few and large: in a thread, so that others go on."""
    write = _Object(_fields(collect, type_, details))

    async def write_all(values: Iterable[Any]) -> list[Any]:
        return await asyncio.to_thread(write.every, values)

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
    inner = get_named_type(definition.type)
    kind: type[_Field] = _Field
    write: Write | None = None
    if isinstance(inner, GraphQLObjectType):
        kind = _List if is_list_type(get_nullable_type(definition.type)) else _Field
        write = _Object(_fields(collect, inner, details))
    elif isinstance(inner, GraphQLEnumType):
        write = cache(inner.coerce_output_value)
    field = definition.extensions[DEFINITION]
    # What a resolver makes of an object is no field that it holds.
    name = field.python_name if field.base_resolver is None else ""
    return kind(name, _value_of(definition), write)


def _value_of(definition: GraphQLField) -> Write:
    """Return what reads a field: its resolver, where that needs nothing but the value, or the attribute."""
    field = definition.extensions[DEFINITION]
    if field.base_resolver is not None:
        resolver: Write = field.base_resolver.wrapped_func
        if list(inspect.signature(resolver).parameters) == ["root"] and not inspect.iscoroutinefunction(resolver):
            return resolver
    return attrgetter(field.python_name)


class _Object:
    """Writes objects of one type."""

    def __init__(self, fields: Mapping[str, Write]) -> None:
        # A field that is written as it is read is read without a detour.
        self._reads = {key: read.simple if isinstance(read, _Field) else read for key, read in fields.items()}
        self._fields = fields

    def __call__(self, value: Any) -> dict[str, Any]:
        return {key: read(value) for key, read in self._reads.items()}

    def every(self, values: Iterable[Any]) -> list[dict[str, Any]]:
        """Write many; those that are held field by field are written so, if every field asked for is one."""
        if isinstance(values, Columns):
            columns = [read.column(values) if isinstance(read, _Field) else None for read in self._fields.values()]
            known = [column for column in columns if column is not None]
            if len(known) == len(columns):
                return [dict(zip(self._fields, row, strict=True)) for row in zip(*known, strict=True)]
        return [self(each) for each in values]


class _Field:
    """Reads a field, and writes what is there if it is not written as it is."""

    def __init__(self, name: str, value: Write, write: Write | None) -> None:
        self.name, self.value, self.write = name, value, write
        self.simple: Write = value if write is None else self
        self._written: dict[int, tuple[Any, Any]] = {}

    def __call__(self, whole: Any) -> Any:
        found = self.value(whole)
        return None if found is None else self._write(found)

    def column(self, columns: Columns[Any]) -> Sequence[Any] | None:
        """Return what is written of every object; one and the same value, which many have, is written once."""
        found = columns.column(self.name)
        if found is None or self.write is None:
            return found
        if isinstance(found, Columns):
            return self.write.every(found) if isinstance(self.write, _Object) else None
        written = self._written
        for each in {id(each): each for each in found}.values():
            if id(each) not in written:
                # With the value itself, so that nothing else comes to be where it was.
                written[id(each)] = each, None if each is None else self._write(each)
        return [written[id(each)][1] for each in found]

    def _write(self, found: Any) -> Any:
        return found if self.write is None else self.write(found)


class _List(_Field):
    """A list of objects."""

    def values(self, whole: Any) -> Iterable[Any] | None:
        found: Iterable[Any] | None = self.value(whole)
        return found

    def _write(self, found: Iterable[Any]) -> Any:
        return self.write.every(found) if isinstance(self.write, _Object) else list(found)
