from typing import Any

from sqlalchemy import Table
from strawberry import ID, Parent

from cabinet.access import Action, Grant, supply_everywhere
from cabinet.errors import NotFound
from cabinet.read.pages import Page, Reading, Window, read_page, read_rows
from cabinet.read.rows import Row, decode_id
from cabinet.tables import (
    child,
    community,
    enrollment,
    location,
    neighborhood,
    organization,
    program,
    school,
    service_type,
)
from resolvers.context import Ask

NODE_ACTIONS = {
    **{table.name: Action.READ_SUPPLY for table in (organization, neighborhood, school, program)},
    child.name: Action.READ_CHILDREN,
    enrollment.name: Action.READ_ENROLLMENTS,
}


async def communities(info: Ask, first: int = 50, after: str | None = None) -> Page:
    ask = info.context
    return await read_page(ask.database, supply_everywhere(ask.viewer), community, Window(first, after))


async def community_by_id(info: Ask, id: ID) -> Row:  # noqa: A002 - the API's word for it.
    found = await info.context.find_community(str(id))
    grant = info.context.grant(found.community_id, Action.READ_SUPPLY)
    condition = community.c.community_id == found.community_id
    return (await read_rows(info.context.database, grant, community, condition))[0]


async def node(info: Ask, id: ID) -> Row | None:  # noqa: A002 - the API's word for it.
    table, community_id, key = decode_id(str(id))
    if table is community:
        return await community_by_id(info, id)
    if table.name not in NODE_ACTIONS:
        raise NotFound("Rows of this kind are reached through what they belong to.")
    action = NODE_ACTIONS[table.name]
    grant = info.context.grant(community_id, action)
    reading = None if action is Action.READ_SUPPLY else Reading(info.context.viewer, f"node {table.name}")
    is_it = table.c[table.info["key"]] == key
    page = await read_page(info.context.database, grant, table, Window(1), is_it, reading=reading)
    return page.nodes[0] if page.nodes else None


def supply_page(table: Table) -> Any:
    """Return the resolver of a community's list of what is open to all."""

    async def resolve(root: Parent[Row], info: Ask, first: int = 50, after: str | None = None) -> Page:
        grant = _supply(root, info)
        return await read_page(info.context.database, grant, table, Window(first, after))

    return resolve


organizations = supply_page(organization)
neighborhoods = supply_page(neighborhood)
schools = supply_page(school)
programs = supply_page(program)


async def service_types(root: Parent[Row], info: Ask) -> list[Row]:
    return await read_rows(info.context.database, _supply(root, info), service_type)


def _supply(root: Row, info: Ask) -> Grant:
    return info.context.grant(root.community_id, Action.READ_SUPPLY)


async def organization_of(root: Parent[Row], info: Ask) -> Row | None:
    return await info.context.loaders.one(root.grant, organization, root.organization_id)


async def location_of(root: Parent[Row], info: Ask) -> Row | None:
    return await info.context.loaders.one(root.grant, location, root.location_id)


async def neighborhood_of(root: Parent[Row], info: Ask) -> Row | None:
    return await info.context.loaders.one(root.grant, neighborhood, root.neighborhood_id)


async def school_of(root: Parent[Row], info: Ask) -> Row | None:
    return await info.context.loaders.one(root.grant, school, root.school_id)
