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
        own, other = _own(self.scope), _own(scope)
        return self.scope.communities == scope.communities and (own == other or not own or not other)


def group(roots: Sequence[Root]) -> list[Group]:
    """Put roots together that one scope will do for."""
    if len(roots) == 1:
        return [Group(roots[0].scope, [roots[0]])]
    groups: list[Group] = []
    for root in roots:
        for at, each in enumerate(groups):
            if each.admits(root.scope):
                groups[at] = Group(root.scope if _own(root.scope) else each.scope, [*each.roots, root])
                break
        else:
            groups.append(Group(root.scope, [root]))
    return groups


def is_compiled(selection: Selection, root: Root, fields: Fields) -> bool:
    """Whether a root field can be written as SQL, all of it and in one scope."""
    found: bool | None = selection.plans.get(root.shape)
    if found is None:
        try:
            found = bool(root.scope and root.plan(fields))
        except NotCompiled:
            found = False
        selection.keep(root.shape, found)
    return found


def written(selection: Selection, roots: Sequence[Root], fields: Fields) -> Statement:
    """Return the statement of roots that are read in one scope."""
    shapes = tuple([root.shape for root in roots])
    found: Statement | None = selection.plans.get(shapes)
    if found is None:
        found = _write(roots, [root.plan(fields) for root in roots])
        selection.keep(shapes, found)
    return found


def _write(roots: Sequence[Root], parts: Sequence[Part]) -> Statement:
    writer = Writer(roots)
    sql = writer.statement(parts)
    withheld = dict.fromkeys(place for part in parts for place in part.withheld)
    return Statement(sql, tuple(writer.predicates.sources), tuple(withheld))


def _own(scope: Scope) -> tuple[object, ...]:
    return (*scope.sectors, *scope.organizations)
