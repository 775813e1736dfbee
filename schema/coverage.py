from datetime import date

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.access import Level
from cabinet.coverage.answer import Coverage as Answer
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.tabulation import Approach
from cabinet.sectors import SectorCode
from resolvers import coverage as resolve
from resolvers.context import Ask
from schema.figures import Basis, Count, GroupValue, Measure
from schema.populations import PopulationInput


@strawberry.type(description="The measures of one service in one group; `Coverage.measures` defines them.")
class Counts:
    population: Count
    eligible: Count
    in_need: Count
    served: Count
    gap: Count
    waitlisted: Count
    coverage_rate: float | None
    gap_rate: float | None


@strawberry.type
class Group:
    values: list[GroupValue]
    counts: Counts


@strawberry.type(description="One service's coverage.")
class ServiceCoverage:
    code: str
    name: str
    sector: SectorCode
    version: int = strawberry.field(description="Version of the service type's definition, as counted by.")
    total: Counts | None = strawberry.field(
        description="Null: who is served is outside your role's scope, which is not a gap."
    )
    groups: list[Group]


@strawberry.type(description="Whom each service reaches in a population, and whom it misses.")
class Coverage:
    as_of: date
    school_year: int = strawberry.field(description="The calendar year in which it ends.")
    level: Level = strawberry.field(description="Whose records were counted.")
    population: Count
    services = strawberry.field(resolver=resolve.services, graphql_type=list[ServiceCoverage])
    basis: Basis
    measures: list[Measure]


async def _coverage(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    asked = population.to_population() if population else Population()
    return await resolve.coverage(info, community, asked, services, as_of, breakdown_by or [], tabulation)


@strawberry.type
class CoverageQuery:
    coverage = strawberry.field(
        resolver=_coverage,
        graphql_type=Coverage,
        description="Population, eligible, in need, served and gap of services (all by default) on a day"
        " (today by default), broken down by up to three dimensions.",
    )
