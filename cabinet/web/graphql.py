"""The GraphQL endpoint: viewer -> body -> document -> execution -> one shape of answer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NamedTuple

from graphql import DocumentNode, OperationType

from cabinet.coverage.index.indexes import Indexes
from cabinet.db import Database
from cabinet.errors import (
    BodyTooLarge,
    CabinetError,
    DocumentInvalid,
    EventStreamNeeded,
    MethodNotAllowed,
    RequestError,
    TimeoutExceeded,
)
from cabinet.read.answer import Answer, Reader
from cabinet.read.directory import Directory
from cabinet.read.document import Document, ValidationFailed
from cabinet.read.lifting import NO_ROWS, Rows, takes_rows
from cabinet.read.loaders import Loaders
from cabinet.settings import Settings
from cabinet.viewer import Tokens, Viewer, Viewers, bearer
from cabinet.web.accept import Form, choose_form
from cabinet.web.body import MAX_BODY, MAX_QUERY_BODY, Headers, Message, Receive, Send, join_headers, read_body
from cabinet.web.documents import documents
from cabinet.web.executed import Executed, document_refused, executed, mask
from cabinet.web.request import GraphQLRequest, request_from_body, request_from_query
from cabinet.web.response import NO_CONTENT, Delivery, Pairs, Response, response_of, response_of_error
from cabinet.web.strict_json import OF_A_POST, OF_A_QUERY, check_size
from cabinet.web.timing import Timing
from cabinet.web.trusted import TrustedDocuments
from resolvers.context import Context
from schema.api import api

_SAFE = ("GET", "HEAD")
_METHODS = (b"allow", b"GET, HEAD, POST")
_POST_ONLY = (b"allow", b"POST")


class GraphQLEndpoint:
    """The ASGI application of /graphql."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        tokens: Tokens,
        trusted: TrustedDocuments,
        indexes: Indexes | None = None,
    ) -> None:
        self.database, self.indexes = database, indexes
        self.settings = settings
        self.trusted = trusted
        self.within = database.deadlines.within
        self.viewers = Viewers(database, tokens, settings.viewer_seconds)
        self.reader = Reader(api.graphql, database, Directory(database), self.ordinary, settings.page_limit)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        call = Call(scope)
        await self.deliver(call, send, self.respond(call, receive))

    async def deliver(
        self, call: "Call", send: Send, work: Coroutine[Any, Any, Response], form: Form | None = None
    ) -> None:
        """Send the response that the work comes to, or the error it ends with, in the form the client accepts."""
        try:
            form = form or call.form()
            response = await work
        except (DocumentInvalid, ValidationFailed) as error:
            response = response_of(document_refused(error), form or Form(), kept=False)
        except CabinetError as error:
            response = response_of_error(error, _headers_of(error, call))
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept inside.
            response = response_of_error(mask(error))
        finally:
            work.close()
        none_match = call.headers.get(b"if-none-match")
        await Delivery(response, form or Form(), call.timing, none_match, call.method == "HEAD").send(send)

    async def respond(self, call: "Call", receive: Receive) -> Response:
        """Answer by the method: a POST holds its document, a GET names a trusted one."""
        if call.method == "OPTIONS":
            return Response(NO_CONTENT, headers=(_METHODS,))
        return await self.respond_to(call, await self.read(call, receive))

    async def respond_to(self, call: "Call", asked: "Asked") -> Response:
        """Execute what was asked, as JSON."""
        document = asked.document()
        call.timing.end("document")
        operation = document.operation.operation
        if operation is OperationType.SUBSCRIPTION:
            raise EventStreamNeeded
        if operation is not OperationType.QUERY and call.method in _SAFE:
            raise MethodNotAllowed("A GET changes nothing: only queries are answered by GET.")
        result = await self.answer(asked, document, call.timing)
        return response_of(result, call.form(), kept=call.method in _SAFE)

    async def read(self, call: "Call", receive: Receive) -> "Asked":
        """Find out who asks, and read what."""
        if call.method not in ("POST", *_SAFE):
            raise MethodNotAllowed
        viewer = await self.viewer(call.headers)
        call.timing.end("viewer")
        request = await self.request(call, receive, viewer)
        call.timing.end("body")
        return Asked(viewer, call.headers, request)

    async def answer(self, asked: "Asked", document: Document, timing: Timing) -> Executed:
        """Execute a query or a mutation in the time it is given."""
        writes = document.operation.operation is OperationType.MUTATION
        try:
            with self.within(self.settings.post_seconds if writes else self.settings.request_seconds):
                answer = await self.reader.answer(document, asked.request.variables, asked.viewer, timing.end)
                return executed(answer)
        except TimeoutError as error:
            raise TimeoutExceeded from error

    async def viewer(self, headers: Headers) -> Viewer:
        """Find out who asks; without a token it is anonymous."""
        authorization = headers.get(b"authorization")
        token = bearer(authorization.decode("latin-1") if authorization is not None else None)
        return await self.viewers.find(token)

    async def request(self, call: "Call", receive: Receive, viewer: Viewer) -> GraphQLRequest:
        """Read what is asked."""
        headers = call.headers
        if call.method in _SAFE:
            if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
                raise RequestError("A GET has no body.", hint="Send parameters in the address, or POST a body.")
            return request_from_query(call.query_string, self.trusted)
        # Only somebody we know has rows to post; nobody else makes us read megabytes.
        limit, bounds = (MAX_BODY, OF_A_POST) if viewer.memberships else (MAX_QUERY_BODY, OF_A_QUERY)
        body = await read_body(headers, receive, self.within(self.settings.body_seconds), limit)
        if len(body) > MAX_QUERY_BODY:
            # Megabytes of rows take tens of milliseconds, in which others have their turns.
            return await asyncio.to_thread(request_from_body, body, self.trusted, bounds)
        return request_from_body(body, self.trusted, bounds)

    async def ordinary(
        self, document: DocumentNode, variables: dict[str, Any] | None, viewer: Viewer, rows: Rows = NO_ROWS
    ) -> Answer:
        """Execute a document by its resolvers."""
        loaders, directory = Loaders(self.database), self.reader.directory
        context = Context(self.database, self.settings, viewer, loaders, directory, self.indexes)
        result = await api.run(document, variables, context, rows, hide_suggestions=not viewer.memberships)
        return Answer(result.data, result.errors or (), tuple(context.withheld))


class Call:
    """One HTTP request, before its body is read."""

    __slots__ = ("headers", "method", "query_string", "timing")

    def __init__(self, scope: Message) -> None:
        self.method: str = scope["method"]
        self.query_string: bytes = scope.get("query_string", b"")
        self.headers = join_headers(scope["headers"])
        self.timing = Timing()

    def form(self) -> Form:
        """Return the form of answer that is accepted best. Raises NotAcceptable."""
        return choose_form(self.headers.get(b"accept"), self.headers.get(b"accept-encoding"))


class Asked(NamedTuple):
    """A request that could be read, and who sent it."""

    viewer: Viewer
    headers: Headers
    request: GraphQLRequest

    def document(self) -> Document:
        """Return the document that is asked. Raises DocumentInvalid and its kin, and ValidationFailed.

        What is no post is held to the bounds of a query, now that this can be told.
        """
        document = documents.read(self.request.query, member=bool(self.viewer.memberships))
        document.check_name(self.request.operation_name)
        if document.operation.operation is not OperationType.MUTATION and self.request.size > MAX_QUERY_BODY:
            raise BodyTooLarge("The body of a query is larger than this server takes.", hint="Ask for less.")
        # What is shorter holds no long list.
        if self.request.size > OF_A_QUERY.items and not takes_rows(api.graphql, document.operation):
            check_size(self.request.variables or {}, OF_A_QUERY)
        return document


def _headers_of(error: CabinetError, call: Call) -> Pairs:
    """Return what an error's answer says beside the error."""
    if isinstance(error, MethodNotAllowed):
        # A GET is refused for what it asks, any other method for itself.
        return (_POST_ONLY,) if call.method in _SAFE else (_METHODS,)
    # Whoever waited for leave to send a body and got none may send it or not: no request can follow on it.
    return ((b"connection", b"close"),) if b"expect" in call.headers else ()
