"""A list's filter as the parameters of an address: `status=ENROLLED&status=WAITLISTED&begins.from=2026-09-01`."""

from collections.abc import Iterable, Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    Undefined,
    get_named_type,
)
from graphql.utilities import coerce_input_value

from cabinet.errors import InputInvalid

Parameters = Iterable[tuple[str, str]]


def read_parameters(kind: GraphQLInputObjectType, given: Parameters) -> dict[str, Any]:
    """Return the filter that the parameters spell, its values as GraphQL reads them. Raises InputInvalid."""
    known = dict(_known(kind))
    values: dict[str, list[str]] = {}
    for name, value in given:
        if name not in known:
            raise InputInvalid(
                f"`{name}` is no filter of this list.", hint=f"There are: {', '.join(known)}.", parameter=name
            )
        values.setdefault(name, []).append(value)
    found: dict[str, Any] = {}
    for name, texts in values.items():
        outer, _, inner = name.partition(".")
        value = _read(name, known[name], texts)
        if inner:
            found.setdefault(outer, {})[inner] = value
        else:
            found[outer] = value
    return found


def _known(kind: GraphQLInputObjectType) -> Iterator[tuple[str, GraphQLInputType]]:
    """Yield the parameters a filter has; what is an object itself has one for each of its fields."""
    for name, field in kind.fields.items():
        if isinstance(field.type, GraphQLInputObjectType):
            yield from ((f"{name}.{inner}", type_) for inner, type_ in _known(field.type))
        else:
            yield name, field.type


def _read(name: str, type_: GraphQLInputType, texts: list[str]) -> Any:
    if not isinstance(type_, GraphQLList) and len(texts) > 1:
        raise InputInvalid(f"`{name}` is given more than once.", hint="Give it once.", parameter=name)
    value = coerce_input_value(texts if isinstance(type_, GraphQLList) else texts[0], type_)
    if value is Undefined:
        raise InputInvalid(f"`{name}` cannot be read.", hint=_expected(get_named_type(type_)), parameter=name)
    return value


def _expected(type_: GraphQLNamedType) -> str:
    if isinstance(type_, GraphQLEnumType):
        return f"It is one of: {', '.join(type_.values)}."
    return f"It is a {type_.name}, written as in GraphQL; a date as 2026-09-01."
