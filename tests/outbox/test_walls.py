"""What the deliverer's own login can reach: what is to be told, in one community, and no child."""

import asyncpg
import pytest

from cabinet.scope import Scope
from cabinet.tables import Holds, metadata
from cabinet.tables.security import Login
from tests.outbox.conftest import Post
from tests.world import World

OF_CHILDREN = [
    table.name
    for table in metadata.sorted_tables
    if table.info["holds"] in (Holds.COUNTED, Holds.IDENTITY, Holds.LEDGER)
]


@pytest.mark.parametrize("table", OF_CHILDREN)
async def test_a_deliverer_reads_nothing_of_children(world: World, table: str) -> None:
    scope = Scope(Login.DELIVERER, (world.harbor.community_id,))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.database.transaction(scope) as connection:
            await connection.fetch(f"SELECT FROM {table}")


@pytest.mark.parametrize("login", [Login.DELIVERER, Login.OPERATOR])
async def test_another_communitys_hooks_and_events_are_not_there(post: Post, login: Login) -> None:
    harbor, river = post.world.harbor, post.world.river
    await post.hook("http://127.0.0.1:9/", community=river)
    await post.enroll("Ana")
    for where, hooks, events in ((harbor, 0, True), (river, 1, True), (None, 0, False)):
        scope = Scope(login, (where.community_id,) if where else ())
        async with post.world.database.transaction(scope) as connection:
            assert await connection.fetchval("SELECT count(*) FROM webhook") == hooks
            assert bool(await connection.fetchval("SELECT count(*) FROM outbox")) == events


@pytest.mark.parametrize("login", [Login.READER_CHILD, Login.READER_AGGREGATE, Login.WRITER])
async def test_nobody_else_reads_a_secret(world: World, login: Login) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with world.database.transaction(Scope(login, (world.harbor.community_id,))) as connection:
            await connection.fetch("SELECT secret FROM webhook")
