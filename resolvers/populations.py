from collections.abc import Sequence

from strawberry import ID

from cabinet.coverage import named
from cabinet.coverage.named import Draft, NamedPopulation
from resolvers.context import Ask


async def populations(info: Ask, community: ID, *, all_versions: bool) -> Sequence[NamedPopulation]:
    ask = info.context
    found = await ask.find_community(str(community))
    return await named.list_populations(ask.database, ask.viewer, found.community_id, all_versions=all_versions)


async def save_population(info: Ask, community: ID, draft: Draft) -> NamedPopulation:
    ask = info.context
    found = await ask.find_community(str(community))
    return await named.save_population(ask.database, ask.viewer, found.community_id, draft)


async def retire_population(info: Ask, community: ID, code: str) -> NamedPopulation:
    ask = info.context
    found = await ask.find_community(str(community))
    return await named.retire_population(ask.database, ask.viewer, found.community_id, code)
