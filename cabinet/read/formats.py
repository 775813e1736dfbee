"""Columns as JSON text, written by PostgreSQL the way Strawberry writes their values."""

import re
from collections.abc import Callable
from typing import Any

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLOutputType, GraphQLScalarType
from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.types import TypeEngine

Format = Callable[[str], str]
"""From an SQL expression to one of type text; NULL stays NULL."""


def _quoted(sql: str) -> str:
    return f"'\"' || {sql} || '\"'"


def _escaped(sql: str) -> str:
    return f"to_json({sql})::text"


def _plain(sql: str) -> str:
    return f"{sql}::text"


def _quoted_text(sql: str) -> str:
    return _quoted(f"{sql}::text")


def _boolean(sql: str) -> str:
    return f"CASE WHEN {sql} THEN 'true' WHEN NOT {sql} THEN 'false' END"


def _float(sql: str) -> str:
    """Write a whole number with `.0`, as Python does; what is no number at all ends the statement."""
    text = f"{sql}::text"
    whole = f"CASE WHEN {text} ~ '^-?[0-9]+$' THEN {text} || '.0' ELSE {text} END"
    return f"CASE WHEN {sql} IN ('NaN', 'Infinity', '-Infinity') THEN app_missing('a number') ELSE {whole} END"


def _timestamp(sql: str) -> str:
    """Write a point in time in UTC; microseconds only if there are any, then all six digits."""
    utc = f"{sql} AT TIME ZONE 'UTC'"
    part = f"CASE WHEN date_trunc('second', {sql}) = {sql} THEN '' ELSE to_char({utc}, '.US') END"
    return f"'\"' || to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS') || {part} || '+00:00\"'"


_FORMATS: dict[str, tuple[tuple[type[TypeEngine[Any]], Format], ...]] = {
    "String": ((Text, _escaped), (Uuid, _quoted_text), (BigInteger, _quoted_text)),
    "ID": ((Text, _escaped), (Uuid, _quoted_text)),
    # A BigInteger may be beyond GraphQL's 32 bits, which is for the ordinary resolvers to complain of.
    "Int": ((Integer, _plain),),
    "Float": ((Float, _float), (Integer, lambda sql: f"{sql}::text || '.0'")),
    "Boolean": ((Boolean, _boolean),),
    "Date": ((Date, _quoted_text),),
    "DateTime": ((TIMESTAMP, _timestamp),),
    "JSON": ((JSONB, _plain),),
}


_FORMULA = (9, 10, 13, 43, 45, 61, 64, 65291, 65293, 65309, 65312)
"""The characters, as code points, that begin a formula in one spreadsheet or another: tab, line ends, + - = @ and
their full-width forms.
"""


_IS_FORMULA = re.compile(f"'*[{re.escape(''.join(map(chr, _FORMULA)))}]")


def harmless(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would run as a formula, as exports do in SQL."""
    return f"'{cell}" if _IS_FORMULA.match(cell) else cell


def cell_of(column: Column[object], written: Format) -> Format:
    """Return how a column is written as a cell of CSV, by how it is written as JSON; NULL stays NULL."""
    if written is _escaped and not isinstance(column.type, ARRAY):
        return _harmless
    if written in (_quoted, _quoted_text):
        return _plain
    # A list is JSON in its cell too, and a number or a truth value is the same in both.
    return unquoted(written) if written is _timestamp else written


def unquoted(written: Format) -> Format:
    """Return the text of a JSON string that holds nothing JSON escapes; a list is left as it is."""
    return lambda sql: f"btrim({written(sql)}, '\"')"


def _harmless(sql: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula.

    What begins with apostrophes and then with a formula gets one more, so that taking one away leads back.
    """
    points = ", ".join(map(str, _FORMULA))
    return f"CASE WHEN ascii(ltrim({sql}, '''')) IN ({points}) THEN '''' || {sql} ELSE {sql} END"


def format_of(column: Column[object], asked: GraphQLOutputType) -> Format | None:
    """Return how a column is written as a type of the API; None for what PostgreSQL cannot write the same way."""
    kind = asked.of_type if isinstance(asked, GraphQLNonNull) else asked
    if isinstance(kind, GraphQLList):
        return _list_format(column, kind)
    if isinstance(kind, GraphQLEnumType):
        return _enum_format(column, kind)
    if not isinstance(kind, GraphQLScalarType) or isinstance(column.type, ARRAY):
        return None
    # A point in time that names no zone is no point in time.
    if isinstance(column.type, TIMESTAMP) and not column.type.timezone:
        return None
    known = _FORMATS.get(kind.name, ())
    if isinstance(column.type, BigInteger):
        known = tuple(each for each in known if each[0] is BigInteger)
    return next((how for type_, how in known if isinstance(column.type, type_)), None)


def _enum_format(column: Column[object], kind: GraphQLEnumType) -> Format | None:
    same = all(name == str(value.value) for name, value in kind.values.items())
    return _quoted if same and isinstance(column.type, Text) else None


def _list_format(column: Column[object], kind: GraphQLList[Any]) -> Format | None:
    """Write an array of text; its items are never null, and an enum's names are its values."""
    inner = kind.of_type.of_type if isinstance(kind.of_type, GraphQLNonNull) else kind.of_type
    if not isinstance(column.type, ARRAY) or not isinstance(column.type.item_type, Text):
        return None
    if isinstance(inner, GraphQLEnumType):
        return _escaped if _enum_format(Column("item", Text()), inner) else None
    return _escaped if isinstance(inner, GraphQLScalarType) and inner.name in {"String", "ID"} else None
