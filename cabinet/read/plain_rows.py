"""Rows of a post as plain values: by the names of the row models, without what is null or was not sent.

graphql-core coerces an input step by step, and looks at every field that its type has. A row is coerced by a
function made for its type, at an eighth of the cost; what that is not sure of is left to graphql-core, row by row.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from graphql import (
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLString,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_required_input_field,
)
from graphql.type import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from graphql.utilities import coerce_input_value
from strawberry.utils.str_converters import to_snake_case

Read = Callable[[Any], Any]
_TEXTS = (GraphQLString, GraphQLID)
_snake_case = cache(to_snake_case)
"""The fields of inputs are few; what is no field has been refused by now."""


class PlainRows(list[dict[str, Any]]):
    """Rows that were coerced and are plain."""


class NotPlain(Exception):
    """A row is not what its type says, or cannot be told to be here."""


def plain_rows(type_: GraphQLInputObjectType, rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Coerce rows that a client sent. Raises NotPlain; then graphql-core says what is wrong with which."""
    read = reader_of(type_)
    for given in rows:
        try:
            made = read(given)
        except NotPlain:
            coerced = coerce_input_value(given, type_)
            if coerced is Undefined or coerced is None:
                raise
            made = plain(coerced)
        yield made


def plain(coerced: Any) -> Any:
    """Make an input plain that graphql-core coerced."""
    if isinstance(coerced, list):
        return [plain(each) for each in coerced]
    if not isinstance(coerced, dict):
        return coerced
    made = {_snake_case(name): plain(value) for name, value in coerced.items() if value is not None}
    if "identifiers" in made:
        made["identifiers"] = _by_system(made["identifiers"])
    return made


@cache
def reader_of(type_: GraphQLInputObjectType) -> Read:
    """Return a function that coerces an object of this type and makes it plain, or raises NotPlain."""
    fields = type_.fields
    texts = {name: _snake_case(name) for name, field in fields.items() if get_nullable_type(field.type) in _TEXTS}
    others = {name: (_snake_case(name), _other(field)) for name, field in fields.items() if name not in texts}
    required = {_snake_case(name) for name, field in fields.items() if is_required_input_field(field)}
    # What a field is without being sent is said by graphql-core.
    is_odd = type_.is_one_of or any(map(_has_default, fields.values()))

    def read(given: Any) -> dict[str, Any]:
        if type(given) is not dict or is_odd:
            raise NotPlain
        made: dict[str, Any] = {}
        try:
            for name, value in given.items():
                if type(value) is str:
                    made[texts[name]] = value
                elif value is not None:
                    own_name, read_other = others[name]
                    made[own_name] = read_other(value)
                elif name not in fields:
                    raise NotPlain
        except KeyError as error:
            raise NotPlain from error
        if required and not required <= made.keys():
            raise NotPlain
        return made

    return read


def _has_default(field: GraphQLInputField) -> bool:
    return field.default is not None or field.default_value is not Undefined


def _other(field: GraphQLInputField) -> Read:
    type_ = get_nullable_type(field.type)
    if isinstance(type_, GraphQLInputObjectType):
        return reader_of(type_)
    inner = get_named_type(type_)
    if isinstance(type_, GraphQLList) and isinstance(inner, GraphQLInputObjectType):
        return _list_of(reader_of(inner))
    if isinstance(type_, GraphQLList) and inner in _TEXTS:
        return _texts
    return _integer if type_ is GraphQLInt else _unsure


def _list_of(read: Read) -> Read:
    def read_list(given: Any) -> Mapping[str, Any]:
        if type(given) is not list:
            raise NotPlain
        return _by_system([read(each) for each in given])

    return read_list


def _texts(given: Any) -> list[str]:
    if type(given) is not list or not all(type(each) is str for each in given):
        raise NotPlain
    return given


def _by_system(identifiers: list[Any]) -> dict[str, Any]:
    """Return identifiers, the only lists of objects that a row has, as the models have them."""
    return {each["system"]: each["value"] for each in identifiers}


def _integer(given: Any) -> Any:
    if type(given) is not int or not GRAPHQL_MIN_INT <= given <= GRAPHQL_MAX_INT:
        raise NotPlain
    return given


def _unsure(_: Any) -> Any:
    raise NotPlain
