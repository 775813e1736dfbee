"""A view run by somebody: answered by the rights of who runs it, as the same question asked directly would be."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date

from cabinet.communities import Community
from cabinet.coverage.answers.access import access
from cabinet.coverage.answers.capacity import capacity
from cabinet.coverage.answers.cascade import cascade
from cabinet.coverage.answers.compare import compare
from cabinet.coverage.answers.completeness import completeness
from cabinet.coverage.answers.disparity import disparity
from cabinet.coverage.answers.gaps import gaps
from cabinet.coverage.answers.overlap import overlap
from cabinet.coverage.answers.trend import trend
from cabinet.coverage.askable import BY_NAME
from cabinet.coverage.asking import check_day
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured
from cabinet.coverage.gather import Asked
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.population import Population
from cabinet.db import Database
from cabinet.errors import ViewBroken
from cabinet.viewer import Viewer
from cabinet.views.definition import Definition, ViewQuestion


@dataclass(frozen=True)
class Parameters:
    """What whoever runs a view may say: the day, and of which neighborhoods and grades only."""

    as_of: date | None = None
    neighborhoods: tuple[str, ...] | None = None
    grades: tuple[str, ...] | None = None

    def narrow(self, population: Population) -> Population:
        given = {Dimension.NEIGHBORHOOD: self.neighborhoods, Dimension.GRADE: self.grades}
        values = {dimension: words for dimension, words in given.items() if words is not None}
        return Population(all_of=(population,), values=values) if values else population


@dataclass(frozen=True)
class Running:
    """A definition about to be asked."""

    database: Database
    viewer: Viewer
    community: Community
    definition: Definition
    asked: Asked
    against: Population


async def run(
    database: Database,
    viewer: Viewer,
    community: Community,
    definition: Definition,
    parameters: Parameters,
    indexes: Indexes | None = None,
) -> Measured:
    """Ask a definition; without a day, of today.

    Raises Forbidden and InputInvalid as the question itself does, and ViewBroken for a measure that is no more.
    """
    if unknown := definition.unknown_measures():
        raise ViewBroken(f"The view asks for a measure {unknown[0]!r}, which there is no more.")
    as_of = parameters.as_of or community.today
    check_day(as_of)
    population = parameters.narrow(definition.population)
    by = definition.breakdown_by
    asked = Asked(population, definition.services, as_of, by, indexes, definition.tabulation)
    running = Running(database, viewer, community, definition, asked, parameters.narrow(definition.against))
    return await _ASK[definition.question](running)


async def _measures(running: Running) -> Measured:
    definition, days = running.definition, running.definition.days(running.asked.as_of)
    measures = [BY_NAME[name] for name in dict.fromkeys(definition.measures)]
    key = running.community.community_id
    return await trend(running.database, running.viewer, key, running.asked, days, measures)


async def _gaps(running: Running) -> Measured:
    key = running.community.community_id
    return await gaps(running.database, running.viewer, key, running.asked, running.definition.first)


async def _compare(running: Running) -> Measured:
    measures = [BY_NAME[name] for name in dict.fromkeys(running.definition.measures)]
    key = running.community.community_id
    return await compare(running.database, running.viewer, key, running.asked, running.against, measures)


async def _overlap(running: Running) -> Measured:
    return await overlap(running.database, running.viewer, running.community.community_id, running.asked)


async def _disparity(running: Running) -> Measured:
    definition, key = running.definition, running.community.community_id
    rate = BY_NAME[definition.rate]
    return await disparity(running.database, running.viewer, key, running.asked, rate, definition.beside)


async def _cascade(running: Running) -> Measured:
    return await cascade(running.database, running.viewer, running.community.community_id, running.asked)


async def _completeness(running: Running) -> Measured:
    return await completeness(running.database, running.viewer, running.community.community_id, running.asked)


async def _capacity(running: Running) -> Measured:
    key, policy = running.community.community_id, running.definition.need_policy
    return await capacity(running.database, running.viewer, key, running.asked, policy)


async def _access(running: Running) -> Measured:
    key, reach = running.community.community_id, running.definition.reach
    return await access(running.database, running.viewer, key, running.asked, reach)


_ASK: Mapping[ViewQuestion, Callable[[Running], Awaitable[Measured]]] = {
    ViewQuestion.MEASURES: _measures,
    ViewQuestion.GAPS: _gaps,
    ViewQuestion.COMPARE: _compare,
    ViewQuestion.OVERLAP: _overlap,
    ViewQuestion.DISPARITY: _disparity,
    ViewQuestion.CASCADE: _cascade,
    ViewQuestion.COMPLETENESS: _completeness,
    ViewQuestion.CAPACITY: _capacity,
    ViewQuestion.ACCESS: _access,
}
