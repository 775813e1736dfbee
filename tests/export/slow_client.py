"""A client of the application that takes a message only when it is told to, and may leave at any time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from cabinet.app import Asgi


@dataclass
class SlowClient:
    """What has been offered to the client so far; nothing more comes until it takes."""

    taking: asyncio.Event = field(default_factory=asyncio.Event)
    offered: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    messages: list[dict[str, Any]] = field(default_factory=list)
    has_asked: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    @property
    def is_whole(self) -> bool:
        """Whether the answer was ended, as an HTTP server would tell its client."""
        bodies = [message for message in self.messages if message["type"] == "http.response.body"]
        return bool(bodies) and not bodies[-1].get("more_body", False)

    async def receive(self) -> dict[str, Any]:
        if not self.has_asked:
            self.has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.body":
            self.offered.set()
            await self.taking.wait()


@asynccontextmanager
async def asking(app: Asgi, path: str, token: str) -> AsyncIterator[tuple[SlowClient, "asyncio.Task[None]"]]:
    """Ask for an export and yield once its first bytes have been offered."""
    client = SlowClient()
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "root_path": "",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
    }
    answering = asyncio.create_task(app(scope, client.receive, client.send))  # type: ignore[arg-type]
    try:
        await asyncio.wait_for(client.offered.wait(), 20)
        yield client, answering
    finally:
        client.taking.set()
        client.leaving.set()
        await asyncio.gather(answering, return_exceptions=True)
