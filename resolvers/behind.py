from dataclasses import dataclass
from datetime import date

from strawberry import ID

from cabinet.behind import Behind
from cabinet.behind import children_behind as find_children
from cabinet.coverage.cell import Cell, CellCount
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.tabulation import Approach
from resolvers.context import Ask


@dataclass(frozen=True)
class Wanted:
    """A cell as it is asked for; without a day, as of the community's today."""

    count: CellCount
    service: str | None
    population: Population
    as_of: date | None
    where: tuple[tuple[Dimension, str], ...]
    approach: Approach

    def cell(self, today: date) -> Cell:
        return Cell(self.count, self.service, self.population, self.as_of or today, self.where, self.approach)


async def children_behind(info: Ask, community: ID, wanted: Wanted, first: int, after: str | None) -> Behind:
    ask = info.context
    found = await ask.find_community(str(community))
    cell = wanted.cell(found.today)
    return await find_children(ask.database, ask.viewer, found.community_id, cell, first, after)
