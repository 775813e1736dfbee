"""The GraphQL endpoint: viewer -> body -> document -> execution -> one shape of answer."""

import asyncio

from cabinet.db import Database
from cabinet.errors import (
    BodyTooLarge,
    CabinetError,
    DocumentInvalid,
    MethodNotAllowed,
    RequestError,
    TimeoutExceeded,
)
from cabinet.read.document import operation_kind, read_document
from cabinet.read.loaders import Loaders
from cabinet.settings import Settings
from cabinet.viewer import ANONYMOUS, Tokens, Viewer, bearer, find_viewer
from cabinet.web.accept import Form, choose_form
from cabinet.web.body import MAX_BODY, MAX_QUERY_BODY, Headers, Message, Receive, Send, join_headers, read_body
from cabinet.web.documents import check_document
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
        self.tokens = tokens
        self.trusted = trusted

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
        return response_of(result, form, kept=method in _SAFE)

    async def answer(self, scope: Message, headers: Headers, receive: Receive, timing: Timing) -> Executed:
        """Identify, read and execute one request."""
        viewer = await self.viewer(headers)
        timing.end("viewer")
        request = await self.request(scope, headers, receive, viewer)
        timing.end("body")
        kind = operation_kind(read_document(request.query), request.operation_name)
        if kind != "query" and scope["method"] in _SAFE:
            raise MethodNotAllowed("A GET changes nothing: only queries are answered by GET.")
        if kind != "mutation" and request.size > MAX_QUERY_BODY:
            raise BodyTooLarge("The body of a query is larger than this server takes.", hint="Ask for less.")
        seconds = self.settings.post_seconds if kind == "mutation" else self.settings.request_seconds
        try:
            async with asyncio.timeout(seconds):
                return await self.execute(request, viewer, timing)
        except TimeoutError as error:
            raise TimeoutExceeded from error

    async def viewer(self, headers: Headers) -> Viewer:
        """Find out who asks; without a token it is anonymous."""
        authorization = headers.get(b"authorization")
        token = bearer(authorization.decode("latin-1") if authorization is not None else None)
        if token is None:
            return Viewer(ANONYMOUS)
        subject = await asyncio.to_thread(self.tokens.subject, token)
        return await find_viewer(self.database, subject)

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

    async def execute(self, request: GraphQLRequest, viewer: Viewer, timing: Timing) -> Executed:
        """Validate and execute a document that was parsed; `timing` takes the stages of it."""
        member = bool(viewer.memberships)
        document = check_document(request.query, member=member)
        timing.end("document")
        if document.errors:
            return refused(document.errors)
        context = Context(self.database, self.settings, viewer, Loaders(self.database))
        result = await api.run(
            document.node, request.variables, request.operation_name, context, hide_suggestions=not member
        )
        timing.end("execution")
        return executed(result)


def _headers_of(error: CabinetError, method: str, headers: Headers) -> Pairs:
    """Return what an error's answer says beside the error."""
    if isinstance(error, MethodNotAllowed):
        # A GET is refused for what it asks, any other method for itself.
        return (_POST_ONLY,) if method in _SAFE else (_METHODS,)
    # Whoever waited for leave to send a body and got none may send it or not: no request can follow on it.
    return ((b"connection", b"close"),) if b"expect" in headers else ()
