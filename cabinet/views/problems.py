"""What a view refers to that there is no more: said when it is listed, before anybody runs it."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from cabinet.access import Action, grant
from cabinet.coverage.asking import Asking, asking
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.named import retired_codes
from cabinet.coverage.population import Population
from cabinet.db import Database
from cabinet.errors import ViewBroken
from cabinet.viewer import Viewer
from cabinet.views.definition import Definition, ViewQuestion
from cabinet.views.view import ViewVersion

_PLACES = (Dimension.NEIGHBORHOOD, Dimension.SCHOOL)


@dataclass(frozen=True)
class There:
    """What a community has that a view can refer to, and the names of populations that are out of use."""

    asking: Asking
    retired: frozenset[str]


async def find_there(database: Database, viewer: Viewer, community_id: UUID) -> There:
    """Read what a view of the community can refer to; raise Forbidden."""
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    async with database.transaction(granted.scope) as connection:
        return There(await asking(connection, granted), await retired_codes(connection, community_id))


def problems(version: ViewVersion, found: There) -> list[str]:
    """Return what a version refers to that there is not, a sentence each; none: it can be run.

    A population that is out of use is told of as well, though the version that was saved can still be asked by.
    """
    try:
        return list(dict.fromkeys(_problems(version.definition, found)))
    except ViewBroken as error:
        return [error.message]


def _problems(definition: Definition, found: There) -> Iterator[str]:
    yield from (f"There is no measure {name!r}." for name in definition.unknown_measures())
    services = [code for code in definition.services or () if code not in found.asking.types]
    yield from (f"The community has no service type {code!r}." for code in services)
    for population in _populations(definition):
        yield from (f"The community has no {what}." for what in found.asking.missing(population))
        retired = sorted(each.code for each in population.references if each.code in found.retired)
        yield from (f"The population {code!r} is out of use; it is asked by as it was." for code in retired)


def _populations(definition: Definition) -> Iterator[Population]:
    """Yield what it asks about; the groups that a disparity names are read as populations of one."""
    yield definition.population
    if definition.question is ViewQuestion.COMPARE:
        yield definition.against
    if definition.question is ViewQuestion.DISPARITY and definition.breakdown_by[0] in _PLACES:
        named = (definition.beside.reference, *definition.beside.worst_off_first)
        groups = tuple(value for value in named if value is not None)
        yield Population(values={definition.breakdown_by[0]: groups})
