"""Coverage, from the question to the answer: scope, count, protect, name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from uuid import UUID

from cabinet import audit
from cabinet.access import Action, Grant, grant
from cabinet.coverage.answer import Count, Counts, Coverage, GroupValue, ServiceCoverage, groups_of
from cabinet.coverage.asking import Asking, asking, check_day, check_dimensions
from cabinet.coverage.basis import data_version, find_basis
from cabinet.coverage.beside import beside
from cabinet.coverage.counting import Answered, count_all, find_tabulation
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.grid import Grid
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.naming import in_order, names_of
from cabinet.coverage.overlapping import TOTAL
from cabinet.coverage.population import Population
from cabinet.coverage.protect import ServiceCounts, protect
from cabinet.coverage.question import Question
from cabinet.coverage.tabulation import Approach
from cabinet.coverage.tally import POPULATION, tally
from cabinet.db import Database, Record
from cabinet.viewer import Viewer


async def coverage(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    population: Population,
    services: Sequence[str] | None,
    as_of: date,
    breakdown_by: Sequence[Dimension] = (),
    indexes: Indexes | None = None,
    approach: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Coverage:
    """Count a population, and for each service who is eligible, in need, served and missed.

    `services` are codes of service types (None: all); without `indexes` everything is asked of the database.
    Raises Forbidden, InputInvalid.
    """
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    check_day(as_of)
    check_dimensions(granted, population, breakdown_by)
    version = await data_version(database, community_id)
    async with database.transaction(granted.scope) as connection:
        asked = await asking(connection, granted)
        wanted = asked.wanted(services)
        asked.check(population, breakdown_by)
        known = asked.known(wanted)
        question = Question(community_id, population, known, as_of, tuple(breakdown_by), is_exact=granted.is_exact)
        tabulation = await find_tabulation(connection, question, indexes, approach)
        question = replace(question, tabulation=tabulation)
        (answered,) = await count_all(connection, [question], indexes)
        await audit.record(connection, viewer, community_id, "coverage", _asked(question, granted))
    return await beside(partial(_answer, question, asked, wanted, answered, version))


def _asked(question: Question, granted: Grant) -> dict[str, object]:
    return {
        "level": granted.level,
        "services": list(question.services),
        "as_of": question.as_of,
        "breakdown_by": list(question.breakdown_by),
        "tabulation": question.tabulation.approach,
        "population": repr(question.population),
    }


def _answer(
    question: Question, asked: Asking, wanted: Sequence[str], answered: Answered, version: str
) -> Coverage:
    counted = tally(question, asked.types, answered)
    if not asked.granted.is_exact:
        counted = protect(counted)
    names = names_of(asked.labels)
    by_code: Mapping[str, ServiceCounts] = {service.service: service for service in counted}
    basis = find_basis(asked.granted, question, {None: by_code[POPULATION]}, version)
    keys = tuple(counted[0].groups)
    named = in_order(question.breakdown_by, [key for key in keys if key != TOTAL], names)
    groups = [values for _, values in named], [keys.index(key) for key, _ in named]
    return Coverage(
        as_of=question.as_of,
        school_year=basis.school_year,
        level=asked.granted.level,
        population=Count(by_code[POPULATION].groups[TOTAL]["population"]),
        services=tuple(_service(asked.types[code], by_code.get(code), *groups) for code in wanted),
        basis=basis,
    )


def _service(
    kind: Record, counted: ServiceCounts | None, values: Sequence[tuple[GroupValue, ...]], order: Sequence[int]
) -> ServiceCoverage:
    """Name what is counted of a service: `values` are the groups' names, and `order` where their counts stand."""
    about = kind["code"], kind["name"], kind["sector"], kind["version"]
    if counted is None:
        return ServiceCoverage(*about, total=None)
    grid = Grid.of(counted.groups)
    return ServiceCoverage(*about, Counts.of(grid.row(TOTAL)), groups_of(values, order, grid))
