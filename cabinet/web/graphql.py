"""The GraphQL endpoint: body -> viewer -> document -> execution -> one shape of answer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from graphql import DocumentNode, GraphQLError, OperationType
from strawberry.types import ExecutionResult

from cabinet.db import Database
from cabinet.errors import (
    BodyTooLarge,
    CabinetError,
    DocumentInvalid,
    InputInvalid,
    InternalError,
    MethodNotAllowed,
    TimeoutExceeded,
)
from cabinet.read.answer import Answer, Reader
from cabinet.read.directory import Directory
from cabinet.read.document import Document, Documents, ValidationFailed
from cabinet.read.loaders import Loaders
from cabinet.settings import Settings
from cabinet.viewer import Tokens, Viewer, Viewers, bearer
from cabinet.web.body import MAX_BODY, MAX_QUERY_BODY, GraphQLRequest, Headers, Message, Receive, read_request
from resolvers.context import Context
from schema.api import api

_ALREADY_PARSED = "{ __typename }"
"""Stands for the text of a document that the context brings along."""

log = logging.getLogger("cabinet")

Send = Callable[[Message], Awaitable[None]]


@dataclass
class GraphQLEndpoint:
    """The ASGI application of /graphql."""

    database: Database
    settings: Settings
    tokens: Tokens

    def __post_init__(self) -> None:
        self.viewers = Viewers(self.database, self.tokens, self.settings.viewer_seconds)
        schema = api._schema  # noqa: SLF001 - strawberry shows graphql-core's schema under no other name.
        self.documents = Documents(schema)
        directory = Directory(self.database)
        self.reader = Reader(schema, self.database, directory, self.ordinary, self.settings.page_limit)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            status, body = await self.answer(scope["method"], dict(scope["headers"]), receive)
        except CabinetError as error:
            status, body = error.status, error.as_body()
        except ValidationFailed as failed:
            status, body = _answer(Answer(None, failed.errors, has_begun=False))
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept inside.
            masked = mask(error)
            status, body = masked.status, masked.as_body()
        await _send_json(send, status, body)

    async def answer(self, method: str, headers: Headers, receive: Receive) -> tuple[int, dict[str, Any]]:
        """Read, identify and execute one request."""
        if method != "POST":
            raise MethodNotAllowed
        viewer = await self.viewer(headers)
        # Only somebody we know has rows to post; nobody else makes us read megabytes.
        limit = MAX_BODY if viewer.memberships else MAX_QUERY_BODY
        request = await read_request(headers, receive, self.settings.body_seconds, limit)
        document = self.documents.read(request.query)
        document.check_name(request.operation_name)
        writes = document.operation.operation is OperationType.MUTATION
        if not writes and request.size > MAX_QUERY_BODY:
            raise BodyTooLarge("The body of a query is larger than this server takes.", hint="Ask for less.")
        seconds = self.settings.post_seconds if writes else self.settings.request_seconds
        try:
            async with asyncio.timeout(seconds):
                result = await self.execute(request, document, viewer)
        except TimeoutError as error:
            raise TimeoutExceeded from error
        return _answer(result)

    async def viewer(self, headers: Headers) -> Viewer:
        """Find out who asks; without a token it is anonymous."""
        authorization = headers.get(b"authorization")
        return await self.viewers.find(bearer(authorization.decode("latin-1") if authorization else None))

    async def execute(self, request: GraphQLRequest, document: Document, viewer: Viewer) -> Answer:
        return await self.reader.answer(document, request.variables, viewer)

    async def ordinary(self, document: DocumentNode, variables: dict[str, Any] | None, viewer: Viewer) -> Answer:
        """Execute a document by its resolvers."""
        loaders = Loaders(self.database)
        context = Context(self.database, self.settings, viewer, loaders, self.reader.directory, document)
        result = await api.execute(_ALREADY_PARSED, variable_values=variables, context_value=context)
        if not isinstance(result, ExecutionResult):
            raise TypeError("incremental delivery is not enabled")
        return Answer(result.data, result.errors or (), tuple(context.withheld))


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


def _answer(answer: Answer) -> tuple[int, dict[str, Any]]:
    shown = [format_error(error) for error in answer.errors]
    if not answer.has_begun or (answer.data is None and shown and all("path" not in error for error in shown)):
        return max(error["extensions"]["status"] for error in shown), {"errors": shown}
    body: dict[str, Any] = {"data": answer.data}
    if shown:
        body["errors"] = shown
    if answer.withheld:
        body["extensions"] = {"withheld": list(answer.withheld)}
    return 200, body


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
