from strawberry import ID

from cabinet.matching.quality import LinkageQuality
from cabinet.matching.quality import linkage_quality as read_quality
from resolvers.context import Ask


async def linkage_quality(info: Ask, community: ID) -> list[LinkageQuality]:
    ask = info.context
    found = await ask.find_community(str(community))
    return await read_quality(ask.database, ask.viewer, found.community_id)
