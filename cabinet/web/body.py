"""The strict body reader: a GraphQL request and nothing else, within a size and a time."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import orjson

from cabinet.errors import BodyTimeout, BodyTooLarge, RequestError, TooManyRows, UnsupportedMediaType

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Headers = dict[bytes, bytes]

MAX_BODY = 10 * 1024 * 1024
MAX_QUERY_BODY = 256 * 1024
MAX_LEVELS = 50
MAX_LIST = 1_000
MAX_VALUES = 50_000


@dataclass(frozen=True)
class GraphQLRequest:
    """A request as GraphQL over HTTP has it, with the size of its body in bytes."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    size: int


async def read_request(headers: Headers, receive: Receive, seconds: float, limit: int) -> GraphQLRequest:
    """Read a request of up to `limit` bytes. Raises RequestError and its kin."""
    _check_headers(headers, limit)
    try:
        async with asyncio.timeout(seconds):
            body = await _read_body(receive, limit)
    except TimeoutError as error:
        raise BodyTimeout from error
    return parse_request(body)


def _check_headers(headers: Headers, limit: int) -> None:
    kind, *parameters = headers.get(b"content-type", b"").decode("latin-1").lower().split(";")
    charsets = [p.strip() for p in parameters if p.strip().startswith("charset=")]
    if kind.strip() != "application/json" or any(c not in ("charset=utf-8", 'charset="utf-8"') for c in charsets):
        raise UnsupportedMediaType
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("The request body is compressed.")
    length = headers.get(b"content-length", b"0")
    if length.isdigit() and int(length[:20]) > limit:
        raise BodyTooLarge


async def _read_body(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestError("The connection closed before the whole body arrived.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
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
    check_size(value)
    query, variables, name = (value.get(key) for key in ("query", "variables", "operationName"))
    if not isinstance(query, str) or not query.strip():
        raise RequestError("`query` must be the text of a GraphQL document.")
    if variables is not None and not isinstance(variables, dict):
        raise RequestError("`variables` must be an object or null.")
    if name is not None and not isinstance(name, str):
        raise RequestError("`operationName` must be text or null.")
    return GraphQLRequest(query, variables, name or None, len(body))


def check_size(value: Any) -> None:
    """Refuse a body that is nested too deeply, has a list too long, or too many values; without recursion.

    GraphQL reads variables without a pause, so that what is too much has to be stopped before it begins.
    """
    layer, values = [value], 0
    for _ in range(MAX_LEVELS):
        below: list[Any] = []
        for outer in layer:
            if isinstance(outer, list) and len(outer) > MAX_LIST:
                raise TooManyRows(f"A list of the request has more than {MAX_LIST:,} items.")
            values += len(outer)
            if values > MAX_VALUES:
                raise BodyTooLarge(f"The request has more than {MAX_VALUES:,} values.")
            inner = outer.values() if isinstance(outer, dict) else outer
            below += [each for each in inner if isinstance(each, dict | list)]
        if not below:
            return
        layer = below
    raise RequestError(f"The request body is nested more than {MAX_LEVELS} levels deep.")
