"""The arguments of one request's fields, each coerced once however many steps look at them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cabinet.read.plan import NotCompiled
from cabinet.read.relations import Pages
from cabinet.read.selection import Selected
from cabinet.read.variables import Variables
from cabinet.read.windows import Window, read_window

_VALUES = ("after", "filter")
"""The arguments of a list that name rows, so that what is read of them holds for one request only."""


class Arguments:
    def __init__(self, variables: Variables) -> None:
        self._variables = variables
        self._known: dict[Selected, Mapping[str, Any]] = {}

    def of(self, selected: Selected) -> Mapping[str, Any]:
        """Return a field's arguments by their names in the API. Raises GraphQLError for what cannot be meant."""
        found = self._known.get(selected)
        if found is None:
            found = self._known[selected] = selected.arguments(self._variables)
        return found

    def window(self, page: Selected, community_id: UUID) -> Window:
        """Return which page of which rows a list asks for. Raises InputInvalid and NotFound."""
        if page.window is not None:
            return page.window
        if not isinstance(page.relation, Pages):
            raise NotCompiled
        arguments = self.of(page)
        window = read_window(page.relation.table, community_id, arguments)
        if not page.variables and not any(arguments.get(name) for name in _VALUES):
            page.window = window
        return window
