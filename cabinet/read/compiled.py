"""Root fields as statements: planned, written and bound; what was written is kept with the selection."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cabinet.read.fields import Fields
from cabinet.read.plan import NotCompiled
from cabinet.read.predicates import Source
from cabinet.read.roots import Part, Root
from cabinet.read.selection import Selection
from cabinet.read.sql import Writer
from cabinet.scope import Scope


class Statement(NamedTuple):
    """One statement: its text, and where each parameter's value is found among its roots'."""

    sql: str
    sources: tuple[Source, ...]
    withheld: tuple[str, ...]

    def arguments(self, roots: Sequence[Root]) -> list[Any]:
        return [roots[number].value(name) for number, name in self.sources]


class Group(NamedTuple):
    """Roots that are read in one scope, and so by one statement."""

    scope: Scope
    roots: list[Root]

    def admits(self, scope: Scope) -> bool:
        """Whether the scope sees the same; without sectors and organizations it asks for what is open to all."""
        own, other = self.scope.own, scope.own
        return self.scope.communities == scope.communities and (own == other or not own or not other)


def group(roots: Sequence[Root]) -> list[Group]:
    """Put roots together that one scope will do for."""
    if len(roots) == 1:
        return [Group(roots[0].scope, [roots[0]])]
    groups: list[Group] = []
    for root in roots:
        for at, each in enumerate(groups):
            if each.admits(root.scope):
                groups[at] = Group(root.scope if root.scope.own else each.scope, [*each.roots, root])
                break
        else:
            groups.append(Group(root.scope, [root]))
    return groups


def planned(selection: Selection, root: Root, fields: Fields) -> Part | None:
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


def written(selection: Selection, roots: Sequence[Root], fields: Fields) -> Statement:
    """Return the statement of planned roots that are read in one scope."""
    shapes = tuple([root.shape for root in roots])
    found: Statement | None = selection.plans.get(shapes)
    if found is None:
        parts = [part for root in roots if (part := planned(selection, root, fields))]
        found = _write(roots, parts)
        selection.keep(shapes, found)
    return found


def _write(roots: Sequence[Root], parts: Sequence[Part]) -> Statement:
    writer = Writer(roots)
    sql = writer.statement(parts)
    withheld = dict.fromkeys(place for part in parts for place in part.withheld)
    return Statement(sql, tuple(writer.predicates.sources), tuple(withheld))
