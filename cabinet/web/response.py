"""The answer as it goes over the wire: status, headers, and content in the form the client accepts."""

from hashlib import sha256
from typing import NamedTuple

import orjson

from cabinet.errors import CabinetError, DocumentInvalid, TokenInvalid
from cabinet.web.accept import GRAPHQL, JSON, Form
from cabinet.web.body import Send
from cabinet.web.compression import coding_of, compress
from cabinet.web.executed import Executed
from cabinet.web.timing import Timing

Pairs = tuple[tuple[bytes, bytes], ...]

OK, NO_CONTENT, NOT_MODIFIED = 200, 204, 304
_CONTENT_TYPES = {each: (b"content-type", f"{each}; charset=utf-8".encode()) for each in (GRAPHQL, JSON)}
_VARY = (b"vary", b"Accept, Accept-Encoding, Authorization")
_NOSNIFF = (b"x-content-type-options", b"nosniff")
_NEVER_KEPT = (b"cache-control", b"no-store")
_ASKED_AGAIN = (b"cache-control", b"private, no-cache")
"""For one person's browser to keep, and to ask again each time whether it still holds."""


class Response(NamedTuple):
    """An answer before it is brought into its form."""

    status: int
    content: bytes = b""
    headers: Pairs = ()
    kept: bool = False
    """Whether a browser may keep it, and ask with its ETag whether it still holds."""


def response_of(executed: Executed, form: Form, *, kept: bool) -> Response:
    """Answer 200 to what was executed; a document at fault is a fault of the request to clients who know that.

    GraphQL over HTTP, section 6.4: with application/json every GraphQL response is 200; with its own media type
    one without `data` is 400.
    """
    at_fault = not executed.began and form.media_type == GRAPHQL
    return Response(DocumentInvalid.status if at_fault else OK, executed.content, kept=kept and executed.began)


def response_of_error(error: CabinetError, headers: Pairs = ()) -> Response:
    """Answer a request that ends with an error of ours."""
    if isinstance(error, TokenInvalid):
        headers = (*headers, (b"www-authenticate", b'Bearer error="invalid_token"'))
    return Response(error.status, orjson.dumps(error.as_body()), headers)


class Delivery(NamedTuple):
    """One answer on its way to one client."""

    response: Response
    form: Form
    timing: Timing
    if_none_match: bytes | None = None
    without_content: bool = False

    async def send(self, send: Send) -> None:
        """Send the answer: not at all where the client has it, and without content to a HEAD."""
        response = self.response
        coding = coding_of(self.form, len(response.content))
        tag = _etag(response.content, self.form.media_type, coding) if response.kept else None
        if tag is not None and _matches(tag, self.if_none_match):
            await self._send(send, NOT_MODIFIED, b"", ((b"etag", tag), _ASKED_AGAIN))
            return
        content = response.content if coding is None else await compress(response.content, coding)
        described = () if response.status == NO_CONTENT else self._describe(content, coding)
        cached = (_NEVER_KEPT,) if tag is None else ((b"etag", tag), _ASKED_AGAIN)
        await self._send(send, response.status, content, (*described, *cached, *response.headers))

    def _describe(self, content: bytes, coding: str | None) -> Pairs:
        described = (
            _CONTENT_TYPES[self.form.media_type],
            (b"content-length", b"%d" % len(content)),
        )
        return described if coding is None else (*described, (b"content-encoding", coding.encode()))

    async def _send(self, send: Send, status: int, content: bytes, headers: Pairs) -> None:
        self.timing.end("encoding")
        timing = (b"server-timing", self.timing.header())
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [*headers, _VARY, _NOSNIFF, timing],
            }
        )
        await send({"type": "http.response.body", "body": b"" if self.without_content else content})


def _etag(content: bytes, media_type: str, coding: str | None) -> bytes:
    """Return a strong validator: another one for other bytes, and for the same ones in another form."""
    return f'"{sha256(content).hexdigest()[:32]}-{"g" if media_type == GRAPHQL else "j"}{coding or ""}"'.encode()


def _matches(tag: bytes, if_none_match: bytes | None) -> bool:
    """Compare weakly, as RFC 9110 wants it of If-None-Match."""
    asked = [each.strip().removeprefix(b"W/") for each in (if_none_match or b"").split(b",")]
    return tag in asked or asked == [b"*"]
