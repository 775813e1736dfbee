"""The exports' endpoint: `GET /export/{community}/{list}.csv` or `.ndjson`, as fast as the client takes it."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from urllib.parse import parse_qsl

from starlette.responses import JSONResponse

from cabinet.communities import Community
from cabinet.errors import (
    CabinetError,
    InputInvalid,
    MethodNotAllowed,
    NotFound,
    TimeoutExceeded,
    TooManyExports,
)
from cabinet.read.export import Export, deliver, plan
from cabinet.read.files import MEDIA_TYPES, FileFormat
from cabinet.read.listings import Listings
from cabinet.tables.security import Login
from cabinet.viewer import Viewer
from cabinet.web.body import Message, Receive, Send, disconnected, join_headers
from cabinet.web.executed import mask
from cabinet.web.graphql import GraphQLEndpoint

_ADDRESS = re.compile(r"/export/([^/]+)/([^/.]+)\.([^/.]+)")
_MAX_PARAMETERS = 1_000
_RETRY_SECONDS = 30


class Gone(Exception):
    """The client has left."""


class Cut(Exception):
    """Ends an answer without its end, so that no part of a file is taken for the whole."""


class ExportEndpoint:
    """The ASGI application of /export."""

    def __init__(self, graphql: GraphQLEndpoint) -> None:
        self.graphql = graphql
        self.database, self.settings = graphql.database, graphql.settings
        self.listings = Listings(graphql.reader.fields)
        self.running: Counter[Login] = Counter()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body = Body(send, self.settings.export_stall_seconds)
        try:
            await self.answer(scope, receive, body)
        except Gone:
            return
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept inside.
            ours = error if isinstance(error, CabinetError) else mask(error)
            if body.has_begun:
                raise Cut(ours.code) from None
            await _refusal(ours)(scope, receive, send)

    async def answer(self, scope: Message, receive: Receive, body: "Body") -> None:
        """Identify, plan and stream one export."""
        if scope["method"] != "GET":
            raise MethodNotAllowed("This address answers GET only.", hint="Filters are parameters of the address.")
        viewer = await self.graphql.viewer(join_headers(scope["headers"]))
        community, export = await self.plan(scope, viewer)
        body.headers = _headers(community, export)
        with self._place(export.grant.scope.login):
            async with _patience(receive, self.settings.export_seconds):
                await deliver(self.database, viewer, export, self.settings.export_seconds, body.write)
            await body.end()

    async def plan(self, scope: Message, viewer: Viewer) -> tuple[Community, Export]:
        """Read the address and plan what it names for who asks."""
        found = _ADDRESS.fullmatch(scope["path"])
        if found is None or found[3] not in list(FileFormat):
            raise NotFound("There is no such export.", hint="GET /export/{community}/{list}.csv, or .ndjson.")
        listing, given = self.listings.find(found[2]), read_parameters(scope["query_string"])
        community = await self.graphql.reader.directory.find(found[1])
        return community, plan(listing, self.listings.fields, community, FileFormat(found[3]), viewer, given)

    @contextmanager
    def _place(self, login: Login) -> Iterator[None]:
        """Take one of the places there are. The public's exports, of another login, take none of the others'."""
        if self.running[login] >= self.settings.exports:
            raise TooManyExports
        self.running[login] += 1
        try:
            yield
        finally:
            self.running[login] -= 1


class Body:
    """What is sent of one file. Its headers wait for its first bytes: what fails before can be answered."""

    def __init__(self, send: Send, stall_seconds: float) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.has_begun = False
        self._send, self._stall_seconds = send, stall_seconds

    async def write(self, chunk: bytes) -> None:
        """Send a chunk; wait while the client takes nothing, but not for ever. Raises TimeoutExceeded and Gone."""
        try:
            async with asyncio.timeout(self._stall_seconds):
                if not self.has_begun:
                    self.has_begun = True
                    await self._send({"type": "http.response.start", "status": 200, "headers": self.headers})
                await self._send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError as error:
            raise TimeoutExceeded("The client took nothing for too long.") from error
        except OSError as error:
            raise Gone from error

    async def end(self) -> None:
        await self._send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def _patience(receive: Receive, seconds: float) -> AsyncIterator[None]:
    """Give what is inside some time, for as long as the client is there. Raises TimeoutExceeded or Gone."""
    has_left = False

    async def watch() -> None:
        nonlocal has_left
        await disconnected(receive)
        has_left = True
        limit.reschedule(0)

    try:
        async with asyncio.timeout(seconds) as limit:
            watching = asyncio.create_task(watch())
            try:
                yield
            finally:
                watching.cancel()
    except TimeoutError as error:
        raise (Gone if has_left else TimeoutExceeded) from error


def read_parameters(query: bytes) -> list[tuple[str, str]]:
    """Return the parameters of an address, in their order; raise InputInvalid."""
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS
        )
    except ValueError as error:
        raise InputInvalid(
            "The parameters of the address cannot be read.", hint="Write them as name=value&name=value, in UTF-8."
        ) from error


def _headers(community: Community, export: Export) -> list[tuple[bytes, bytes]]:
    name = re.sub(r"[^A-Za-z0-9-]", "_", f"{community.code}-{export.table.name}")
    headers = {
        "content-type": MEDIA_TYPES[export.format],
        "content-disposition": f'attachment; filename="{name}.{export.format}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        # A proxy that buffered would write children's records to a disk of its own.
        "x-accel-buffering": "no",
    }
    if export.withheld:
        headers["x-cabinet-withheld"] = ", ".join(export.withheld)
    return [(key.encode(), value.encode()) for key, value in headers.items()]


def _refusal(error: CabinetError) -> JSONResponse:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if isinstance(error, MethodNotAllowed):
        headers["allow"] = "GET"
    if isinstance(error, TooManyExports):
        headers["retry-after"] = str(_RETRY_SECONDS)
    return JSONResponse(error.as_body(), error.status, headers)
