"""HTTP over one connection: uvicorn's own, with bounds on the size and the time of what arrives."""

import re
from asyncio import Transport
from asyncio.events import TimerHandle
from collections import deque
from enum import Enum
from http import HTTPStatus

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from cabinet.errors import CabinetError, HeadersTooLarge, RequestError

MAX_HEAD = 64 * 1024
"""Bytes of a request's first line and headers, from which on it is refused while they still arrive."""

UPLOAD = "cabinet.upload"
"""The extension of ASGI by which an endpoint allows an upload."""

_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)


class Part(Enum):
    """The part of a request that is arriving."""

    HEAD = "head"
    BODY = "body"


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose request trickles in, or whose answers are not taken: uvicorn waits for ever.

    It keeps any headers, too. Between two requests uvicorn's own keep-alive limit holds.
    """

    seconds: float
    """Within which the head has to arrive, and in twice that time the body: the API answers a late one itself."""
    stall: float
    """Within which the client has to take some of an answer that waits for it."""
    taking: TimerHandle | None = None
    part: Part | None = Part.HEAD
    head = 0
    watched: Part | None = None
    deadline: TimerHandle | None = None
    is_upload = False
    """Whether the body may take longer, as long as some of it arrives: the endpoint watches it more closely."""
    has_come = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.unanswered: deque[RequestResponseCycle] = deque()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._unwatch()
        self._stop_waiting_for_client()
        # Nobody waits for the answers any more; uvicorn itself tells only the request that came last.
        self.pipeline.clear()
        for each in self.unanswered:
            each.disconnected = True
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.taking is None:
            self._wait_for_client()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_waiting_for_client()

    def data_received(self, data: bytes) -> None:
        if self.part is not Part.BODY:
            self.head += len(data)
            data = _without_upgrade(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.part is Part.HEAD and self.head > MAX_HEAD:
            self._refuse(HeadersTooLarge())
            return
        self.has_come = True
        self._watch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.part, self.is_upload = Part.HEAD, False
        self.scope["extensions"] = {UPLOAD: {"allow": self.allow_upload}}

    def on_headers_complete(self) -> None:
        self.part, self.head = Part.BODY, 0
        super().on_headers_complete()
        while self.unanswered and self.unanswered[0].response_complete:
            self.unanswered.popleft()
        if self.cycle is not None:
            self.unanswered.append(self.cycle)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self.part, self.head = None, 0
        self._unwatch()

    def allow_upload(self) -> None:
        """Let the body that is arriving take longer than others; it is for the endpoint to say so."""
        self.is_upload = self.part is Part.BODY

    def send_400_response(self, msg: str) -> None:
        """Say in our own shape what uvicorn says of bytes that are not HTTP."""
        self._refuse(RequestError(msg, hint="Speak HTTP/1.1."))

    def _refuse(self, error: CabinetError) -> None:
        content = orjson.dumps(error.as_body())
        head = (
            f"HTTP/1.1 {error.status} {HTTPStatus(error.status).phrase}\r\n"
            "content-type: application/json; charset=utf-8\r\n"
            f"content-length: {len(content)}\r\n"
            "cache-control: no-store\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + content)
        self.transport.close()

    def _wait_for_client(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        self.taking = self.loop.call_later(self.stall, self._look_at_client, waiting)

    def _stop_waiting_for_client(self) -> None:
        if self.taking is not None:
            self.taking.cancel()
            self.taking = None

    def _look_at_client(self, waited: int) -> None:
        if self.transport.get_write_buffer_size() < waited:
            self._wait_for_client()
        else:
            self.transport.abort()

    def _watch(self) -> None:
        """Set a deadline for the part that is arriving; what arrived at once needs none."""
        if self.part is self.watched:
            return
        self._unwatch()
        self.watched = self.part
        if self.part is not None:
            seconds = self.seconds * 2 if self.part is Part.BODY else self.seconds
            self.deadline = self.loop.call_later(seconds, self._too_late)

    def _unwatch(self) -> None:
        self.watched = None
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _too_late(self) -> None:
        self._unwatch()
        if self.flow.read_paused or (self.is_upload and self.has_come):
            # It is we who do not read on, while an earlier request of the connection is answered; or all is well.
            self.has_come = False
            self._watch()
        else:
            self.transport.close()


def _without_upgrade(data: bytes) -> bytes:
    """Make an offer to switch protocols (Java's client offers HTTP/2) a header without meaning.

    A server may ignore the offer (RFC 9110, section 7.8), but the parser would stop at it and lose the body.
    """
    if b"upgrade" not in data.lower():
        return data
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"\r\nx-upgrade:", head) + end + rest


def bounded(seconds: float, stall: float) -> type[BoundedProtocol]:
    """Return the protocol with its times, as uvicorn takes a class."""
    return type("Bounded", (BoundedProtocol,), {"seconds": seconds, "stall": stall})
