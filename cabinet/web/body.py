"""The strict body reader: a GraphQL request and nothing else, within a size and a time."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import orjson

from cabinet.errors import BodyTimeout, BodyTooLarge, RequestError, UnsupportedMediaType

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Headers = dict[bytes, bytes]

MAX_BODY = 10 * 1024 * 1024
MAX_QUERY_BODY = 256 * 1024
MAX_LEVELS = 50


@dataclass(frozen=True)
class GraphQLRequest:
    """A request as GraphQL over HTTP has it, with the size of its body in bytes."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    size: int


async def read_request(headers: Headers, receive: Receive, seconds: float) -> GraphQLRequest:
    """Read a request. Raises RequestError and its kin."""
    _check_headers(headers)
    try:
        async with asyncio.timeout(seconds):
            body = await _read_body(receive)
    except TimeoutError as error:
        raise BodyTimeout from error
    return parse_request(body)


def _check_headers(headers: Headers) -> None:
    kind, *parameters = headers.get(b"content-type", b"").decode("latin-1").lower().split(";")
    charsets = [p.strip() for p in parameters if p.strip().startswith("charset=")]
    if kind.strip() != "application/json" or any(c not in ("charset=utf-8", 'charset="utf-8"') for c in charsets):
        raise UnsupportedMediaType
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("The request body is compressed.")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > MAX_BODY:
        raise BodyTooLarge


async def _read_body(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestError("The connection closed before the whole body arrived.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def parse_request(body: bytes) -> GraphQLRequest:
    """Read JSON strictly (UTF-8, no NaN, bounded depth) and check the shape of the request."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RequestError(f"The request body is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise RequestError("The request body is JSON, but not an object.")
    if is_deeper(value, MAX_LEVELS):
        raise RequestError(f"The request body is nested more than {MAX_LEVELS} levels deep.")
    query, variables, name = (value.get(key) for key in ("query", "variables", "operationName"))
    if not isinstance(query, str) or not query.strip():
        raise RequestError("`query` must be the text of a GraphQL document.")
    if variables is not None and not isinstance(variables, dict):
        raise RequestError("`variables` must be an object or null.")
    if name is not None and not isinstance(name, str):
        raise RequestError("`operationName` must be text or null.")
    return GraphQLRequest(query, variables, name or None, len(body))


def is_deeper(value: Any, levels: int) -> bool:
    """Whether objects and lists are nested more than so many levels; level by level, without recursion."""
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True
