"""An export flows: no faster than its client takes it, no longer than there is one, and never half as if whole."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from cabinet.app import create_app
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from cabinet.web.export import Cut
from tests.client import Client, running
from tests.export.slow_client import asking
from tests.server import serving
from tests.world import World, child, enrollment

ROWS = 20_000
MORE = f"""
INSERT INTO enrollment (community_id, child_id, program_id, sector, organization_id, status, begins, ends,
  record_id, record_version, content_hash)
SELECT community_id, child_id, program_id, sector, organization_id, 'COMPLETED', begins, begins,
  repeat('x', 1000) || n, 1, '' FROM enrollment, generate_series(2, {ROWS}) n
"""
COPYING = (
    "SELECT pid, wait_event FROM pg_stat_activity WHERE query ~ '^COPY' AND state = 'active' AND datname = $1"
)
PATH = "/export/harbor/enrollments.csv"
EXPORTED = "SELECT detail FROM audit_event WHERE action = 'exported enrollment'"


@pytest.fixture
async def owner(world: World, database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Yield the owner's connection to a world with some twenty megabytes of one agency's enrollments."""
    await world.enroll("club", enrollment("e1", child("1", "Ana"), "after"))
    connection = await asyncpg.connect(database_url)
    await connection.execute(MORE)
    yield connection
    await connection.close()


async def club(world: World, settings: Settings, http: httpx.AsyncClient) -> str:
    return await Client(http, world, Tokens(settings)).token(Role.PARTNER_AGENCY, organization="club")


async def copies(owner: asyncpg.Connection) -> list[Any]:
    """Return the exports that the database is at work on."""
    return await owner.fetch(COPYING, await owner.fetchval("SELECT current_database()"))


async def until(condition: Callable[[list[Any]], bool], owner: asyncpg.Connection) -> None:
    async with asyncio.timeout(60):
        while not condition(await copies(owner)):
            await asyncio.sleep(0.02)


async def test_what_a_client_does_not_take_waits_in_the_database(
    world: World, owner: asyncpg.Connection, database_url: str, settings: Settings
) -> None:
    app = create_app(database_url, settings)
    async with running(app) as http, asking(app, PATH, await club(world, settings, http)) as (client, answering):
        await until(lambda found: [row["wait_event"] for row in found] == ["ClientWrite"], owner)
        chunks = [message for message in client.messages if message["type"] == "http.response.body"]
        assert len(chunks) == 1
        assert len(client.body) < 1024 * 1024
        client.taking.set()
        await asyncio.wait_for(answering, 60)
        assert client.is_whole
        assert client.body.count(b"\r\n") == ROWS + 1
        assert len(client.body) > 20 * 1024 * 1024
        assert max(len(message.get("body", b"")) for message in client.messages) < 1024 * 1024


async def test_who_leaves_ends_the_statement_and_gives_the_place_back(
    world: World, owner: asyncpg.Connection, database_url: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"exports": 1})
    app = create_app(database_url, settings)
    async with running(app) as http:
        token = await club(world, settings, http)
        async with asking(app, PATH, token) as (client, answering):
            assert len(await copies(owner)) == 1
            client.leaving.set()
            await asyncio.wait_for(answering, 20)
            assert not client.is_whole
            await until(lambda found: not found, owner)
        (event,) = await owner.fetch(EXPORTED)
        said = orjson.loads(event["detail"])
        assert said["complete"] is False
        assert 0 < said["rows"] < ROWS
        again = await http.get(PATH, params={"status": "ENROLLED"}, headers={"Authorization": f"Bearer {token}"})
        assert again.status_code == 200


async def test_one_too_many_is_told_when_to_come_back_and_nobody_else_waits(
    world: World, owner: asyncpg.Connection, database_url: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"exports": 1, "pool_size": 1})
    app = create_app(database_url, settings)
    async with running(app) as http:
        token = await club(world, settings, http)
        headers = {"Authorization": f"Bearer {token}"}
        async with asking(app, PATH, token):
            refused = await http.get(PATH, headers=headers)
            error = refused.json()["errors"][0]["extensions"]
            assert (refused.status_code, error["code"]) == (503, "TOO_MANY_EXPORTS")
            assert int(refused.headers["retry-after"]) > 0
            query = {"query": '{ enrollments(community: "harbor", first: 1) { totalCount } }'}
            answer = (await http.post("/graphql", json=query, headers=headers)).json()
            assert answer["data"]["enrollments"]["totalCount"] == ROWS
            assert (await http.get("/export/harbor/programs.csv")).status_code == 200


async def test_what_fails_on_the_way_is_never_ended_as_if_whole(
    world: World, owner: asyncpg.Connection, database_url: str, settings: Settings
) -> None:
    app = create_app(database_url, settings)
    async with running(app) as http:
        token = await club(world, settings, http)
        async with asking(app, PATH, token) as (client, answering):
            await owner.execute("SELECT pg_terminate_backend($1)", (await copies(owner))[0]["pid"])
            client.taking.set()
            with pytest.raises(Cut):
                await asyncio.wait_for(answering, 20)
            assert not client.is_whole
        impatient = create_app(database_url, settings.model_copy(update={"export_stall_seconds": 0.1}))
        async with running(impatient), asking(impatient, PATH, token) as (client, answering):
            with pytest.raises(Cut):
                await asyncio.wait_for(answering, 20)
            assert not client.is_whole
    assert [orjson.loads(row["detail"])["complete"] for row in await owner.fetch(EXPORTED)] == [False, False]
    await until(lambda found: not found, owner)


async def test_what_fails_before_the_first_byte_is_an_answer(
    world: World, owner: asyncpg.Connection, database_url: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"export_seconds": 0.5})
    async with running(create_app(database_url, settings)) as http:
        headers = {"Authorization": f"Bearer {await club(world, settings, http)}"}
        async with owner.transaction():
            await owner.execute("LOCK TABLE enrollment")
            response = await http.get(PATH, headers=headers)
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (504, "TIMEOUT")


async def test_over_http_a_cut_is_an_error_and_hanging_up_is_noticed(
    world: World, owner: asyncpg.Connection, database_url: str, settings: Settings
) -> None:
    # Without a bound of its own, the kernel may take in most of the file for a client that reads nothing of it.
    narrow = httpx.AsyncHTTPTransport(socket_options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)])
    async with serving(database_url, settings) as server, httpx.AsyncClient(timeout=20, transport=narrow) as http:
        headers = {"Authorization": f"Bearer {await club(world, settings, http)}"}
        async with http.stream("GET", f"{server.url}{PATH}", headers=headers) as response:
            assert response.status_code == 200
            await until(lambda found: [row["wait_event"] for row in found] == ["ClientWrite"], owner)
            await owner.execute("SELECT pg_terminate_backend($1)", (await copies(owner))[0]["pid"])
            with pytest.raises(httpx.RemoteProtocolError):
                await response.aread()
        async with http.stream("GET", f"{server.url}{PATH}", headers=headers) as response:
            assert response.status_code == 200
            await until(lambda found: len(found) == 1, owner)
        await until(lambda found: not found, owner)
        whole = await http.get(f"{server.url}{PATH}", headers=headers)
        assert whole.content.count(b"\r\n") == ROWS + 1


async def test_no_file_begins_or_ends_without_its_audit(
    world: World, owner: asyncpg.Connection, database_url: str, settings: Settings
) -> None:
    app = create_app(database_url, settings)
    async with running(app) as http:
        token = await club(world, settings, http)
        async with asking(app, PATH, token) as (client, answering):
            async with owner.transaction():
                await owner.execute("LOCK TABLE audit_event")
                refused = await http.get(PATH, headers={"Authorization": f"Bearer {token}"})
                assert (refused.status_code, refused.headers["content-type"]) == (504, "application/json")
                client.taking.set()
                with pytest.raises(Cut):
                    await asyncio.wait_for(answering, 60)
            assert client.body.count(b"\r\n") == ROWS + 1
            assert not client.is_whole
