from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

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


def _question(answer: Callable[[Ask, Wanted], Awaitable[Answer]], description: str) -> Any:
    """Return the field of a question that takes what all of these take."""

    async def ask(
        info: Ask,
        community: strawberry.ID,
        population: PopulationInput | None = None,
        services: list[str] | None = None,
        as_of: date | None = None,
        breakdown_by: list[Dimension] | None = None,
        tabulation: Approach = Approach.COMBINED_MULTIRACIAL,
    ) -> Answer:
        asked = population.to_population() if population else Population()
        wanted = Wanted(community, asked, services, as_of, tuple(breakdown_by or ()), tabulation)
        return await answer(info, wanted)

    return strawberry.field(resolver=ask, graphql_type=Measured, description=description)


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
    asked = population.to_population() if population else Population()
    wanted = Wanted(community, asked, services, as_of, tuple(breakdown_by or ()), tabulation)
    return await resolve.completeness(info, wanted, dimensions)


@strawberry.type
class ParticipationQuery:
    effective_coverage: Measured = _question(
        resolve.effective_coverage,
        "Of those in need, who is served, and who of them has had enough by the service's dosage.",
    )
    waiting: Measured = _question(
        resolve.waiting,
        "Children in need on a waitlist of a service that does not serve them, and the median of the days they"
        " have waited.",
    )
    dosage: Measured = _question(
        resolve.dosage,
        "How much of a service its participants got in the school year so far: days a week, days, and over all"
        " services asked for, of how many.",
    )
    retention: Measured = _question(
        resolve.retention, "Last year's participants still in the program; who aged out is left out."
    )
    completeness = strawberry.field(
        resolver=_completeness,
        graphql_type=Measured,
        description="Of how many children each dimension is known (all your role sees by default), the share of"
        " source records tied to a child, and of services with a dosage how many of the expected reports of"
        " attendance have come.",
    )
