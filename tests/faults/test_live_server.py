"""A server that is told to end completes every open subscription first."""

import signal

import httpx

from cabinet.communities import add_member
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.server import serving
from tests.world import World

POSTED = 'subscription { enrollmentsPosted(community: "harbor") { nodes { recordId } } }'


async def agency_token(world: World, settings: Settings) -> str:
    await add_member(world.database, world.harbor, "club-app", Role.PARTNER_AGENCY, organization="club")
    return Tokens(settings).issue("club-app")


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "text/event-stream", "Content-Type": "application/json"}


async def test_a_server_that_ends_completes_what_is_open(
    world: World, database_url: str, settings: Settings
) -> None:
    token = await agency_token(world, settings)
    async with (
        serving(database_url, settings) as server,
        httpx.AsyncClient(timeout=30) as http,
        http.stream("POST", f"{server.url}/graphql", json={"query": POSTED}, headers=headers(token)) as answer,
    ):
        lines = answer.aiter_lines()
        assert await anext(lines) == ":"
        server.process.send_signal(signal.SIGTERM)
        assert [line async for line in lines if line] == ["event: complete", "data:"]
        assert await server.process.wait() == 0
