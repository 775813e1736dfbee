"""The floor's process: read the body, find the statement by the operation's name, send what PostgreSQL wrote."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from bench.children import COMMUNITY
from bench.peers.floor.statements import statements
from bench.peers.serving import SESSION, Options, serve
from bench.questions import ROWS
from cabinet.tables.security import Login

Message = MutableMapping[str, Any]


class Floor:
    """An ASGI application with connections that carry the steward's scope from their first byte."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.statements = statements(ROWS // options.page, options.page)
        self.idle: asyncio.LifoQueue[asyncpg.Connection] = asyncio.LifoQueue()

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[..., Any]
    ) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        content = await self.answer(orjson.loads(await read(receive)))
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def live(self, receive: Callable[[], Awaitable[Message]], send: Callable[..., Any]) -> None:
        await receive()
        connections = [
            await asyncpg.connect(self.options.url, user=Login.READER_CHILD.value, server_settings=SESSION)
            for _ in range(self.options.pool)
        ]
        for connection in connections:
            self.idle.put_nowait(connection)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for connection in connections:
            await connection.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, request: dict[str, Any]) -> bytes:
        keys = [key(text) for name, text in request["variables"].items() if name != "community"]
        connection = await self.idle.get()
        try:
            content: bytes = await connection.fetchval(self.statements[request["operationName"]], COMMUNITY, *keys)
        finally:
            self.idle.put_nowait(connection)
        return content


def key(text: str) -> UUID:
    """Return the key that an opaque id or a cursor ends in."""
    content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # A cursor has the key in letters after a line end, an id in bytes after a colon.
    is_cursor = content[-37:-36] == b"\n" and b":" not in content
    return UUID(content[-36:].decode()) if is_cursor else UUID(bytes=content[-16:])


async def read(receive: Callable[[], Awaitable[Message]]) -> bytes:
    message = await receive()
    body: bytes = message["body"]
    while message["more_body"]:
        message = await receive()
        body += message["body"]
    return body


if __name__ == "__main__":
    told = Options.read()
    serve(Floor(told), told.port)
