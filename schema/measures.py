from datetime import date
from enum import Enum

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.coverage.answers.access import USUAL_WAY, AccessBy, Reach
from cabinet.coverage.answers.disparity import Beside
from cabinet.coverage.askable import BY_NAME
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured as Answer
from cabinet.coverage.measures import Measure
from cabinet.coverage.population import Population
from cabinet.coverage.seats import NeedPolicy
from cabinet.coverage.tabulation import Approach
from resolvers import measures as resolve
from resolvers.context import Ask
from resolvers.measures import Wanted
from schema.figures import Measured
from schema.populations import PopulationInput


@strawberry.enum(description="A measure of a service, or of several, in a population on a day.")
class MeasureName(Enum):
    POPULATION = "population"
    ELIGIBLE = "eligible"
    IN_NEED = "inNeed"
    SERVED = "served"
    GAP = "gap"
    WAITLISTED = "waitlisted"
    COVERAGE_RATE = "coverageRate"
    GAP_RATE = "gapRate"
    SERVED_ENOUGH = "servedEnough"
    EFFECTIVE_COVERAGE_RATE = "effectiveCoverageRate"
    MEDIAN_DAYS_WAITING = "medianDaysWaiting"
    PARTICIPANTS = "participants"
    PARTICIPANTS_OF_ANY = "participantsOfAny"
    INTENSITY = "intensity"
    DURATION = "duration"
    BREADTH = "breadth"
    COULD_STAY = "couldStay"
    KEPT = "kept"
    RETENTION_RATE = "retentionRate"


strawberry.enum(AccessBy, description="Where children set out from: where they live, or their school.")
strawberry.enum(NeedPolicy, description="Who is taken to need a seat, and which seats that is compared with.")


@strawberry.enum(description="A rate that groups can be unequal by.")
class RateName(Enum):
    COVERAGE_RATE = "coverageRate"
    GAP_RATE = "gapRate"
    EFFECTIVE_COVERAGE_RATE = "effectiveCoverageRate"
    RETENTION_RATE = "retentionRate"


_USUAL = (MeasureName.IN_NEED, MeasureName.SERVED, MeasureName.GAP, MeasureName.COVERAGE_RATE)


def _named(names: list[MeasureName] | None) -> list[Measure]:
    wanted = _USUAL if names is None else names
    return [BY_NAME[name.value] for name in dict.fromkeys(wanted)]


def _of(population: PopulationInput | None) -> Population:
    return population.to_population() if population else Population()


async def _gaps(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    first: int = 20,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    wanted = Wanted(community, _of(population), services, as_of, tuple(breakdown_by or ()), tabulation)
    return await resolve.gaps(info, wanted, first)


async def _trend(
    info: Ask,
    community: strawberry.ID,
    days: list[date],
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    breakdown_by: list[Dimension] | None = None,
    measures: list[MeasureName] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    wanted = Wanted(community, _of(population), services, None, tuple(breakdown_by or ()), tabulation)
    return await resolve.trend(info, wanted, days, _named(measures))


async def _compare(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput,
    against: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    measures: list[MeasureName] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    wanted = Wanted(community, _of(population), services, as_of, tuple(breakdown_by or ()), tabulation)
    return await resolve.compare(info, wanted, _of(against), _named(measures))


async def _overlap(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    wanted = Wanted(community, _of(population), services, as_of, tuple(breakdown_by or ()), tabulation)
    return await resolve.overlap(info, wanted)


async def _disparity(
    info: Ask,
    community: strawberry.ID,
    breakdown_by: list[Dimension],
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    rate: RateName = RateName.COVERAGE_RATE,
    reference: str | None = None,
    worst_off_first: list[str] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    wanted = Wanted(community, _of(population), services, as_of, tuple(breakdown_by), tabulation)
    against = Beside(reference, tuple(worst_off_first or ()))
    return await resolve.disparity(info, wanted, BY_NAME[rate.value], against)


async def _capacity(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    need_policy: NeedPolicy = NeedPolicy.ALL_IN_NEED,
) -> Answer:
    wanted = Wanted(community, _of(population), services, as_of, tuple(breakdown_by or ()))
    return await resolve.capacity(info, wanted, need_policy)


async def _access(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    reach_km: float = USUAL_WAY,
    by: AccessBy = AccessBy.NEIGHBORHOOD,
) -> Answer:
    wanted = Wanted(community, _of(population), services, as_of)
    return await resolve.access(info, wanted, Reach(reach_km, by))


async def _cascade(
    info: Ask,
    community: strawberry.ID,
    population: PopulationInput | None = None,
    services: list[str] | None = None,
    as_of: date | None = None,
    breakdown_by: list[Dimension] | None = None,
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
) -> Answer:
    wanted = Wanted(community, _of(population), services, as_of, tuple(breakdown_by or ()), tabulation)
    return await resolve.cascade(info, wanted)


@strawberry.type
class MeasuresQuery:
    gaps = strawberry.field(
        resolver=_gaps,
        graphql_type=Measured,
        description="Where, for whom and in which service children are in need and not served, the most first;"
        " what is withheld comes last.",
    )
    trend = strawberry.field(
        resolver=_trend,
        graphql_type=Measured,
        description="Measures on each of up to 24 days; what is withheld on one is on all.",
    )
    compare = strawberry.field(
        resolver=_compare,
        graphql_type=Measured,
        description="A population beside another, or beside the whole community.",
    )
    overlap = strawberry.field(
        resolver=_overlap,
        graphql_type=Measured,
        description="Children served by exactly so many sectors, and by none despite a need of one of the services"
        " (any by default).",
    )
    disparity = strawberry.field(
        resolver=_disparity,
        graphql_type=Measured,
        description="A rate in each group of one dimension, with difference and ratio to a reference group"
        " (everybody asked by default), index of disparity, and, the groups put in order, concentration index.",
    )
    capacity = strawberry.field(
        resolver=_capacity,
        graphql_type=Measured,
        description="Seats of services, how full they are, and how many are missing under a policy of need; by"
        " NEIGHBORHOOD or not at all.",
    )
    access = strawberry.field(
        resolver=_access,
        graphql_type=Measured,
        description="Seats per eligible child within reach of each neighborhood or school, and where there are too"
        " few.",
    )
    cascade = strawberry.field(
        resolver=_cascade,
        graphql_type=Measured,
        description="Of those in need, how many were contacted, enrolled, attended, had enough, and completed.",
    )
