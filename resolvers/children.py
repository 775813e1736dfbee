from datetime import date

from strawberry import ID, Parent

from cabinet.access import Action
from cabinet.calendar import birth_month_of
from cabinet.read.pages import Page, Reading, Window, read_page
from cabinet.read.rows import Row
from cabinet.tables import characteristic, child, child_identity, child_year, enrollment
from cabinet.tables.terms import RaceEthnicity, Sex
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


async def birth_month_of_child(root: Parent[Row], info: Ask) -> date | None:
    said = [row.birth_date for row in await identities_of(root, info) if row.birth_date is not None]
    return birth_month_of(min(said)) if said else None


async def sex_of(root: Parent[Row], info: Ask) -> Sex:
    said = [Sex(row.sex) for row in await identities_of(root, info)]
    return next((sex for sex in said if sex is not Sex.UNKNOWN), Sex.UNKNOWN)


async def race_ethnicity_of(root: Parent[Row], info: Ask) -> list[RaceEthnicity] | None:
    """Return what the own sources say, or None where the role's column mask left nothing to read."""
    said = [row.race_ethnicity for row in await identities_of(root, info)]
    if not root.grant.sees(child_identity.c.race_ethnicity.info["label"]):
        return None
    return sorted({RaceEthnicity(each) for categories in said for each in categories})


async def years_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, child_year, "child_id", root.child_id)


async def characteristics_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, characteristic, "child_id", root.child_id)


async def enrollments_of(root: Parent[Row], info: Ask) -> list[Row]:
    return await info.context.loaders.many(root.grant, enrollment, "child_id", root.child_id)
