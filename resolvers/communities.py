from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Table
from strawberry import ID

from cabinet.access import Action, Grant
from cabinet.read.filters import Condition, Test
from cabinet.read.pages import read_page
from cabinet.read.relations import action_of
from cabinet.read.rows import Row, decode_id
from cabinet.read.windows import Window
from cabinet.tables import community
from resolvers.context import Ask


async def _read(info: Ask, grant: Grant, table: Table, key: UUID) -> Sequence[Row]:
    is_it = Condition(table.info["key"], Test.ONE_OF, [key], is_given=True)
    page = await read_page(
        info.context.database, info.context.viewer, grant, table, Window(1, conditions=(is_it,))
    )
    return page.nodes


async def community_by_id(info: Ask, id: ID) -> Row:  # noqa: A002 - the API's word for it.
    found = await info.context.find_community(str(id))
    grant = info.context.grant(found.community_id, Action.READ_SUPPLY)
    return (await _read(info, grant, community, found.community_id))[0]


async def node(info: Ask, id: ID) -> Row | None:  # noqa: A002 - the API's word for it.
    table, community_id, key = decode_id(str(id))
    found = await _read(info, info.context.grant(community_id, action_of(table)), table, key)
    return found[0] if found else None
