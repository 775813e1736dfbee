from strawberry import ID, Parent

from cabinet.access import Action
from cabinet.read.pages import Page, Reading, Window, read_page
from cabinet.read.rows import Row
from cabinet.tables import characteristic, child, child_identity, child_year, enrollment
from resolvers.context import Ask


async def children(info: Ask, community: ID, first: int = 50, after: str | None = None) -> Page:
    ask = info.context
    found = await ask.find_community(str(community))
    grant = ask.grant(found.community_id, Action.READ_CHILDREN)
    reading = Reading(ask.viewer, "read children")
    return await read_page(ask.database, grant, child, Window(first, after), reading=reading)


async def child_of(root: Parent[Row], info: Ask) -> Row | None:
    return await info.context.loaders.one(root.grant, child, root.child_id)


async def identities_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, child_identity, "child_id", root.child_id)


async def years_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, child_year, "child_id", root.child_id)


async def characteristics_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, characteristic, "child_id", root.child_id)


async def enrollments_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, enrollment, "child_id", root.child_id)
