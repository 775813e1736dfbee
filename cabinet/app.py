"""The map of the server.

    POST /graphql   cabinet.web.graphql: viewer -> body -> document -> execution -> answer
                      records    cabinet.read: selection -> plan -> sql    -> JSON, as PostgreSQL writes it
                      coverage   schema -> resolvers -> cabinet.coverage   -> counted, then cabinet.disclosure
                                 (by SQL, or from arrays in memory: cabinet.coverage.index)
                      live data  schema -> resolvers -> cabinet.live       -> events, as the ledger grows
                      posts      schema -> resolvers -> cabinet.intake     -> one transaction, a verdict a row
    GET  /graphql   the same for a query of a trusted document, named by its hash
    GET  /export/…  cabinet.web.export: viewer -> cabinet.read.export, planned like a list -> streamed by COPY
    POST /import/…  cabinet.web.imports: viewer -> a file on disk and a job; a process of cabinet.jobs takes it in
    GET  /          a page that says what this is, with a place to try a query
    GET  /healthz   whether the database answers

Files come in by `cabinet load` (cabinet.importers), too, through the same cabinet.intake. What a post leaves in
the outbox goes to webhooks by a process of its own, `cabinet outbox deliver` (cabinet.outbox).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cabinet.coverage.index.indexes import Indexes
from cabinet.db import Database
from cabinet.errors import CabinetError
from cabinet.jobs.keeper import Keeper
from cabinet.live.hub import Hub
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables.security import Login
from cabinet.viewer import Tokens
from cabinet.web.cors import with_cors
from cabinet.web.events import EventEndpoint
from cabinet.web.export import ExportEndpoint
from cabinet.web.graphql import GraphQLEndpoint
from cabinet.web.imports import ImportEndpoint
from cabinet.web.pages import home
from cabinet.web.sse import wants_events
from cabinet.web.trusted import TrustedDocuments, trusted_documents

Ready = Callable[[Database], Awaitable[None]]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]


def create_app(
    url: str, settings: Settings, on_ready: Ready | None = None, ending: asyncio.Event | None = None
) -> Asgi:
    """Build the ASGI application; `on_ready` is awaited once the database has been reached.

    When `ending` is set, every open subscription is completed: a server waits for open answers before it stops.
    """
    pages = _pages(url, settings, trusted_documents(settings), on_ready, ending or asyncio.Event())

    async def app(scope: Any, receive: Any, send: Any) -> None:
        # The API's one address is answered ahead of all routing: it is asked far more often than the rest.
        if scope["type"] == "http" and scope["path"] == "/graphql":
            endpoint = pages.state.events if wants_events(scope["headers"]) else pages.state.graphql
            await endpoint(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return with_cors(app, settings.cors_origins)


def _pages(
    url: str, settings: Settings, trusted: TrustedDocuments, on_ready: Ready | None, ending: asyncio.Event
) -> Starlette:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with (
            Database(url, settings) as database,
            Indexes(database, settings.index_bytes) as indexes,
            Keeper(url, settings).running() as keeper,
        ):
            app.state.database = database
            app.state.graphql = GraphQLEndpoint(database, settings, Tokens(settings), trusted, indexes)
            app.state.events = EventEndpoint(app.state.graphql, Hub(database), ending)
            app.state.export = ExportEndpoint(app.state.graphql)
            app.state.imports = ImportEndpoint(app.state.graphql, keeper)
            if on_ready is not None:
                await on_ready(database)
            yield
            ending.set()

    static = StaticFiles(directory=str(files("cabinet.web") / "static"))
    routes = [
        Route("/", home),
        Route("/healthz", _healthz),
        Mount("/export", app=_export),
        Mount("/import", app=_import),
        Mount("/static", app=static),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _export(scope: Any, receive: Any, send: Any) -> None:
    await scope["app"].state.export(scope, receive, send)


async def _import(scope: Any, receive: Any, send: Any) -> None:
    await scope["app"].state.imports(scope, receive, send)


async def _healthz(request: Request) -> Response:
    database: Database = request.app.state.database
    try:
        async with database.transaction(Scope(Login.READER_AGGREGATE)) as connection:
            await connection.fetchval("SELECT 1")
    except CabinetError as error:
        return JSONResponse(error.as_body(), status_code=error.status)
    return JSONResponse({"status": "ok"})
