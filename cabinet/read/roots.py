"""Where a root field begins: the community and the row it names, the grants it needs, the pages it asks for."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType
from graphql.execution.values import VariableValues
from sqlalchemy import Table

from cabinet.access import Action, Grant, grant, supply_everywhere
from cabinet.db import Database, Scope
from cabinet.read.directory import Directory
from cabinet.read.fields import Fields
from cabinet.read.pages import read_page
from cabinet.read.plan import NotCompiled, ObjectNode, PageNode, Planner
from cabinet.read.relations import ById, CommunityById, Pages, action_of
from cabinet.read.rows import decode_id
from cabinet.read.selection import Selected
from cabinet.read.windows import Window, read_window
from cabinet.tables import community
from cabinet.viewer import Viewer

_NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Start:
    """What a root field names: a table and, for one row, its key; everywhere, or in one community."""

    table: Table
    action: Action
    community_id: UUID | None
    key: UUID | None = None


@dataclass(frozen=True)
class Root:
    """A root field, ready to be planned and bound."""

    selected: Selected
    start: Start
    grants: Mapping[Action, Grant]
    windows: Mapping[Selected, Window]

    @property
    def is_everywhere(self) -> bool:
        return self.start.community_id is None

    @property
    def communities(self) -> tuple[UUID, ...]:
        """Return the communities that are read, where they had to be found first."""
        return self.grants[self.start.action].scope.communities

    @property
    def scope(self) -> Scope:
        """Return the one scope that all of it is read in."""
        scopes = {each.scope for each in self.grants.values()}
        children = {scope for scope in scopes if scope.sectors or scope.organizations}
        if len(children) > 1:
            raise NotCompiled
        return next(iter(children or scopes))

    @property
    def shape(self) -> Hashable:
        """Return what makes a difference to the statement beside the selection itself."""
        grants = tuple(
            (action, each.level, bool(each.scope.sectors), bool(each.scope.organizations))
            for action, each in self.grants.items()
        )
        windows = tuple(window.shape for window in self.windows.values())
        return (self.start.table.name, self.is_everywhere, bool(self.communities), grants, windows)

    @property
    def values(self) -> dict[Hashable, Any]:
        """Return what the statement's parameters are bound to."""
        values: dict[Hashable, Any] = {"community": self.start.community_id, "key": self.start.key}
        values["communities"] = list(self.communities)
        for action, each in self.grants.items():
            values["sectors", action] = list(each.scope.sectors)
            values["organizations", action] = list(each.scope.organizations)
        for number, window in enumerate(self.windows.values()):
            if window.after is not None:
                values["after key", number], values["after value", number] = window.after
            for at, condition in enumerate(window.conditions):
                values["condition", number, at] = condition.value
        return values

    def plan(self, fields: Fields) -> "Part":
        planner = Planner(fields, self.grants, self.windows)
        node: ObjectNode | PageNode
        if isinstance(self.selected.relation, Pages):
            node = planner.page(self.selected, self.start.table, self.start.action)
        else:
            node = planner.node(self.selected, self.start.action, fields.by_table(self.start.table))
        return Part(node, tuple(planner.withheld))


@dataclass(frozen=True)
class Part:
    """The plan of one root field."""

    node: ObjectNode | PageNode
    withheld: tuple[str, ...]


@dataclass(frozen=True)
class Finder:
    """Finds where root fields begin, for one server process."""

    database: Database
    directory: Directory
    fields: Fields

    async def find(self, selected: Selected, variables: VariableValues, viewer: Viewer) -> Root:
        """Raise NotCompiled, or what the ordinary resolver will complain of."""
        start = await self._start(selected, selected.arguments(variables))
        pages = selected.pages(self._type_by_id(selected, start))
        here = start.community_id or _NOWHERE
        windows = {page: read_window(_table(page), here, page.arguments(variables)) for page in pages}
        if start.community_id is None:
            return Root(selected, start, await self._everywhere(viewer, windows), windows)
        actions = dict.fromkeys((start.action, *(_action(page) for page in pages)))
        return Root(selected, start, {action: grant(viewer, here, action) for action in actions}, windows)

    async def _start(self, selected: Selected, arguments: Mapping[str, Any]) -> Start:
        relation = selected.relation
        if isinstance(relation, Pages) and relation.action is None:
            return Start(relation.table, Action.READ_SUPPLY, None)
        if isinstance(relation, Pages) and relation.action is not None:
            found = await self.directory.find(arguments["community"])
            return Start(relation.table, relation.action, found.community_id)
        if isinstance(relation, CommunityById):
            found = await self.directory.find(arguments["id"])
            return Start(community, Action.READ_SUPPLY, found.community_id, found.community_id)
        if isinstance(relation, ById):
            table, community_id, key = decode_id(arguments["id"])
            return Start(table, action_of(table), community_id, key)
        raise NotCompiled

    def _type_by_id(self, selected: Selected, start: Start) -> GraphQLObjectType | None:
        if not isinstance(selected.relation, ById):
            return None
        row = self.fields.by_table(start.table)
        if row is None:
            raise NotCompiled
        return row.type

    async def _everywhere(self, viewer: Viewer, windows: Mapping[Selected, Window]) -> Mapping[Action, Grant]:
        """Find the communities of the page first: what belongs to them is read in the scope of exactly these."""
        own = supply_everywhere(viewer)
        first = next(iter(windows.values()))
        if any(_action(page) is not Action.READ_SUPPLY for page in list(windows)[1:]):
            raise NotCompiled
        page = await read_page(self.database, viewer, own, community, replace(first, first=first.first + 1))
        ids = tuple(row.community_id for row in page.nodes)
        return {Action.READ_SUPPLY: replace(own, scope=replace(own.scope, communities=ids))}


def _table(page: Selected) -> Table:
    if not isinstance(page.relation, Pages):
        raise NotCompiled
    return page.relation.table


def _action(page: Selected) -> Action:
    relation = page.relation
    return relation.action if isinstance(relation, Pages) and relation.action else Action.READ_SUPPLY
