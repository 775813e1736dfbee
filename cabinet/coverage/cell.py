"""The children behind one count of an answer: the same question, asked for keys in the place of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from cabinet.coverage.asking import Asking, check_day, check_dimensions
from cabinet.coverage.counting import find_tabulation
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.question import Question, write_question
from cabinet.coverage.tabulation import Approach
from cabinet.db import Connection
from cabinet.errors import Forbidden, InputInvalid


class CellCount(StrEnum):
    """Which of a service's counts, as coverage has them."""

    POPULATION = "population"
    ELIGIBLE = "eligible"
    IN_NEED = "in_need"
    SERVED = "served"
    GAP = "gap"
    WAITLISTED = "waitlisted"


# PostgreSQL has to see every argument of a statement used.
_EVERYBODY = "SELECT p.child_id FROM {profile} p WHERE {population} AND {services} IS NOT NULL"
_OF_SERVICE = """
SELECT p.child_id FROM {profile} p
JOIN eligible e ON e.child_id = p.child_id AND e.service_type = ANY ({services})
WHERE {population}"""
_NEEDS = f"{_OF_SERVICE} AND e.in_need"
_IS_IN = "EXISTS (SELECT FROM {} x WHERE x.child_id = e.child_id AND x.service_type = e.service_type)"
_REACHED, _WAITING = _IS_IN.format("reached"), _IS_IN.format("waiting")

_BEHIND = {
    CellCount.POPULATION: _EVERYBODY,
    CellCount.ELIGIBLE: _OF_SERVICE,
    CellCount.IN_NEED: _NEEDS,
    CellCount.SERVED: f"{_NEEDS} AND {_REACHED}",
    CellCount.GAP: f"{_NEEDS} AND NOT {_REACHED}",
    CellCount.WAITLISTED: f"{_NEEDS} AND NOT {_REACHED} AND {_WAITING}",
}
_TEMPLATE = "found AS ({}) SELECT child_id FROM found"
_PAGE = """
WITH behind AS MATERIALIZED ({behind})
SELECT (SELECT count(*) FROM behind)::int AS total, ARRAY (
  SELECT child_id FROM behind WHERE {after}::uuid IS NULL OR child_id > {after} ORDER BY child_id LIMIT {limit}
) AS children
"""


@dataclass(frozen=True)
class Cell:
    """One count of an answer: of a service (None: the population itself), in one group, on a day."""

    count: CellCount
    service: str | None
    population: Population
    as_of: date
    where: tuple[tuple[Dimension, str], ...] = ()
    approach: Approach = Approach.COMBINED_MULTIRACIAL
    """How race and ethnicity are tabulated, where the group is by them."""

    @property
    def breakdown_by(self) -> tuple[Dimension, ...]:
        return tuple(dimension for dimension, _ in self.where)

    def question(self, asked: Asking) -> Question:
        """Return the question whose answer has the cell.

        Raises InputInvalid, and Forbidden for what the viewer is not shown a count of.
        """
        check_day(self.as_of)
        check_dimensions(asked.granted, self.population, self.breakdown_by)
        asked.check(self.population, self.breakdown_by)
        others = [each for each in self.where if each[0] is not Dimension.RACE_ETHNICITY]
        asked.check(Population(values={dimension: (value,) for dimension, value in others}))
        services = () if self.service is None else tuple(asked.wanted([self.service]))
        if not services and self.count is not CellCount.POPULATION:
            raise InputInvalid(
                "This count is of a service.", hint="Say which by `service`; POPULATION alone goes without."
            )
        if asked.known(services) != services:
            raise Forbidden(f"Who is served by {self.service} is outside your role's scope.")
        return Question(
            asked.community_id,
            self.population,
            services,
            self.as_of,
            self.breakdown_by,
            is_exact=asked.granted.is_exact,
        )


@dataclass(frozen=True)
class Found:
    """How many children are behind a cell, and the keys of some of them, in order."""

    total: int
    children: Sequence[UUID]


async def find_children(
    connection: Connection, cell: Cell, asked: Asking, limit: int, after: UUID | None = None
) -> Found:
    """Find children of a cell, `limit` at most, with keys after `after`; the counting is coverage's own.

    Asked in the scope of the grant that the cell's count was shown by. Raises Forbidden, InputInvalid.
    """
    question = cell.question(asked)
    tabulation = await find_tabulation(connection, question, None, cell.approach)
    question = replace(question, tabulation=tabulation)
    for dimension, value in cell.where:
        if not question.labels_of(dimension, value):
            raise InputInvalid(f"There is no group {value!r} of {dimension}.", dimension=dimension)
    group = tuple(value for _, value in cell.where)
    behind, arguments = write_question(question, _TEMPLATE.format(_BEHIND[cell.count]), group)
    sql = _PAGE.format(behind=behind, after=f"${len(arguments) + 1}", limit=f"${len(arguments) + 2}")
    await connection.execute("SET LOCAL enable_nestloop = off")
    row = await connection.fetchrow(sql, *arguments, after, limit)
    await connection.execute("SET LOCAL enable_nestloop = on")
    return Found(row["total"], row["children"])
