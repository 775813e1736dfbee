"""What a view refers to that there is no more: said when it is listed, before anybody runs it."""

from collections.abc import Iterator
from uuid import UUID

from cabinet.access import Action, grant
from cabinet.coverage.asking import Asking, asking
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.db import Database
from cabinet.errors import ViewBroken
from cabinet.viewer import Viewer
from cabinet.views.definition import Definition, ViewQuestion
from cabinet.views.view import ViewVersion

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
    services = [code for code in definition.services or () if code not in found.types]
    yield from (f"The community has no service type {code!r}." for code in services)
    for population in _populations(definition):
        yield from (f"The community has no {what}." for what in found.missing(population))


def _populations(definition: Definition) -> Iterator[Population]:
    """Yield what it asks about; the groups that a disparity names are read as populations of one."""
    yield definition.population
    if definition.question is ViewQuestion.COMPARE:
        yield definition.against
    if definition.question is ViewQuestion.DISPARITY and definition.breakdown_by[0] in _PLACES:
        named = (definition.beside.reference, *definition.beside.worst_off_first)
        groups = tuple(value for value in named if value is not None)
        yield Population(values={definition.breakdown_by[0]: groups})
