"""The GraphQL endpoint: body -> viewer -> document -> execution -> one shape of answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from cabinet.db import Database
from cabinet.errors import (
    BodyTooLarge,
    CabinetError,
    DocumentInvalid,
    EventStreamNeeded,
    InputInvalid,
    InternalError,
    MethodNotAllowed,
    TimeoutExceeded,
)
from cabinet.read.document import operation_kind, read_document
from cabinet.read.loaders import Loaders
from cabinet.settings import Settings
from cabinet.viewer import ANONYMOUS, Tokens, Viewer, bearer, find_viewer
from cabinet.web.body import MAX_BODY, MAX_QUERY_BODY, GraphQLRequest, Headers, Message, Receive, read_request
from resolvers.context import Context
from schema.api import api

log = logging.getLogger("cabinet")

Send = Callable[[Message], Awaitable[None]]


class Asked(NamedTuple):
    """A request that could be read, and who sent it."""

    viewer: Viewer
    headers: Headers
    request: GraphQLRequest


@dataclass
class GraphQLEndpoint:
    """The ASGI application of /graphql."""

    database: Database
    settings: Settings
    tokens: Tokens

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            asked = await self.read(scope["method"], dict(scope["headers"]), receive)
            await self.respond(asked, receive, send)
        except CabinetError as error:
            await _send_json(send, error.status, error.as_body())
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept inside.
            masked = mask(error)
            await _send_json(send, masked.status, masked.as_body())

    async def read(self, method: str, headers: Headers, receive: Receive) -> Asked:
        """Find out who asks, and read what."""
        if method != "POST":
            raise MethodNotAllowed
        viewer = await self.viewer(headers)
        # Only somebody we know has rows to post; nobody else makes us read megabytes.
        limit = MAX_BODY if viewer.memberships else MAX_QUERY_BODY
        return Asked(viewer, headers, await read_request(headers, receive, self.settings.body_seconds, limit))

    async def respond(self, asked: Asked, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer as JSON; what answers in another form overrides this."""
        if asked_kind(asked.request) == "subscription":
            raise EventStreamNeeded
        await _send_json(send, *await self.answer(asked.request, asked.viewer))

    async def answer(self, request: GraphQLRequest, viewer: Viewer) -> tuple[int, dict[str, Any]]:
        """Execute a query or a mutation in the time it is given."""
        writes = asked_kind(request) == "mutation"
        seconds = self.settings.post_seconds if writes else self.settings.request_seconds
        try:
            async with asyncio.timeout(seconds):
                result = await self.execute(request, viewer)
        except TimeoutError as error:
            raise TimeoutExceeded from error
        return answer_of(result)

    async def viewer(self, headers: Headers) -> Viewer:
        """Find out who asks; without a token it is anonymous."""
        authorization = headers.get(b"authorization")
        token = bearer(authorization.decode("latin-1") if authorization is not None else None)
        if token is None:
            return Viewer(ANONYMOUS)
        subject = await asyncio.to_thread(self.tokens.subject, token)
        return await find_viewer(self.database, subject)

    async def execute(self, request: GraphQLRequest, viewer: Viewer) -> ExecutionResult:
        context = Context(self.database, self.settings, viewer, Loaders(self.database))
        result = await api.execute(
            request.query,
            variable_values=request.variables,
            context_value=context,
            operation_name=request.operation_name,
        )
        if not isinstance(result, ExecutionResult):
            raise TypeError("incremental delivery is not enabled")
        return result


def mask(error: BaseException) -> CabinetError:
    """Log what nobody expected under an id, and return what a client may know of it."""
    name = uuid4().hex
    log.error("internal error %s", name, exc_info=error)
    return InternalError(id=name)


def format_error(error: GraphQLError) -> dict[str, Any]:
    """Return an error in the one shape; what is not ours and not GraphQL's own is masked."""
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, CabinetError):
        ours = cause
    elif isinstance(cause, GraphQLError):
        ours = (InputInvalid if error.path else DocumentInvalid)(error.message)
    else:
        ours = mask(cause or error)
    shown: dict[str, Any] = {"message": ours.message, "extensions": ours.extensions()}
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    if error.path:
        shown["path"] = list(error.path)
    return shown


def asked_kind(request: GraphQLRequest) -> str:
    """Return whether it is a query, a mutation or a subscription; raise what its document is refused for."""
    kind = operation_kind(read_document(request.query), request.operation_name)
    if kind != "mutation" and request.size > MAX_QUERY_BODY:
        raise BodyTooLarge("The body of a query is larger than this server takes.", hint="Ask for less.")
    return kind


def answer_of(result: ExecutionResult) -> tuple[int, dict[str, Any]]:
    """Return status and body of a result; errors of the whole request have a status of their own."""
    errors: Sequence[GraphQLError] = result.errors or ()
    shown = [format_error(error) for error in errors]
    if result.data is None and shown and all("path" not in error for error in shown):
        return max(error["extensions"]["status"] for error in shown), {"errors": shown}
    return 200, {"data": result.data, **({"errors": shown} if shown else {})}


async def _send_json(send: Send, status: int, body: dict[str, Any]) -> None:
    content = orjson.dumps(body)
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(content)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status == MethodNotAllowed.status:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
