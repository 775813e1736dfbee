"""A server that dies in the middle of a post leaves nothing half-written, and a retry makes it whole."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from cabinet.communities import add_member
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.world import World

CABINET = Path(sys.executable).with_name("cabinet")
ROWS = 300
POST = (
    """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) { created unchanged rejected } }"""
)


@dataclass
class Process:
    process: asyncio.subprocess.Process
    url: str

    async def post(self, token: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(timeout=60) as http:
            answer = (await http.post(f"{self.url}/graphql", json=body, headers=headers)).json()
        receipt: dict[str, Any] = answer["data"]["postEnrollments"]
        return receipt


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(url: str, settings: Settings) -> AsyncIterator[Process]:
    """Run `cabinet serve` as a process of its own; yield once it says that it is ready."""
    port = free_port()
    environment = {
        **os.environ,
        "CABINET_DATABASE_URL": url,
        "CABINET_MODE": "development",
        "CABINET_DATA": str(settings.data),
        "PORT": str(port),
    }
    process = await asyncio.create_subprocess_exec(
        str(CABINET), "serve", env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert b"Ready" in await asyncio.wait_for(process.stdout.readline(), 60)
    try:
        yield Process(process, f"http://127.0.0.1:{port}")
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 30)


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
    while await owner.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'cabinet_writer' AND xact_start IS NOT NULL AND datname = current_database()"
    ):
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
