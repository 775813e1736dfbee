"""The GraphQL endpoint: viewer -> body -> document -> execution -> one shape of answer."""

import asyncio
from typing import Any

from graphql import DocumentNode, OperationType

from cabinet.db import Database
from cabinet.errors import (
    BodyTooLarge,
    CabinetError,
    DocumentInvalid,
    MethodNotAllowed,
    RequestError,
    TimeoutExceeded,
)
from cabinet.read.answer import Answer, Reader
from cabinet.read.directory import Directory
from cabinet.read.document import ValidationFailed
from cabinet.read.loaders import Loaders
from cabinet.settings import Settings
from cabinet.viewer import Tokens, Viewer, Viewers, bearer
from cabinet.web.accept import Form, choose_form
from cabinet.web.body import MAX_BODY, MAX_QUERY_BODY, Headers, Message, Receive, Send, join_headers, read_body
from cabinet.web.documents import documents
from cabinet.web.executed import Executed, document_refused, executed, mask, refused
from cabinet.web.request import GraphQLRequest, request_from_body, request_from_query
from cabinet.web.response import NO_CONTENT, Delivery, Pairs, Response, response_of, response_of_error
from cabinet.web.timing import Timing
from cabinet.web.trusted import TrustedDocuments
from resolvers.context import Context
from schema.api import api

_SAFE = ("GET", "HEAD")
_METHODS = (b"allow", b"GET, HEAD, POST")
_POST_ONLY = (b"allow", b"POST")


class GraphQLEndpoint:
    """The ASGI application of /graphql."""

    def __init__(self, database: Database, settings: Settings, tokens: Tokens, trusted: TrustedDocuments) -> None:
        self.database = database
        self.settings = settings
        self.trusted = trusted
        self.viewers = Viewers(database, tokens, settings.viewer_seconds)
        self.reader = Reader(api.graphql, database, Directory(database), self.ordinary, settings.page_limit)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        timing, headers, form = Timing(), join_headers(scope["headers"]), Form()
        try:
            form = choose_form(headers.get(b"accept"), headers.get(b"accept-encoding"))
            response = await self.respond(scope, headers, receive, form, timing)
        except CabinetError as error:
            response = response_of_error(error, _headers_of(error, scope["method"], headers))
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept inside.
            response = response_of_error(mask(error))
        delivery = Delivery(response, form, timing, headers.get(b"if-none-match"), scope["method"] == "HEAD")
        await delivery.send(send)

    async def respond(
        self, scope: Message, headers: Headers, receive: Receive, form: Form, timing: Timing
    ) -> Response:
        """Answer by the method: a POST holds its document, a GET names a trusted one."""
        method = scope["method"]
        if method == "OPTIONS":
            return Response(NO_CONTENT, headers=(_METHODS,))
        if method not in ("POST", *_SAFE):
            raise MethodNotAllowed
        try:
            result = await self.answer(scope, headers, receive, timing)
        except DocumentInvalid as error:
            result = document_refused(error)
        except ValidationFailed as failed:
            result = refused(failed.errors)
        return response_of(result, form, kept=method in _SAFE)

    async def answer(self, scope: Message, headers: Headers, receive: Receive, timing: Timing) -> Executed:
        """Identify, read and execute one request."""
        viewer = await self.viewer(headers)
        timing.end("viewer")
        request = await self.request(scope, headers, receive, viewer)
        timing.end("body")
        document = documents.read(request.query, member=bool(viewer.memberships))
        document.check_name(request.operation_name)
        writes = document.operation.operation is OperationType.MUTATION
        if scope["method"] in _SAFE and document.operation.operation is not OperationType.QUERY:
            raise MethodNotAllowed("A GET changes nothing: only queries are answered by GET.")
        if request.size > MAX_QUERY_BODY and not writes:
            raise BodyTooLarge("The body of a query is larger than this server takes.", hint="Ask for less.")
        timing.end("document")
        try:
            async with asyncio.timeout(self.settings.post_seconds if writes else self.settings.request_seconds):
                return executed(await self.reader.answer(document, request.variables, viewer, timing.end))
        except TimeoutError as error:
            raise TimeoutExceeded from error

    async def viewer(self, headers: Headers) -> Viewer:
        """Find out who asks; without a token it is anonymous."""
        authorization = headers.get(b"authorization")
        return await self.viewers.find(bearer(authorization.decode("latin-1") if authorization else None))

    async def request(self, scope: Message, headers: Headers, receive: Receive, viewer: Viewer) -> GraphQLRequest:
        """Read what is asked."""
        if scope["method"] in _SAFE:
            if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
                raise RequestError("A GET has no body.", hint="Send parameters in the address, or POST a body.")
            return request_from_query(scope["query_string"], self.trusted)
        # Only somebody we know has rows to post; nobody else makes us read megabytes.
        limit = MAX_BODY if viewer.memberships else MAX_QUERY_BODY
        body = await read_body(headers, receive, self.settings.body_seconds, limit)
        return request_from_body(body, self.trusted)

    async def ordinary(self, document: DocumentNode, variables: dict[str, Any] | None, viewer: Viewer) -> Answer:
        """Execute a document by its resolvers."""
        context = Context(self.database, self.settings, viewer, Loaders(self.database), self.reader.directory)
        result = await api.run(document, variables, context, hide_suggestions=not viewer.memberships)
        return Answer(result.data, result.errors or (), tuple(context.withheld))


def _headers_of(error: CabinetError, method: str, headers: Headers) -> Pairs:
    """Return what an error's answer says beside the error."""
    if isinstance(error, MethodNotAllowed):
        # A GET is refused for what it asks, any other method for itself.
        return (_POST_ONLY,) if method in _SAFE else (_METHODS,)
    # Whoever waited for leave to send a body and got none may send it or not: no request can follow on it.
    return ((b"connection", b"close"),) if b"expect" in headers else ()
