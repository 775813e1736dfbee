from datetime import date

import strawberry

from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured as Answer
from cabinet.coverage.population import Population
from cabinet.coverage.tabulation import Approach
from resolvers import participation as resolve
from resolvers.context import Ask
from resolvers.measures import Wanted
from schema.figures import Measured
from schema.populations import PopulationInput


def _wanted(
    community: strawberry.ID,
    population: PopulationInput | None,
    services: list[str] | None,
    as_of: date | None,
    breakdown_by: list[Dimension] | None,
    tabulation: Approach,
) -> Wanted:
    asked = population.to_population() if population else Population()
    return Wanted(community, asked, services, as_of, tuple(breakdown_by or ()), tabulation)


async def _effective_coverage(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    wanted = _wanted(community, population, services, as_of, breakdown_by, tabulation)
    return await resolve.effective_coverage(info, wanted)


async def _waiting(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    return await resolve.waiting(info, _wanted(community, population, services, as_of, breakdown_by, tabulation))


async def _dosage(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    return await resolve.dosage(info, _wanted(community, population, services, as_of, breakdown_by, tabulation))


async def _retention(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    return await resolve.retention(info, _wanted(community, population, services, as_of, breakdown_by, tabulation))


async def _completeness(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
    dimensions: list[Dimension] | None = None,
) -> Answer:
    wanted = _wanted(community, population, services, as_of, breakdown_by, tabulation)
    return await resolve.completeness(info, wanted, dimensions)


@strawberry.type
class ParticipationQuery:
    effective_coverage = strawberry.field(
        resolver=_effective_coverage,
        graphql_type=Measured,
        description="Of those in need, who is served, and who of them has had enough by the service's dosage.",
    )
    waiting = strawberry.field(
        resolver=_waiting,
        graphql_type=Measured,
        description="Children in need on a waitlist of a service that does not serve them, and the median of the"
        " days they have waited.",
    )
    dosage = strawberry.field(
        resolver=_dosage,
        graphql_type=Measured,
        description="How much of a service its participants got in the school year so far: days a week, days, and"
        " over all services asked for, of how many.",
    )
    retention = strawberry.field(
        resolver=_retention,
        graphql_type=Measured,
        description="Last year's participants still in the program; who aged out is left out.",
    )
    completeness = strawberry.field(
        resolver=_completeness,
        graphql_type=Measured,
        description="Of how many children each dimension is known (all your role sees by default), the share of"
        " source records tied to a child, and of services with a dosage how many of the expected reports of"
        " attendance have come.",
    )
