"""The bytes of a request's body, within a size and a time."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any

from cabinet.deadlines import Deadline
from cabinet.errors import BodyTimeout, BodyTooLarge, RequestError, UnsupportedMediaType

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = dict[bytes, bytes]

MAX_BODY = 10 * 1024 * 1024
MAX_QUERY_BODY = 256 * 1024


def join_headers(pairs: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the headers by name; one that came on several lines is one list (RFC 9110, section 5.3)."""
    pairs = list(pairs)
    headers: Headers = dict(pairs)
    if len(headers) == len(pairs):
        return headers
    headers = {}
    for name, value in pairs:
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


async def disconnected(receive: Receive) -> None:
    """Wait until the client is gone; whatever it may still send is passed over."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_body(headers: Headers, receive: Receive, deadline: Deadline, limit: int) -> bytes:
    """Read a JSON body of up to `limit` bytes. Raises RequestError and its kin."""
    _check_headers(headers, limit)
    try:
        with deadline:
            message = await receive()
            body: bytes = message.get("body", b"")
            if message["type"] == "http.request" and not message.get("more_body") and len(body) <= limit:
                return body
            return await _read_all(message, receive, limit)
    except TimeoutError as error:
        raise BodyTimeout from error


def _check_headers(headers: Headers, limit: int) -> None:
    if not _is_json(headers.get(b"content-type", b"")):
        raise UnsupportedMediaType
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("The request body is compressed.")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > limit:
        raise BodyTooLarge


@lru_cache(maxsize=64)
def _is_json(content_type: bytes) -> bool:
    kind, *parameters = content_type.decode("latin-1").lower().split(";")
    charsets = [p.strip() for p in parameters if p.strip().startswith("charset=")]
    return kind.strip() == "application/json" and set(charsets) <= {"charset=utf-8", 'charset="utf-8"'}


async def _read_all(message: Message, receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise RequestError("The connection closed before the whole body arrived.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()
