"""A query, answered: rows by one statement for each scope, the rest by resolvers, put together in order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from cabinet.db import Database, ValueMissing
from cabinet.errors import CabinetError, InputInvalid
from cabinet.read.arguments import Arguments
from cabinet.read.compiled import Reading, readings
from cabinet.read.cost import check_cost
from cabinet.read.directory import Directory
from cabinet.read.document import Document
from cabinet.read.fields import Fields
from cabinet.read.lifting import NO_ROWS, Rows, lift
from cabinet.read.plan import NotCompiled
from cabinet.read.roots import Entry, Finder
from cabinet.read.selection import Selected, Selection, select
from cabinet.read.variables import Variables, VariablesInvalid
from cabinet.viewer import Viewer

_OUR_FAULT = 500


def _unwatched(_: str) -> None:
    """Watch no stages."""


class Answer(NamedTuple):
    """What GraphQL answers: finished JSON or values by response key, errors, and the fields that were withheld."""

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError] = ()
    withheld: Sequence[str] = ()


class Ordinary(Protocol):
    """Executes a document by its ordinary resolvers."""

    async def __call__(
        self, document: DocumentNode, variables: dict[str, Any] | None, viewer: Viewer, rows: Rows = NO_ROWS
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

    async def answer(
        self,
        document: Document,
        given: dict[str, Any] | None,
        viewer: Viewer,
        stage: Callable[[str], None] = _unwatched,
    ) -> Answer:
        """Answer a valid document; `stage` is told of each step done. Raises what is beyond the limits."""
        rows, writes = NO_ROWS, document.operation.operation is not OperationType.QUERY
        if writes and given:
            given, rows = await lift(self.schema, document.operation, given)
        try:
            variables = self._variables(document, given, viewer)
        except VariablesInvalid as invalid:
            return Answer(None, invalid.errors)
        arguments = Arguments(variables)
        selection = self._select(document, variables, arguments)
        if writes:
            answer = await self.ordinary(document.ast, given, viewer, rows)
            stage("resolvers")
            return answer
        found = Found({each.key: each.constant for each in selection.fields})
        entries = await self._entries(selection, arguments, viewer)
        asked = readings(selection, entries, viewer, self.fields) if entries else ()
        stage("plan")
        await self._read(found, entries, asked)
        stage("database")
        rest = [each for each in selection.fields if found.data[each.key] is None and each.key not in found.absent]
        if not rest:
            return Answer(found.data, withheld=found.withheld)
        ordinary = await self.ordinary(_only(document.ast, rest), given, viewer)
        stage("resolvers")
        if ordinary.data is None:
            return ordinary
        data = {**found.data, **ordinary.data}
        return Answer(data, ordinary.errors, (*found.withheld, *ordinary.withheld))

    def check(self, document: Document, given: dict[str, Any] | None, viewer: Viewer) -> None:
        """Hold a subscription to the limits of a query: each of its events may have a page of rows."""
        variables = self._variables(document, given, viewer)
        self._select(document, variables, Arguments(variables), times=self.page_limit)

    def _select(
        self, document: Document, variables: Variables, arguments: Arguments, *, times: int = 1
    ) -> Selection:
        """Return what is asked. Raises what is beyond the limits, and InputInvalid for a switch without a value.

        Such a switch ends the request: what is asked for cannot be known, and so not be held to a limit.
        """
        try:
            selection = select(self.schema, document, variables)
            check_cost(selection, arguments, self.fields, self.page_limit, times=times)
        except GraphQLError as error:
            raise InputInvalid(error.message) from error
        return selection

    def _variables(self, document: Document, given: dict[str, Any] | None, viewer: Viewer) -> Variables:
        return Variables(self.schema, document, given or {}, hide_suggestions=not viewer.memberships)

    async def _entries(self, selection: Selection, arguments: Arguments, viewer: Viewer) -> list[Entry]:
        """Return the root fields that are rows, and whose arguments nothing is wrong with."""
        entries = []
        for selected in selection.fields:
            if selected.relation is None:
                continue
            try:
                entries.append(await self.finder.find(selected, arguments, viewer))
            except (NotCompiled, GraphQLError):
                continue
            except CabinetError as error:
                if error.status >= _OUR_FAULT:
                    raise
        return entries

    async def _read(self, found: "Found", entries: Sequence[Entry], asked: Sequence[Reading]) -> None:
        try:
            if len(asked) == 1:
                only = asked[0]
                rows = [await self.database.row(only.scope, only.statement.sql, only.arguments(entries))]
            else:
                several = [(each.scope, each.statement.sql, each.arguments(entries)) for each in asked]
                rows = await self.database.rows_of_one_moment(several) if several else []
        except (ValueMissing, InputInvalid):
            # What a client did wrong is said by the ordinary resolver, at its place.
            return
        for each, row in zip(asked, rows, strict=True):
            found.take(each, entries, row)


@dataclass
class Found:
    """What was compiled and read: finished JSON by response key, None for what was not."""

    data: dict[str, Any]
    absent: set[str] = field(default_factory=set)
    """The keys whose value is null because there is no such row."""
    withheld: tuple[str, ...] = ()

    def take(self, reading: Reading, entries: Sequence[Entry], row: Sequence[Any]) -> None:
        """Take in the row of a statement; what is not there but promised is left to the ordinary resolver."""
        self.withheld += reading.statement.withheld
        for number, text in zip(reading.members, row, strict=True):
            selected = entries[number].selected
            if text is not None:
                self.data[selected.key] = orjson.Fragment(text)
            elif selected.is_nullable:
                self.absent.add(selected.key)


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
