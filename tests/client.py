"""The application as its clients meet it: through HTTP, with a role's token."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from cabinet.app import Asgi
from cabinet.communities import Community, add_member
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.world import World


@asynccontextmanager
async def running(app: Asgi) -> AsyncIterator[httpx.AsyncClient]:
    """Run the application's lifespan around a client of it."""
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    task = asyncio.create_task(app({"type": "lifespan", "state": {}}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://cabinet") as client:
        yield client
    await inbox.put({"type": "lifespan.shutdown"})
    assert (await outbox.get())["type"] == "lifespan.shutdown.complete"
    await task


@dataclass(frozen=True)
class Client:
    http: httpx.AsyncClient
    world: World
    tokens: Tokens

    async def token(
        self,
        role: Role,
        community: Community | None = None,
        *,
        organization: str = "club",
        sector: str = "HEALTH",
    ) -> str:
        """Give a role in a community (Harbor by default) to somebody new, and return their token."""
        where = community or self.world.harbor
        subject = f"{role}:{where.code}:{organization}:{sector}"
        await add_member(
            self.world.database,
            where,
            subject,
            role,
            organization=organization if role is Role.PARTNER_AGENCY else None,
            sector=sector if role is Role.SECTOR_STEWARD else None,
        )
        return self.tokens.issue(subject)

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """Send a query and return the whole answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        response = await self.http.post("/graphql", json=body, headers=headers)
        answer: dict[str, Any] = response.json()
        return answer

    async def data(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """Send a query that must be answered without error, and return its data."""
        answer = await self.ask(query, token, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def code(self, query: str, token: str | None = None, **variables: Any) -> str:
        """Send a query that must be refused, and return the code of its first error."""
        answer = await self.ask(query, token, **variables)
        code: str = answer["errors"][0]["extensions"]["code"]
        return code
