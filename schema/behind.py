from datetime import date

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.behind import Behind
from cabinet.coverage.cell import CellCount
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.tabulation import Approach
from cabinet.read.relations import READ, FoundPages
from cabinet.read.windows import DEFAULT_PAGE
from resolvers import behind as resolve
from resolvers.behind import Wanted
from resolvers.context import Ask
from schema.children import Child
from schema.nodes import Connection
from schema.populations import PopulationInput

strawberry.enum(CellCount, description="One of the counts of a service in a group.")


@strawberry.input(description="A value of a dimension, as `values` of a group or `group` of a figure has it.")
class GroupValueInput:
    dimension: Dimension
    value: str


async def _children_behind(
    info: Ask,
    community: strawberry.ID,
    count: CellCount,
    service: str | None = None,
    population: PopulationInput | None = None,
    as_of: date | None = None,
    where: list[GroupValueInput] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
    first: int = DEFAULT_PAGE,
    after: str | None = None,
) -> Behind:
    asked = population.to_population() if population else Population()
    group = tuple((each.dimension, each.value) for each in where or ())
    wanted = Wanted(count, service, asked, as_of, group, tabulation)
    return await resolve.children_behind(info, community, wanted, first, after)


@strawberry.type
class BehindQuery:
    children_behind = strawberry.field(
        resolver=_children_behind,
        graphql_type=Connection[Child],
        metadata={READ: FoundPages()},
        description="The children that a count of `coverage` is of, for who reads their rows: the population, the"
        " service and the day as they were asked, and by `where` the group. As many as the count says.",
    )
