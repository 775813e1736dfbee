"""Where a root field begins: the community and the row it names, the grants it needs, the pages it asks for."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from graphql import GraphQLObjectType
from sqlalchemy import Table

from cabinet.access import Action, Grant, grant, supply_everywhere
from cabinet.communities import Community
from cabinet.db import Database
from cabinet.read.arguments import Arguments
from cabinet.read.directory import Directory
from cabinet.read.fields import Fields
from cabinet.read.pages import read_page
from cabinet.read.plan import NotCompiled, ObjectNode, PageNode, Planner
from cabinet.read.relations import ById, CommunityById, Pages, Relation, action_of
from cabinet.read.rows import decode_id
from cabinet.read.selection import Selected
from cabinet.read.windows import Window
from cabinet.scope import Scope
from cabinet.tables import community
from cabinet.viewer import Viewer

_NOWHERE = UUID(int=0)


class Start(NamedTuple):
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


class Entry(NamedTuple):
    """A root field as one request asks for it, before it is known who may see what."""

    selected: Selected
    start: Start
    windows: Mapping[Selected, Window]
    communities: tuple[UUID, ...] = ()
    """The communities that are read, where they had to be found first."""

    @property
    def shape(self) -> Hashable:
        """Return all that makes a difference to what a viewer's statement is, and none of the values in it."""
        table, _, community_id, _ = self.start
        windows = [window.shape for window in self.windows.values()]
        return self.selected, table, community_id, self.communities, *windows

    def value(self, kind: str, *which: Any) -> Any:
        """Return what a parameter of the statement is bound to, of those that the request gives."""
        if kind == "key":
            return self.start.key
        return _OF_WINDOWS[kind](tuple(self.windows.values())[which[0]], *which[1:])

    @staticmethod
    def gives(kind: str) -> bool:
        """Whether a parameter of this kind is bound to something else with every request."""
        return kind == "key" or kind in _OF_WINDOWS

    def granted(self, viewer: Viewer) -> Granted:
        """Return the grants for all that is asked below. Raises Forbidden."""
        _, action, community_id, _ = self.start
        if community_id is not None:
            actions = dict.fromkeys((action, *[page.action for page in self.windows]))
            return Granted({action: grant(viewer, community_id, action) for action in actions})
        own = supply_everywhere(viewer)
        scope = replace(own.scope, communities=self.communities)
        return Granted({Action.READ_SUPPLY: replace(own, scope=scope)})


@dataclass(eq=False)
class Root:
    """A root field of one viewer, ready to be planned and bound."""

    entry: Entry
    viewer: Viewer
    granted: Granted

    @property
    def is_everywhere(self) -> bool:
        return self.entry.start.community_id is None

    @property
    def grants(self) -> Mapping[Action, Grant]:
        return self.granted.grants

    @property
    def scope(self) -> Scope:
        """Return the one scope that all of it is read in. Raises NotCompiled if it takes several."""
        if self.granted.scope is None:
            raise NotCompiled
        return self.granted.scope

    @cached_property
    def shape(self) -> Hashable:
        """Return what makes a difference to the text of the statement, whoever asks and wherever."""
        selected, start, windows, communities = self.entry
        shapes = tuple([window.shape for window in windows.values()])
        where = (self.is_everywhere, bool(communities))
        return selected.key, start.table.name, where, self.granted.shape, shapes

    def value(self, name: tuple[Any, ...]) -> Any:
        """Return what a parameter of the statement is bound to."""
        kind, *which = name
        if Entry.gives(kind):
            return self.entry.value(kind, *which)
        if kind in _OF_SCOPES:
            return list(getattr(self.grants[which[0]].scope, kind))
        return _OF_ROOTS[kind](self)

    def plan(self, fields: Fields) -> "Part":
        selected, start, windows, _ = self.entry
        planner = Planner(fields, self.grants, windows)
        node: ObjectNode | PageNode
        if isinstance(selected.relation, Pages):
            node = planner.page(selected, start.table, start.action)
        else:
            node = planner.node(selected, start.action, fields.nodes.get(start.table))
        return Part(node, tuple(planner.withheld))


_OF_ROOTS: Mapping[str, Callable[[Root], Any]] = {
    "community": lambda root: root.entry.start.community_id,
    "communities": lambda root: list(root.entry.communities),
    "subject": lambda root: root.viewer.subject,
    "roles": lambda root: " ".join(sorted(root.viewer.roles(root.entry.start.community_id or _NOWHERE))),
}
_OF_SCOPES = ("sectors", "organizations")
_OF_WINDOWS: Mapping[str, Callable[..., Any]] = {
    "after key": lambda window: window.after.key,
    "after value": lambda window: window.after.value,
    "condition": lambda window, at: window.conditions[at].value,
    "only": lambda window, at: window.conditions[at].value[0],
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

    async def find(self, selected: Selected, arguments: Arguments, viewer: Viewer) -> Entry:
        """Raise NotCompiled, or what the ordinary resolver will complain of."""
        given = arguments.of(selected)
        name = given.get(_NAMES_COMMUNITY.get(type(selected.relation), ""))
        found = None if name is None else self.directory.known(name) or await self.directory.find(name)
        start = _start(selected.relation, given, found)
        here = start.community_id or _NOWHERE
        pages = selected.pages(self._type_by_id(selected, start))
        entry = Entry(selected, start, {page: arguments.window(page, here) for page in pages})
        return entry if start.community_id is not None else await self._everywhere(entry, viewer)

    def _type_by_id(self, selected: Selected, start: Start) -> GraphQLObjectType | None:
        if not isinstance(selected.relation, ById):
            return None
        row = self.fields.nodes.get(start.table)
        if row is None:
            raise NotCompiled
        return row.type

    async def _everywhere(self, entry: Entry, viewer: Viewer) -> Entry:
        """Find the communities of the page first: what belongs to them is read in the scope of exactly these."""
        if not entry.selected.reaches_other_rows:
            return entry
        if any(page.action is not Action.READ_SUPPLY for page in entry.windows):
            raise NotCompiled
        first = entry.windows[entry.selected]
        first = first._replace(first=first.first + 1)
        page = await read_page(self.database, viewer, supply_everywhere(viewer), community, first)
        return entry._replace(communities=tuple(row.community_id for row in page.nodes))


_NAMES_COMMUNITY: Mapping[type, str] = {Pages: "community", CommunityById: "id"}
"""The arguments that name a community; the list of all communities has none."""


def _start(relation: Relation | None, given: Mapping[str, Any], found: Community | None) -> Start:
    if isinstance(relation, ById):
        table, community_id, key = decode_id(given["id"])
        return Start(table, action_of(table), community_id, key)
    if isinstance(relation, CommunityById) and found is not None:
        return Start(community, Action.READ_SUPPLY, found.community_id, found.community_id)
    if isinstance(relation, Pages) and relation.action is None:
        return Start(relation.table, Action.READ_SUPPLY, None)
    if isinstance(relation, Pages) and relation.action is not None and found is not None:
        return Start(relation.table, relation.action, found.community_id)
    raise NotCompiled
