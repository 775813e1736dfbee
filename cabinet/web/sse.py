"""Server-Sent Events as the graphql-sse protocol has them, in its mode of distinct connections.

One request, one stream: `next` events, each with a result, then one `complete`. Lines that begin with a colon
are comments; they keep the connection and whatever stands in between from falling asleep.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from cabinet.web.body import Message

EVENTS = "text/event-stream"

_PLAIN = ("application/", "*/")
_STALLED_SECONDS = 10
_FAREWELL_SECONDS = 2
"""A server that is ending does not wait longer for who takes nothing."""
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    # A proxy that gathers an answer before it passes it on would gather this one for ever.
    (b"x-accel-buffering", b"no"),
]
_COMMENT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


class Stalled(Exception):
    """The client has stopped taking what it is sent."""


def accepted(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """Return the media types of the Accept headers, without their parameters."""
    values = [value.decode("latin-1").lower() for name, value in headers if name == b"accept"]
    return [kind.partition(";")[0].strip() for value in values for kind in value.split(",")]


def wants_events(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        # Looked for before it is read: it is asked of every request, and of few with a yes.
        if name == b"accept" and b"event-stream" in value.lower():
            return EVENTS in accepted(headers)
    return False


def takes_json(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether JSON is welcome too: some clients list all they understand with every request."""
    return any(kind.startswith(_PLAIN) for kind in accepted(headers))


class EventStream:
    """An answer that is sent event by event. Every send waits until the connection has room, for so long."""

    def __init__(self, send: Callable[[Message], Awaitable[None]]) -> None:
        self._send = send
        self._opened = False

    async def open(self) -> None:
        """Send the head of the answer, once."""
        if not self._opened:
            head = {"type": "http.response.start", "status": 200, "headers": _HEADERS}
            await self._put(head, _STALLED_SECONDS)
            self._opened = True
            await self.beat()

    async def next(self, result: bytes) -> None:
        """Send a result, which is JSON on one line."""
        await self.open()
        await self._write(b"event: next\ndata: " + result + b"\n\n")

    async def beat(self) -> None:
        """Send a sign of life, unless the head is not sent yet: it says that the subscription stands."""
        if self._opened:
            await self._write(_COMMENT)

    async def complete(self) -> None:
        await self.open()
        last = {"type": "http.response.body", "body": _COMPLETE, "more_body": False}
        await self._put(last, _FAREWELL_SECONDS)

    async def _write(self, content: bytes) -> None:
        await self._put({"type": "http.response.body", "body": content, "more_body": True}, _STALLED_SECONDS)

    async def _put(self, message: Message, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._send(message)
        except TimeoutError as error:
            raise Stalled from error
