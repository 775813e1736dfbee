"""The fields an operation asks for, as execution will see them: fragments spread, @skip and @include decided."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    VariableNode,
    get_argument_values,
    get_named_type,
    get_nullable_type,
    is_list_type,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet, collect_fields, collect_subfields
from graphql.execution.values import VariableValues

from cabinet.access import Action
from cabinet.read.document import Document, nodes_of
from cabinet.read.fields import relation_of
from cabinet.read.relations import FoundPages, Pages, Relation
from cabinet.read.templates import Fill, Hole, template_of
from cabinet.read.variables import Variables
from cabinet.read.windows import Window

_SWITCHES_KEPT = 8
_PLANS_KEPT = 32
"""Of a document, and of each setting of its switches. Anybody can fill both, with some 20 KB a statement, for each
of the documents that are kept.
"""


@dataclass(frozen=True)
class Asked:
    """What a selection is collected from; the variables are those that switch fields on and off."""

    schema: GraphQLSchema
    document: Document
    variables: VariableValues


@dataclass(eq=False)
class Selected:
    """One field of an answer, under its response key."""

    asked: Asked
    parent: GraphQLObjectType
    key: str
    definition: GraphQLField | None
    details: FieldDetailsList
    below: dict[str, list["Selected"]] = field(default_factory=dict)
    """The fields of its value by the name of the value's type, collected when first asked for."""
    window: Window | None = None
    """Which page a list asks for, where that is the same for every request."""
    _pages: dict[str, tuple["Selected", ...]] = field(default_factory=dict)

    @cached_property
    def node(self) -> FieldNode:
        return self.details[0].node

    @cached_property
    def name(self) -> str:
        return self.node.name.value

    @cached_property
    def constant(self) -> str | None:
        """Return the value where none has to be looked up: the name of the type."""
        return self.parent.name if self.name == "__typename" else None

    @cached_property
    def relation(self) -> Relation | None:
        return relation_of(self.definition) if self.definition else None

    @cached_property
    def is_nullable(self) -> bool:
        return self.definition is not None and not isinstance(self.definition.type, GraphQLNonNull)

    @cached_property
    def is_list(self) -> bool:
        return self.definition is not None and is_list_type(get_nullable_type(self.definition.type))

    @cached_property
    def action(self) -> Action:
        """Return what one must be allowed to read the rows of a list."""
        relation = self.relation
        return relation.action if isinstance(relation, Pages) and relation.action else Action.READ_SUPPLY

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Return the names of the variables in its arguments."""
        nodes = (each for argument in self.node.arguments or () for each in nodes_of(argument))
        return tuple({each.name.value: None for each in nodes if isinstance(each, VariableNode)})

    def fields(self, type_: GraphQLObjectType) -> list["Selected"]:
        """Return what is asked of the value, if it is of this type."""
        found = self.below.get(type_.name)
        if found is None:
            collected = collect_subfields(
                self.asked.schema,
                self.asked.document.fragments,
                self.asked.variables,
                self.asked.document.operation,
                type_,
                self.details,
            )
            found = self.below[type_.name] = _selected(self.asked, type_, collected.grouped_field_set)
        return found

    def own_fields(self) -> list["Selected"]:
        """Return what is asked of the value where its type is an object's, and nothing otherwise."""
        type_ = get_named_type(self.definition.type) if self.definition else None
        return self.fields(type_) if isinstance(type_, GraphQLObjectType) else []

    def pages(self, type_: GraphQLObjectType | None = None) -> tuple["Selected", ...]:
        """Return the lists with pages at and below this field; `type_` where its own is an interface."""
        name = type_.name if type_ is not None else ""
        found = self._pages.get(name)
        if found is None:
            fields = self.fields(type_) if type_ is not None else self.own_fields()
            own = (self,) if isinstance(self.relation, Pages | FoundPages) else ()
            found = self._pages[name] = own + tuple(page for each in fields for page in each.pages())
        return found

    @cached_property
    def reaches_other_rows(self) -> bool:
        """Whether anything below it is rows that belong to its own."""
        return any(each.relation is not None or each.reaches_other_rows for each in self.own_fields())

    def arguments(self, variables: Variables) -> Mapping[str, Any]:
        """Return the arguments by their names, coerced. Raises GraphQLError for what cannot be meant."""
        template, given = self._template, variables.coerced
        if template is None or None in [given.get(name) for name in self.variables]:
            return get_argument_values(self._defined, self.node, variables.all)
        filled: Mapping[str, Any] = template(given)
        return filled

    @cached_property
    def _defined(self) -> GraphQLField:
        if self.definition is None:
            raise TypeError("what no type defines has no arguments")
        return self.definition

    @cached_property
    def _template(self) -> Fill | None:
        """Return how variables make the arguments; None if these cannot be coerced before those are known."""
        try:
            holes = VariableValues({}, {name: Hole(name) for name in self.variables})
            return template_of(get_argument_values(self._defined, self.node, holes))
        except GraphQLError:
            return None


@dataclass(eq=False)
class Selection:
    """The root fields of an operation, and what was planned for them, by what sets requests apart."""

    fields: list[Selected]
    plans: dict[Any, Any] = field(default_factory=dict)
    pages: tuple[Selected, ...] | None = None
    """The lists with pages in it, once they have been looked for."""
    affordable: set[tuple[int, ...]] = field(default_factory=set)
    """Sizes of these pages that were found to be within the limits."""

    def keep(self, name: Hashable, plan: Any) -> None:
        """Keep a plan; beyond so many, the oldest is let go."""
        if len(self.plans) >= _PLANS_KEPT:
            self.plans.pop(next(iter(self.plans)))
        self.plans[name] = plan


def select(schema: GraphQLSchema, document: Document, variables: Variables) -> Selection:
    """Return the root fields; worked out once for each setting of the variables that switch fields."""
    name = tuple([variables.coerced.get(each) for each in document.switches])
    found: Selection | None = document.selections.get(name)
    if found is None:
        found = Selection(_select(Asked(schema, document, _switches(document, variables.all))))
        if len(document.selections) < _SWITCHES_KEPT:
            document.selections[name] = found
    return found


def _switches(document: Document, variables: VariableValues) -> VariableValues:
    """Return the variables that switch fields, and none that say whom somebody asked for: selections are kept."""
    names = document.switches
    sources = {name: variables.sources[name] for name in names if name in variables.sources}
    return VariableValues(sources, {name: variables.coerced[name] for name in names if name in variables.coerced})


def _select(asked: Asked) -> list[Selected]:
    root = asked.schema.get_root_type(asked.document.operation.operation)
    if root is None:
        return []
    document = asked.document
    collected = collect_fields(asked.schema, document.fragments, asked.variables, root, document.operation)
    return _selected(asked, root, collected.grouped_field_set)


def _selected(asked: Asked, type_: GraphQLObjectType, fields: GroupedFieldSet) -> list[Selected]:
    return [
        Selected(asked, type_, key, type_.fields.get(details[0].node.name.value), details)
        for key, details in fields.items()
    ]
