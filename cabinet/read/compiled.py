"""Root fields as statements: planned, written and bound.

What is written is kept twice: the text with the selection, for everybody whose grants are alike; and the statement
with its scope and all that one viewer always binds, as long as the viewer is believed.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cabinet.errors import CabinetError
from cabinet.read.fields import Fields
from cabinet.read.plan import NotCompiled
from cabinet.read.predicates import Source
from cabinet.read.roots import Entry, Part, Root
from cabinet.read.selection import Selection
from cabinet.read.sql import Writer
from cabinet.scope import Scope
from cabinet.viewer import Viewer

_OUR_FAULT = 500
_READINGS_KEPT = 512
"""Of one viewer; anybody can fill them, with what is kept for the moment a viewer is believed."""


class Statement(NamedTuple):
    """One statement: its text, and where each parameter's value is found among its roots'."""

    sql: str
    sources: tuple[Source, ...]
    withheld: tuple[str, ...]


class Reading(NamedTuple):
    """A statement for one viewer, in its scope, whatever the values that single requests give."""

    scope: Scope
    statement: Statement
    members: tuple[int, ...]
    """The entries it answers, in the order of its columns."""
    bound: tuple[Any, ...]
    """The values of its parameters, None where an entry gives one."""
    given: tuple[tuple[int, int, tuple[Any, ...]], ...]
    """The parameters that entries give: the place among the values, the entry, and what it is called there."""

    def arguments(self, entries: Sequence[Entry]) -> list[Any]:
        values = list(self.bound)
        for place, entry, name in self.given:
            values[place] = entries[entry].value(*name)
        return values


class Group(NamedTuple):
    """Roots that are read in one scope, and so by one statement; each with its number among the entries."""

    scope: Scope
    roots: list[tuple[int, Root]]

    def admits(self, scope: Scope) -> bool:
        """Whether the scope sees the same; without sectors and organizations it asks for what is open to all."""
        own, other = self.scope.own, scope.own
        return self.scope.communities == scope.communities and (own == other or not own or not other)


def readings(
    selection: Selection, entries: Sequence[Entry], viewer: Viewer, fields: Fields
) -> tuple[Reading, ...]:
    """Return the statements that answer those of the entries that can be compiled for this viewer."""
    name = (selection, *[entry.shape for entry in entries])
    found: tuple[Reading, ...] | None = viewer.decided.get(name)
    if found is None:
        groups = _group(_roots(selection, entries, viewer, fields))
        found = tuple(_bind(each, _written(selection, each, fields)) for each in groups)
        if len(viewer.decided) >= _READINGS_KEPT:
            viewer.decided.clear()
        viewer.decided[name] = found
    return found


def _roots(
    selection: Selection, entries: Sequence[Entry], viewer: Viewer, fields: Fields
) -> list[tuple[int, Root]]:
    """Return the entries that the viewer may have and that can be compiled, as roots."""
    roots = []
    for number, entry in enumerate(entries):
        try:
            root = Root(entry, viewer, entry.granted(viewer))
        except CabinetError as error:
            if error.status >= _OUR_FAULT:
                raise
            continue
        if _planned(selection, root, fields) is not None:
            roots.append((number, root))
    return roots


def _group(roots: Sequence[tuple[int, Root]]) -> list[Group]:
    """Put roots together that one scope will do for."""
    groups: list[Group] = []
    for number, root in roots:
        for at, each in enumerate(groups):
            if each.admits(root.scope):
                scope = root.scope if root.scope.own else each.scope
                groups[at] = Group(scope, [*each.roots, (number, root)])
                break
        else:
            groups.append(Group(root.scope, [(number, root)]))
    return groups


def _bind(group: Group, statement: Statement) -> Reading:
    """Bind the parameters that are the viewer's, and say which ones the entries give."""
    members = tuple(number for number, _ in group.roots)
    bound, given = list[Any](), list[tuple[int, int, tuple[Any, ...]]]()
    for place, (at, name) in enumerate(statement.sources):
        if Entry.gives(name[0]):
            given.append((place, members[at], name))
            bound.append(None)
        else:
            bound.append(group.roots[at][1].value(name))
    return Reading(group.scope, statement, members, tuple(bound), tuple(given))


def _planned(selection: Selection, root: Root, fields: Fields) -> Part | None:
    """Return the plan of a root field, or None if not all of it can be read as SQL and in one scope."""
    if root.shape not in selection.plans:
        selection.keep(root.shape, _plan(root, fields))
    found: Part | None = selection.plans[root.shape]
    return found


def _plan(root: Root, fields: Fields) -> Part | None:
    try:
        return root.plan(fields) if root.scope else None
    except NotCompiled:
        return None


def _written(selection: Selection, group: Group, fields: Fields) -> Statement:
    """Return the statement of planned roots that are read in one scope."""
    roots = [root for _, root in group.roots]
    shapes = tuple([root.shape for root in roots])
    found: Statement | None = selection.plans.get(shapes)
    if found is None:
        parts = [part for root in roots if (part := _planned(selection, root, fields))]
        found = _write(roots, parts)
        selection.keep(shapes, found)
    return found


def _write(roots: Sequence[Root], parts: Sequence[Part]) -> Statement:
    writer = Writer(roots)
    sql = writer.statement(parts)
    withheld = dict.fromkeys(place for part in parts for place in part.withheld)
    return Statement(sql, tuple(writer.predicates.sources), tuple(withheld))
