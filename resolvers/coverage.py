from datetime import date

from strawberry import ID

from cabinet.coverage.answer import Coverage
from cabinet.coverage.coverage import coverage as count_coverage
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.named import resolve
from cabinet.coverage.population import Population
from cabinet.coverage.tabulation import Approach
from cabinet.read.executor import Plain
from resolvers.context import Ask


async def coverage(
    info: Ask,
    community: ID,
    population: Population,
    services: list[str] | None,
    as_of: date | None,
    breakdown_by: list[Dimension],
    approach: Approach,
) -> Coverage:
    ask = info.context
    found = await ask.find_community(str(community))
    population = await resolve(ask.database, ask.viewer, found.community_id, population)
    return await count_coverage(
        ask.database,
        ask.viewer,
        found.community_id,
        population,
        services,
        as_of or found.today,
        breakdown_by,
        ask.indexes,
        approach,
    )


def services(root: Coverage) -> Plain:
    """Return what may be thousands of groups."""
    return Plain(root.services)
