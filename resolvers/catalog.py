from collections.abc import Mapping, Sequence
from typing import Any

from strawberry import ID

from cabinet.coverage import catalog
from cabinet.coverage.catalog import ServiceTypeVersion
from resolvers.context import Ask


async def change_service_type(
    info: Ask, community: ID, code: str, version: int, rules: Mapping[str, Any]
) -> ServiceTypeVersion:
    ask = info.context
    found = await ask.find_community(str(community))
    return await catalog.change_service_type(ask.database, ask.viewer, found.community_id, code, version, rules)


async def service_type_versions(info: Ask, community: ID, code: str) -> Sequence[ServiceTypeVersion]:
    ask = info.context
    found = await ask.find_community(str(community))
    return await catalog.service_type_versions(ask.database, ask.viewer, found.community_id, code)
