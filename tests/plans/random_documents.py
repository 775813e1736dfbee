"""Documents drawn by chance from the schema: fields, arguments, fragments and switches as clients write them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from cabinet.read.fields import node_type, table_of

ROOTS = (
    "community",
    "community",
    "communities",
    "children",
    "children",
    "enrollments",
    "enrollments",
    "referrals",
    "withdrawnRecords",
    "node",
    "node",
)
REST = ("viewer", "__typename", "__schema")
MAX_LEVELS = 8
MAX_ROWS = 150
MAX_ALIASES = 4
MAX_SWITCHES = 6


class Word(str):
    """A value of an enum, which stands without quotes in a document."""

    __slots__ = ()


@dataclass(frozen=True)
class Facts:
    """What documents can speak of: ids, codes, days and cursors of a world, each with some that lead nowhere."""

    communities: Sequence[str]
    ids: Mapping[str, Sequence[str]]
    codes: Sequence[str]
    days: Sequence[str]
    cursors: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Written:
    query: str
    variables: Mapping[str, Any]


@dataclass
class Author:
    """Writes one document."""

    schema: GraphQLSchema
    facts: Facts
    chance: Random
    variables: dict[str, Any] = field(default_factory=dict)
    _declared: list[str] = field(default_factory=list)
    _fragments: dict[str, tuple[str, int, int, str]] = field(default_factory=dict)
    _keys: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _asked: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    _aliases: int = 0
    _switches: int = 0

    def write(self) -> Written:
        query = self.schema.query_type
        assert query is not None
        parts = [self._root(query) for _ in range(self.chance.choice((1, 1, 1, 2, 2, 3)))]
        body = " ".join(parts)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        fragments = " ".join(text for *_, text in self._fragments.values())
        return Written(f"query Q{declared} {{ {body} }} {fragments}".strip(), self.variables)

    def _root(self, query: GraphQLObjectType) -> str:
        name = self.chance.choice(REST if self._happens(0.12) else ROOTS)
        if name == "__schema":
            return "__schema { queryType { name } }"
        if name == "__typename":
            return name
        text = self._field(query, name, 1, 1)
        if self._happens(0.1):
            return f"...{self._fragment_of(query, 0, 1, text)}"
        return f"... on Query {{ {text} }}" if self._happens(0.1) else text

    # Selections

    def _selections(self, type_: Any, level: int, rows: int) -> str:
        if isinstance(type_, GraphQLInterfaceType):
            return self._of_any_type(type_, level, rows)
        count = self.chance.choice((1, 2, 2, 3, 3, 4))
        return "{ " + " ".join(self._selection(type_, level, rows) for _ in range(count)) + " }"

    def _of_any_type(self, interface: GraphQLInterfaceType, level: int, rows: int) -> str:
        types = self.schema.get_possible_types(interface)
        parts = [self.chance.choice(("__typename", "id", "id __typename"))]
        parts += [
            f"... on {type_.name}{self._switch()} {self._selections(type_, level, rows)}"
            for type_ in self.chance.sample(types, self.chance.randint(1, len(types)))
        ]
        return "{ " + " ".join(parts) + " }"

    def _selection(self, type_: GraphQLObjectType, level: int, rows: int) -> str:
        if self._happens(0.06):
            return f"__typename{self._switch()}"
        if self._happens(0.06):
            return f"...{self._condition(type_)}{self._switch()} {self._selections(type_, level, rows)}"
        if self._happens(0.08):
            return f"...{self._fragment(type_, level, rows)}{self._switch()}"
        if type_.interfaces and self._happens(0.05):
            return "... on Node { id __typename }"
        return self._field(type_, self._name(type_, level), level, rows)

    def _condition(self, type_: GraphQLObjectType) -> str:
        return f" on {type_.name}" if self._happens(0.7) else ""

    def _fragment(self, type_: GraphQLObjectType, level: int, rows: int) -> str:
        known = [
            name
            for name, (of, deepest, most, _) in self._fragments.items()
            if of == type_.name and level <= deepest and rows <= most
        ]
        if known and self._happens(0.6):
            return self.chance.choice(known)
        return self._fragment_of(type_, level, rows, self._selections(type_, level, rows)[1:-1])

    def _fragment_of(self, type_: GraphQLObjectType, level: int, rows: int, body: str) -> str:
        name = f"F{len(self._fragments)}"
        self._fragments[name] = (type_.name, level, rows, f"fragment {name} on {type_.name} {{ {body} }}")
        return name

    def _name(self, type_: GraphQLObjectType, level: int) -> str:
        """Choose a field; the deeper, the likelier a plain value, and of a page likeliest its rows."""
        if type_.name.endswith(("Connection", "Edge")) and self._happens(0.7):
            return self.chance.choice([n for n in ("nodes", "nodes", "edges", "node") if n in type_.fields])
        leaves = [name for name, each in type_.fields.items() if is_leaf_type(get_named_type(each.type))]
        inner = [name for name in type_.fields if name not in leaves]
        wants_inner = inner and level < MAX_LEVELS and self._happens(0.55 - 0.05 * level)
        return self.chance.choice(inner if wants_inner or not leaves else leaves)

    def _field(self, type_: GraphQLObjectType, name: str, level: int, rows: int) -> str:
        definition = type_.fields[name]
        again = [each for each in self._asked.get(type_.name, ()) if self._keys[each[0]][0] == name]
        if again and (self._happens(0.5) or self._aliases >= MAX_ALIASES):
            prefix, arguments, first = self.chance.choice(again)
        else:
            known = len(self._declared)
            arguments, first = self._arguments(definition, name, rows)
            said = (name, arguments, str(definition.type))
            if self._keys.get(name, said) != said and self._aliases >= MAX_ALIASES:
                self._forget(known)
                return "__typename"
            prefix = self._key(said)
            self._asked.setdefault(type_.name, []).append((prefix, arguments, first))
        text = f"{name if prefix == name else f'{prefix}: {name}'}{arguments}{self._switch()}"
        inner = get_named_type(definition.type)
        if is_leaf_type(inner):
            return text
        below = rows * first * (3 if isinstance(_bare(definition.type), GraphQLList) and not first else 1)
        return f"{text} {self._selections(inner, level + 1, below or rows)}"

    def _key(self, said: tuple[str, str, str]) -> str:
        """Choose a response key under which no other field stands anywhere, so that selections always merge."""
        name = said[0]
        if self._keys.setdefault(name, said) == said and (self._aliases >= MAX_ALIASES or not self._happens(0.1)):
            return name
        self._aliases += 1
        key = f"{name}{self._aliases}"
        self._keys[key] = said
        return key

    def _switch(self) -> str:
        if self._switches >= MAX_SWITCHES or not self._happens(0.06):
            return ""
        self._switches += 1
        word = self.chance.choice(("skip", "include"))
        value = self._happens(0.3 if word == "skip" else 0.7)
        return f" @{word}(if: {self._value(GraphQLNonNull(self.schema.type_map['Boolean']), value)})"

    # Arguments

    def _arguments(self, definition: GraphQLField, name: str, rows: int) -> tuple[str, int]:
        """Write the arguments; return them with the rows of a page (1 for what is no page)."""
        given: dict[str, Any] = {}
        for each, argument in definition.args.items():
            if is_required_argument(argument):
                given[each] = self._required(name)
        is_page = "first" in definition.args
        first = 50 if is_page else 1
        if is_page and (rows > 1 or self._happens(0.6)):
            given["first"] = first = self.chance.choice(
                [n for n in (1, 1, 2, 3, 5, 9) if n * rows <= MAX_ROWS] or [1]
            )
        if is_page and self._happens(0.01):
            given["first"] = self.chance.choice((0, -1, 101, None))
        for each, argument in definition.args.items():
            if each not in given and each not in ("first", "after") and self._happens(0.4):
                given[each] = self._any(argument.type, each)
        if "after" in definition.args and self._happens(0.3):
            given["after"] = self._cursor(definition, given.get("orderBy"))
        return self._written(definition.args, given), first

    def _written(self, known: Mapping[str, GraphQLArgument], given: Mapping[str, Any]) -> str:
        parts = [f"{name}: {self._value(known[name].type, value)}" for name, value in given.items()]
        self.chance.shuffle(parts)
        return f"({', '.join(parts)})" if parts else ""

    def _required(self, field_: str) -> str:
        if field_ == "node":
            ids = self.facts.ids[self.chance.choice(tuple(self.facts.ids))]
            return self.chance.choice(ids)
        return self.chance.choice(self.facts.communities)

    def _cursor(self, definition: GraphQLField, order: Any) -> str | None:
        """Choose a cursor, mostly of such a list in such an order."""
        table = table_of(node_type(definition))
        order = re.sub("_desc$", " desc", str(order or "").lower())
        name = f"{table.name if table is not None else ''} {order}".strip()
        if self._happens(0.05):
            return self.chance.choice((None, "nonsense", ""))
        if self._happens(0.05):
            name = self.chance.choice(tuple(self.facts.cursors))
        return self.chance.choice(self.facts.cursors[name])

    def _any(self, type_: GraphQLInputType, name: str) -> Any:
        """Draw a value that a type allows."""
        if not isinstance(type_, GraphQLNonNull) and self._happens(0.12):
            return None
        kind = _bare(type_)
        if isinstance(kind, GraphQLList):
            values = [
                self._any(GraphQLNonNull(_bare(kind.of_type)), name)
                for _ in range(self.chance.choice((0, 1, 2, 3)))
            ]
            return values[0] if len(values) == 1 and self._happens(0.3) else values
        if isinstance(kind, GraphQLEnumType):
            return Word(self.chance.choice(tuple(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            return {each: self._any(of.type, each) for each, of in kind.fields.items() if self._happens(0.3)}
        return self._scalar(str(kind), name)

    def _scalar(self, kind: str, name: str) -> Any:
        if kind == "Date":
            return self.chance.choice(self.facts.days)
        if kind == "ID":
            ids = self.facts.ids.get(name, self.facts.communities)
            return self.chance.choice(self.facts.ids["program"] if self._happens(0.03) else ids)
        return self.chance.choice(self.facts.codes)

    def _value(self, type_: GraphQLInputType, value: Any) -> str:
        """Write a value in the document, or as a variable of it; the parts of one in either way."""
        # A null where none may stand can only be sent as a variable, past validation.
        if self._happens(0.25) or (value is None and isinstance(type_, GraphQLNonNull)):
            return self._variable(type_, value)
        kind = _bare(type_)
        if isinstance(value, dict) and isinstance(kind, GraphQLInputObjectType):
            fields = (f"{name}: {self._value(kind.fields[name].type, each)}" for name, each in value.items())
            return "{" + ", ".join(fields) + "}"
        if isinstance(value, list) and isinstance(kind, GraphQLList):
            return "[" + ", ".join(self._value(kind.of_type, each) for each in value) + "]"
        return literal(value)

    def _variable(self, type_: GraphQLInputType, value: Any) -> str:
        name = f"v{len(self._declared)}"
        kind = type_
        if not isinstance(type_, GraphQLNonNull) and value is not None and self._happens(0.3):
            kind = GraphQLNonNull(type_)
        if value is None and isinstance(kind, GraphQLNonNull):
            kind = kind.of_type
        default = ""
        if self._happens(0.3):
            default = f" = {literal(value)}"
        if not default or self._happens(0.4):
            self.variables[name] = value
        self._declared.append(f"${name}: {kind}{default}")
        return f"${name}"

    def _forget(self, known: int) -> None:
        """Take back the variables that were declared since there were as many as known."""
        while len(self._declared) > known:
            self._declared.pop()
            self.variables.pop(f"v{len(self._declared)}", None)

    def _happens(self, share: float) -> bool:
        """Toss a coin; Hypothesis is fond of the ends of a range, so that what happens lies in its middle."""
        return abs(self.chance.random() - 0.45) < share / 2


def literal(value: Any) -> str:
    """Write a value as GraphQL does."""
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return orjson.dumps(value).decode()


def _bare(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_
