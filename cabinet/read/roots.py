"""Where a root field begins: the community and the row it names, the grants it needs, the pages it asks for."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType
from sqlalchemy import Table

from cabinet.access import Action, Grant, grant, supply_everywhere
from cabinet.db import Database
from cabinet.read.arguments import Arguments
from cabinet.read.directory import Directory
from cabinet.read.fields import Fields
from cabinet.read.pages import read_page
from cabinet.read.plan import NotCompiled, ObjectNode, PageNode, Planner
from cabinet.read.relations import ById, CommunityById, Pages, action_of
from cabinet.read.rows import decode_id
from cabinet.read.selection import Selected
from cabinet.read.windows import Window
from cabinet.scope import Scope
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
class Granted:
    """What a viewer may read of one community, action by action, as far as it is asked for."""

    grants: Mapping[Action, Grant]

    @cached_property
    def scope(self) -> Scope | None:
        """Return the one scope that all of it is read in; None if it takes several."""
        scopes = {each.scope for each in self.grants.values()}
        if len(scopes) > 1:
            scopes = {scope for scope in scopes if scope.own} or scopes
        return scopes.pop() if len(scopes) == 1 else None

    @cached_property
    def shape(self) -> Hashable:
        return tuple((str(action), each.shape) for action, each in self.grants.items())


@dataclass(eq=False)
class Root:
    """A root field, ready to be planned and bound."""

    selected: Selected
    viewer: Viewer
    start: Start
    granted: Granted
    windows: Mapping[Selected, Window]

    @property
    def is_everywhere(self) -> bool:
        return self.start.community_id is None

    @property
    def grants(self) -> Mapping[Action, Grant]:
        return self.granted.grants

    @property
    def communities(self) -> tuple[UUID, ...]:
        """Return the communities that are read, where they had to be found first."""
        return self.grants[self.start.action].scope.communities

    @property
    def scope(self) -> Scope:
        """Return the one scope that all of it is read in. Raises NotCompiled if it takes several."""
        if self.granted.scope is None:
            raise NotCompiled
        return self.granted.scope

    @cached_property
    def shape(self) -> Hashable:
        """Return what makes a difference to the statement: all that is asked, and none of the values."""
        windows = tuple([window.shape for window in self.windows.values()])
        pinned = self.is_everywhere and bool(self.communities)
        return self.selected.key, self.start.table.name, self.is_everywhere, pinned, self.granted.shape, windows

    def value(self, name: tuple[Any, ...]) -> Any:
        """Return what a parameter of the statement is bound to."""
        kind, *which = name
        if kind in _OF_WINDOWS:
            return _OF_WINDOWS[kind](tuple(self.windows.values())[which[0]], *which[1:])
        if kind in _OF_SCOPES:
            return list(getattr(self.grants[which[0]].scope, kind))
        return _OF_ROOTS[kind](self)

    def plan(self, fields: Fields) -> "Part":
        planner = Planner(fields, self.grants, self.windows)
        node: ObjectNode | PageNode
        if isinstance(self.selected.relation, Pages):
            node = planner.page(self.selected, self.start.table, self.start.action)
        else:
            node = planner.node(self.selected, self.start.action, fields.nodes.get(self.start.table))
        return Part(node, tuple(planner.withheld))


_OF_ROOTS: Mapping[str, Callable[[Root], Any]] = {
    "community": lambda root: root.start.community_id,
    "communities": lambda root: list(root.communities),
    "key": lambda root: root.start.key,
    "subject": lambda root: root.viewer.subject,
    "roles": lambda root: " ".join(sorted(root.viewer.roles(root.start.community_id or _NOWHERE))),
}
_OF_SCOPES = ("sectors", "organizations")
_OF_WINDOWS: Mapping[str, Callable[..., Any]] = {
    "after key": lambda window: window.after.key,
    "after value": lambda window: window.after.value,
    "condition": lambda window, at: window.conditions[at].value,
}
"""The names of a statement's parameters, by what they are found in."""


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

    async def find(self, selected: Selected, arguments: Arguments, viewer: Viewer) -> Root:
        """Raise NotCompiled, or what the ordinary resolver will complain of."""
        start = await self._start(selected, arguments.of(selected))
        pages = selected.pages(self._type_by_id(selected, start))
        here = start.community_id
        windows = {page: arguments.window(page, here or _NOWHERE) for page in pages}
        granted = (
            await self._everywhere(selected, viewer, windows)
            if here is None
            else _granted(viewer, here, (start.action, *[page.action for page in pages]))
        )
        return Root(selected, viewer, start, granted, windows)

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
        row = self.fields.nodes.get(start.table)
        if row is None:
            raise NotCompiled
        return row.type

    async def _everywhere(self, selected: Selected, viewer: Viewer, windows: Mapping[Selected, Window]) -> Granted:
        """Find the communities of the page first: what belongs to them is read in the scope of exactly these."""
        own = supply_everywhere(viewer)
        if not selected.reaches_other_rows:
            return Granted({Action.READ_SUPPLY: own})
        if any(page.action is not Action.READ_SUPPLY for page in windows):
            raise NotCompiled
        first = windows[selected]
        page = await read_page(self.database, viewer, own, community, replace(first, first=first.first + 1))
        scope = replace(own.scope, communities=tuple(row.community_id for row in page.nodes))
        return Granted({Action.READ_SUPPLY: replace(own, scope=scope)})


def _granted(viewer: Viewer, community_id: UUID, actions: tuple[Action, ...]) -> Granted:
    """Return the grants for several actions, worked out once for a viewer. Raises Forbidden."""
    found: Granted | None = viewer.decided.get((community_id, actions))
    if found is None:
        found = Granted({action: grant(viewer, community_id, action) for action in dict.fromkeys(actions)})
        viewer.decided[community_id, actions] = found
    return found
