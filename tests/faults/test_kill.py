"""A server that dies in the middle of a post leaves nothing half-written, and a retry makes it whole."""

import asyncio
from threading import Thread
from typing import Any

import asyncpg
import httpx
import pytest

from cabinet.communities import add_member
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.conftest import run_sql
from tests.server import serving
from tests.world import World

ROWS = 300
UNDER_WAY = """
SELECT count(*) FROM pg_stat_activity
WHERE usename = 'cabinet_writer' AND xact_start IS NOT NULL AND datname = current_database()
"""
POST = (
    """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) { created unchanged rejected } }"""
)


def post_body() -> dict[str, Any]:
    rows = [
        {
            "recordId": f"e{n}",
            "program": "after",
            "status": "ENROLLED",
            "begins": "2026-09-01",
            "child": {"identity": {"givenName": f"Kid{n}", "familyName": "Li", "birthDate": "2018-01-01"}},
        }
        for n in range(ROWS)
    ]
    return {"query": POST, "variables": {"input": {"community": "harbor", "rows": rows, "idempotencyKey": "k"}}}


async def counts(owner: asyncpg.Connection) -> dict[str, int]:
    tables = ("enrollment", "child", "child_identity", "source_record", "idempotency_key", "child_link")
    return {table: await owner.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def agency_token(world: World, settings: Settings) -> str:
    await add_member(world.database, world.harbor, "club-app", Role.PARTNER_AGENCY, organization="club")
    return Tokens(settings).issue("club-app")


@pytest.mark.parametrize("blocked", ["child", "enrollment", "audit_event"])
async def test_kill_9_in_the_middle_of_a_post_leaves_nothing(
    world: World, database_url: str, settings: Settings, blocked: str
) -> None:
    token = await agency_token(world, settings)
    owner = await asyncpg.connect(database_url)
    before = await counts(owner)
    async with serving(database_url, settings) as server:
        # The table is locked, so that the post is certainly under way, its earlier tables written.
        lock = owner.transaction()
        await lock.start()
        await owner.execute(f"LOCK TABLE {blocked} IN EXCLUSIVE MODE")
        posting = asyncio.create_task(server.post(token, post_body()))
        watcher = await asyncpg.connect(database_url)
        while not await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0)
        server.process.kill()
        with pytest.raises(httpx.HTTPError):
            await posting
        await lock.rollback()
        await watcher.close()
    while await owner.fetchval(UNDER_WAY):
        await asyncio.sleep(0)
    assert await counts(owner) == before
    async with serving(database_url, settings) as server:
        assert await server.post(token, post_body()) == {"created": ROWS, "unchanged": 0, "rejected": 0}
    after = await counts(owner)
    await owner.close()
    assert after["enrollment"] == after["child"] == ROWS


async def test_an_acknowledged_post_outlives_kill_9(world: World, database_url: str, settings: Settings) -> None:
    token = await agency_token(world, settings)
    async with serving(database_url, settings) as server:
        first = await server.post(token, post_body())
        server.process.kill()
    async with serving(database_url, settings) as server:
        assert await server.post(token, post_body()) == first
    owner = await asyncpg.connect(database_url)
    assert (await counts(owner))["enrollment"] == ROWS
    await owner.close()


async def test_a_database_that_went_away_is_said_and_come_back_is_used(world: World) -> None:
    owner = await asyncpg.connect(world.database.url)
    await world.source("club")
    await owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename LIKE 'cabinet_%'"
    )
    await owner.close()
    assert (await world.source("club")).sector == "OUT_OF_SCHOOL_TIME"


def end_connections(url: str) -> None:
    """End every connection of the logins, without letting the event loop of the caller notice."""
    ours = "FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE 'cabinet_%'"
    ended = f"SELECT pg_terminate_backend(pid, 10000) {ours}"
    thread = Thread(target=lambda: asyncio.run(run_sql(url, ended)))
    thread.start()
    thread.join()


async def test_who_closes_connections_that_are_gone_hears_of_the_error_before(
    database_url: str, settings: Settings
) -> None:
    async def fail() -> None:
        async with Database(database_url, settings) as database:
            async with database.transaction(Scope(Login.WRITER)) as connection:
                await connection.execute("SELECT 1")
            end_connections(database_url)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
