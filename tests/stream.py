"""A client of the events of one request: speaks ASGI to the application, and reads only when it is told to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from cabinet.app import Asgi

PATIENCE = 20
"""Seconds after which what was waited for is taken not to come."""


@dataclass
class Stream:
    """What the server has sent so far: the head, and the frames of the body, comments included."""

    head: dict[str, Any] = field(default_factory=dict)
    frames: list[str] = field(default_factory=list)
    room: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared, the client takes nothing more, as one that has stopped reading."""
    is_ended: bool = False
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def leave(self) -> None:
        self._gone.set()

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(holds)

    async def ended(self) -> list[dict[str, Any]]:
        """Wait for the end and return every result."""
        await self.until(lambda: self.is_ended)
        assert self.frames[-1] == "event: complete\ndata:"
        return self.results

    async def first(self) -> dict[str, Any]:
        await self.until(lambda: self.results)
        return self.results[0]

    @property
    def results(self) -> list[dict[str, Any]]:
        start = "event: next\ndata: "
        return [orjson.loads(frame.removeprefix(start)) for frame in self.frames if frame.startswith(start)]

    @property
    def records(self) -> list[str]:
        """Return the record ids of every enrollment that came, in order."""
        batches = [result["data"]["enrollmentsPosted"]["nodes"] for result in self.results]
        return [node["recordId"] for nodes in batches for node in nodes]

    @property
    def beats(self) -> int:
        return self.frames.count(":")

    async def _take(self, message: dict[str, Any]) -> None:
        await self.room.wait()
        async with self._news:
            if message["type"] == "http.response.start":
                self.head = message
            else:
                self.frames += message["body"].decode().split("\n\n")[:-1]
                self.is_ended = not message.get("more_body")
            self._news.notify_all()


@asynccontextmanager
async def streaming(app: Asgi, query: str, token: str | None = None, **headers: str) -> AsyncIterator[Stream]:
    """Send a query that accepts events; yield once the answer has begun, and leave at the end."""
    stream = Stream()
    stream.room.set()
    body = iter([{"type": "http.request", "body": orjson.dumps({"query": query}), "more_body": False}])

    async def receive() -> dict[str, Any]:
        message = next(body, None)
        if message is None:
            await stream._gone.wait()  # noqa: SLF001 - the two halves of one client.
        return message or {"type": "http.disconnect"}

    sent = {"content-type": "application/json", "accept": "text/event-stream", **headers}
    if token is not None:
        sent["authorization"] = f"Bearer {token}"
    pairs = [(name.encode(), value.encode()) for name, value in sent.items()]
    scope = {"type": "http", "path": "/graphql", "method": "POST", "headers": pairs}
    task = asyncio.create_task(app(scope, receive, stream._take))  # type: ignore[arg-type]  # noqa: SLF001
    try:
        await stream.until(lambda: stream.head)
        yield stream
    finally:
        stream.leave()
        async with asyncio.timeout(PATIENCE):
            await task
