from strawberry import Parent

from cabinet.read.rows import Row
from cabinet.tables import service, service_at_location, service_capacity, service_type
from resolvers.context import Ask


async def services_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, service, "program_id", root.program_id)


async def service_type_of(root: Parent[Row], info: Ask) -> Row | None:
    return await info.context.loaders.one(root.grant, service_type, root.service_type_id)


async def places_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, service_at_location, "service_id", root.service_id)


async def capacities_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(
        root.grant, service_capacity, "service_at_location_id", root.service_at_location_id
    )
