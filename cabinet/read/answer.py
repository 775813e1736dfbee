"""A query, answered: rows by one statement for each scope, the rest by resolvers, put together in order."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_variable_values,
)
from graphql.execution.values import VariableValues

from cabinet.db import Database, ValueMissing
from cabinet.errors import CabinetError
from cabinet.read.compiled import Group, Statement, group, is_compiled, written
from cabinet.read.cost import check_cost
from cabinet.read.directory import Directory
from cabinet.read.document import Document
from cabinet.read.fields import Fields
from cabinet.read.plan import NotCompiled
from cabinet.read.roots import Finder, Root
from cabinet.read.selection import Selected, Selection, select
from cabinet.viewer import Viewer

_OUR_FAULT = 500


@dataclass(frozen=True)
class Answer:
    """What GraphQL answers: finished JSON or values by response key, errors, and the fields that were withheld."""

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError] = ()
    withheld: Sequence[str] = ()
    has_begun: bool = True


class Ordinary(Protocol):
    """Executes a document by its ordinary resolvers."""

    async def __call__(
        self, document: DocumentNode, variables: dict[str, Any] | None, viewer: Viewer
    ) -> Answer: ...


@dataclass
class Reader:
    """Answers the operations of one schema."""

    schema: GraphQLSchema
    database: Database
    directory: Directory
    ordinary: Ordinary
    page_limit: int

    def __post_init__(self) -> None:
        self.fields = Fields(self.schema)
        self.finder = Finder(self.database, self.directory, self.fields)

    async def answer(self, document: Document, given: dict[str, Any] | None, viewer: Viewer) -> Answer:
        """Answer a valid document. Raises DocumentTooLarge's kin for what is beyond the limits."""
        operation, hidden = document.operation, not viewer.memberships
        variables = get_variable_values(
            self.schema, operation.variable_definitions or (), given or {}, hide_suggestions=hidden
        )
        if not isinstance(variables, VariableValues):
            return Answer(None, variables, has_begun=False)
        selection = select(self.schema, document, variables)
        check_cost(selection.fields, variables, self.fields, self.page_limit)
        if operation.operation is not OperationType.QUERY:
            return await self.ordinary(document.ast, given, viewer)
        found = await self._compiled(selection, variables, viewer)
        rest = [each for each in selection.fields if each.key not in found.data]
        if not rest:
            return Answer({each.key: found.data[each.key] for each in selection.fields}, (), tuple(found.withheld))
        ordinary = await self.ordinary(_only(document.ast, rest), given, viewer)
        if ordinary.data is None:
            return ordinary
        whole = {**found.data, **ordinary.data}
        data = {each.key: whole[each.key] for each in selection.fields}
        return Answer(data, ordinary.errors, (*found.withheld, *ordinary.withheld))

    async def _compiled(self, selection: Selection, variables: VariableValues, viewer: Viewer) -> "Found":
        found = Found({each.key: each.constant for each in selection.fields if each.constant})
        roots = [root async for root in self._roots(selection, variables, viewer)]
        if not roots:
            return found
        groups = group(roots)
        try:
            statements = [(each, written(selection, each.roots, self.fields)) for each in groups]
            rows = await self._read(statements, viewer)
        except (NotCompiled, ValueMissing):
            return found
        for (each, statement), row in zip(statements, rows, strict=True):
            found.take(each, statement, row)
        return found

    async def _roots(self, selection: Selection, variables: VariableValues, viewer: Viewer) -> AsyncIterator[Root]:
        for selected in selection.fields:
            if selected.relation is None:
                continue
            try:
                root = await self.finder.find(selected, variables, viewer)
            except (NotCompiled, GraphQLError):
                continue
            except CabinetError as error:
                # What a client did wrong is said by the ordinary resolver, at its place.
                if error.status >= _OUR_FAULT:
                    raise
                continue
            if is_compiled(selection, root, self.fields):
                yield root

    async def _read(self, statements: Sequence[tuple[Group, Statement]], viewer: Viewer) -> list[Sequence[Any]]:
        ready = [
            (each.scope, statement.sql, statement.arguments([_values(root, viewer) for root in each.roots]))
            for each, statement in statements
        ]
        if len(ready) == 1:
            return [await self.database.row(*ready[0])]
        return await self.database.rows_of_one_moment(ready)


@dataclass
class Found:
    """What was compiled and read: finished JSON by response key."""

    data: dict[str, Any]
    withheld: dict[str, None] = field(default_factory=dict)

    def take(self, group: Group, statement: Statement, row: Sequence[Any]) -> None:
        """Take in the row of a statement; what is not there but promised is left to the ordinary resolver."""
        self.withheld.update(dict.fromkeys(statement.withheld))
        for root, text in zip(group.roots, row, strict=True):
            if text is not None:
                self.data[root.selected.key] = orjson.Fragment(text)
            elif root.selected.definition and not isinstance(root.selected.definition.type, GraphQLNonNull):
                self.data[root.selected.key] = None


def _values(root: Root, viewer: Viewer) -> dict[Any, Any]:
    community_id = root.start.community_id
    roles = " ".join(sorted(viewer.roles(community_id))) if community_id else ""
    return {**root.values, "subject": viewer.subject, "roles": roles}


def _only(document: DocumentNode, fields: Sequence[Selected]) -> DocumentNode:
    """Return the document with these root fields alone."""
    selections = tuple(detail.node for each in fields for detail in each.details)
    definitions = [
        _with(node, selection_set=SelectionSetNode(selections=selections))
        if isinstance(node, OperationDefinitionNode)
        else node
        for node in document.definitions
    ]
    return DocumentNode(definitions=tuple(definitions))


def _with(node: OperationDefinitionNode, **changed: Any) -> OperationDefinitionNode:
    return OperationDefinitionNode(**{**{key: getattr(node, key) for key in node.keys}, **changed})
