"""The variables of one request: plain texts are taken as they are, the rest is coerced by graphql-core."""

from functools import cached_property
from typing import Any

from graphql import GraphQLError, GraphQLSchema, get_variable_values
from graphql.execution.values import VariableValues

from cabinet.read.document import Document

NOTHING = VariableValues({}, {})
_MAX_ERRORS = 1_000
"""Beyond that nobody reads them, and each costs a hundred times what a value costs that is right."""


class VariablesInvalid(Exception):
    """A variable does not fit what the document declares; `errors` says which and why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


class Variables:
    """Raises VariablesInvalid where the values do not fit."""

    def __init__(
        self, schema: GraphQLSchema, document: Document, given: dict[str, Any], *, hide_suggestions: bool
    ) -> None:
        self._schema, self._document, self._given = schema, document, given
        self._hide_suggestions = hide_suggestions
        self.coerced = self._plain() or self.all.coerced

    def _plain(self) -> dict[str, Any] | None:
        """Return the values if only texts are declared and all are given as such: nothing is to be coerced."""
        names = self._document.texts
        if names is None:
            return None
        values = {name: self._given.get(name) for name in names}
        return values if all(type(value) is str for value in values.values()) else None

    @cached_property
    def all(self) -> VariableValues:
        """Return the values as graphql-core has them, with where they come from."""
        declared = self._document.operation.variable_definitions
        if not declared:
            return NOTHING
        values = get_variable_values(
            self._schema, declared, self._given, _MAX_ERRORS, hide_suggestions=self._hide_suggestions
        )
        if not isinstance(values, VariableValues):
            raise VariablesInvalid(values)
        return values
