"""What a view refers to that there is no more: said when it is listed, before anybody runs it."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar
from uuid import UUID

from cabinet.access import Action, grant
from cabinet.coverage.asking import Asking, asking
from cabinet.coverage.dimensions import UNKNOWN, Dimension
from cabinet.coverage.population import Population
from cabinet.db import Database
from cabinet.errors import Forbidden, InputInvalid, ViewBroken
from cabinet.viewer import Viewer
from cabinet.views.definition import Definition, ViewQuestion
from cabinet.views.view import ViewVersion

T = TypeVar("T")

_PLACES = (Dimension.NEIGHBORHOOD, Dimension.SCHOOL)


async def find_asking(database: Database, viewer: Viewer, community_id: UUID) -> Asking:
    """Read what the community has that a view can refer to; raise Forbidden."""
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    async with database.transaction(granted.scope) as connection:
        return await asking(connection, granted)


def problems(version: ViewVersion, found: Asking) -> list[str]:
    """Return what a version refers to that there is not, a sentence each; none: it can be run."""
    try:
        return list(dict.fromkeys(_problems(version.definition, found)))
    except ViewBroken as error:
        return [error.message]


def _problems(definition: Definition, found: Asking) -> Iterator[str]:
    yield from (f"There is no measure {name!r}." for name in definition.unknown_measures())
    for code in definition.services or ():
        yield from _refused(found.wanted, [code])
    populations = [definition.population]
    if definition.question is ViewQuestion.COMPARE:
        populations.append(definition.against)
    for each in populations:
        for part in _parts(each):
            yield from _refused(found.check, part)
    if definition.question is ViewQuestion.DISPARITY and definition.breakdown_by[0] in _PLACES:
        named = (definition.beside.reference, *definition.beside.worst_off_first)
        for value in (each for each in named if each not in (None, UNKNOWN)):
            population = Population(values={definition.breakdown_by[0]: (str(value),)})
            yield from _refused(found.check, population)


def _parts(population: Population) -> Iterator[Population]:
    """Yield the conditions of a population one value at a time, so that each that is gone is named."""
    for dimension, values in population.words():
        yield from (Population(values={dimension: (value,)}) for value in values)
    yield from (Population(served_by=(code,)) for code in sorted(population.services))


def _refused(check: Callable[[T], object], asked: T) -> Sequence[str]:
    """Return what a check says is wrong. What is outside the reader's own scope is not gone."""
    try:
        check(asked)
    except InputInvalid as error:
        return (error.message,)
    except Forbidden:
        pass
    return ()
