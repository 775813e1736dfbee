"""A receiver of webhooks on a socket of its own, as well or as badly behaved as a test wants it."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

PATIENCE = 30
"""Seconds after which what was waited for is taken not to come."""


@dataclass(frozen=True)
class Request:
    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = orjson.loads(self.body)
        return told


@dataclass(eq=False)
class Exchange:
    """One connection: what was asked, and the way to answer."""

    request: Request
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def until_gone(self) -> None:
        """Wait until the client has closed the connection."""
        while await self.reader.read(65536):
            pass


Behaviour = Callable[[Exchange], Awaitable[None]]


def status(code: int, *headers: str) -> Behaviour:
    lines = (f"HTTP/1.1 {code} As Told", *headers, "Content-Length: 0", "Connection: close")

    async def answer(exchange: Exchange) -> None:
        await exchange.say("\r\n".join((*lines, "", "")).encode())

    return answer


@dataclass(eq=False)
class Receiver:
    """Keeps what it is sent; behaves by `script`, answer by answer, and by its last line for ever after."""

    script: list[Behaviour] = field(default_factory=lambda: [status(204)])
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    under_way: Counter[str] = field(default_factory=Counter)
    most_at_once: int = 0
    """How often one event was ever on its way here at the same moment."""
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def ids(self) -> list[str]:
        return [request.message_id for request in self.requests]

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(holds)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            exchange = Exchange(await read_request(reader), reader, writer)
            message_id = exchange.request.headers.get("webhook-id", "")
            self.under_way[message_id] += 1
            self.most_at_once = max(self.most_at_once, self.under_way[message_id])
            self.requests.append(exchange.request)
            async with self._news:
                self._news.notify_all()
            behaviour = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            try:
                await behaviour(exchange)
            finally:
                self.under_way[message_id] -= 1
        writer.close()


async def read_request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
    return Request(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


@asynccontextmanager
async def receiving(
    *script: Behaviour, tls: ssl.SSLContext | None = None, name: str = "127.0.0.1"
) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(script) or [status(204)])
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"{'https' if tls else 'http'}://{name}:{port}/hook?tenant=1"
    try:
        yield receiver
    finally:
        server.close()
