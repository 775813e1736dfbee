"""A server that is told to end completes what is open; clients that stop reading cost it nothing that grows."""

import asyncio
import signal
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from cabinet.communities import add_member
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.server import Process, serving
from tests.world import World

POSTED = """subscription { enrollmentsPosted(community: "harbor") {
    nodes { id recordId child { id identities { givenName familyName } } program { id name code } } } }"""
POST = "mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) { created updated } }"


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


def post(version: int, count: int) -> dict[str, Any]:
    rows = [
        {
            "recordId": f"e{n}",
            "recordVersion": version,
            "program": "after",
            "status": "ENROLLED",
            "begins": f"2026-09-{version % 28 + 1:02}",
            "child": {"identity": {"givenName": f"Kid{n}", "familyName": "Li", "birthDate": "2018-01-01"}},
        }
        for n in range(count)
    ]
    return {"query": POST, "variables": {"input": {"community": "harbor", "rows": rows}}}


def silent_subscriber(server: Process, token: str) -> socket.socket:
    """Subscribe over a socket that nobody reads from."""
    at = urlsplit(server.url)
    body = orjson.dumps({"query": POSTED})
    head = [f"{name}: {value}" for name, value in headers(token).items()]
    lines = ["POST /graphql HTTP/1.1", "Host: cabinet", f"Content-Length: {len(body)}", *head, "", ""]
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.connect((at.hostname, at.port))
    client.sendall("\r\n".join(lines).encode() + body)
    return client


def resident(pid: int) -> int:
    """Return the memory of a process, in KiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])
