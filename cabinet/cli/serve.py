"""`cabinet serve`, and the running of the server that `cabinet demo` shares."""

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Annotated

import typer
import uvicorn

from cabinet.app import create_app
from cabinet.cli.console import clear_errors, database_url, out
from cabinet.db import Database
from cabinet.errors import PortTaken, StartupError
from cabinet.settings import LOG_FORMAT, Settings
from cabinet.web.protocol import bounded

_GRACE_SECONDS = 5
YOUNG_OBJECTS = 400_000
"""So many new objects are made before Python looks for garbage among them."""

SWITCH_SECONDS = 0.0005
"""How long a thread goes on while another waits for its turn."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65535)] = None,
) -> None:
    """Serve the API and the pages until Ctrl-C.

    Run `cabinet migrate` once before. Put a reverse proxy with header and body timeouts in front.
    """
    settings = with_address(Settings(), host, port)

    async def ready(_: Database) -> None:
        out.print(f"Ready on {address(listener)}")

    with clear_errors(), listen(settings) as listener, database_url(settings) as url:
        run(url, settings, listener, ready)


def with_address(settings: Settings, host: str | None, port: int | None) -> Settings:
    """Apply the options; PORT, which platforms set, comes after an option and before CABINET_PORT."""
    changes: dict[str, object] = {}
    if host is not None:
        changes["host"] = host
    if port is not None:
        changes["port"] = port
    elif os.environ.get("PORT"):
        try:
            changes["port"] = int(os.environ["PORT"])
        except ValueError as error:
            raise typer.BadParameter(f"PORT is not a number: {os.environ['PORT']!r}") from error
    return settings.model_copy(update=changes)


def listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is started; raise PortTaken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Accepted connections inherit it: without, an answer's body waits 40 ms for the client's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"Another program already listens on {settings.host}:{settings.port}.") from error
        raise StartupError(
            f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}.",
            hint="Choose another address with --host and --port.",
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    url: str,
    settings: Settings,
    listener: socket.socket,
    on_ready: Callable[[Database], Awaitable[None]],
) -> None:
    """Serve on the listener until told to stop; requests under way are given some seconds."""
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    ending = asyncio.Event()

    async def ready(database: Database) -> None:
        # What is here by now stays: looking it through for garbage, over and over, would cost a request some
        # 15 us in the mean, and now and then one of them tens of milliseconds.
        gc.collect()
        gc.freeze()
        # A post of ten thousand rows makes some 300,000 objects, none of them garbage before its end. To look them
        # through after every 700 of them, as Python would, doubles what it costs to read them; after every 50,000,
        # it was an eighth of what the post took.
        gc.set_threshold(YOUNG_OBJECTS)
        # Large bodies and long counts go to threads. Python lets a thread go on for 5 ms while another waits, and
        # a request waits several times.
        sys.setswitchinterval(SWITCH_SECONDS)
        await on_ready(database)

    config = uvicorn.Config(
        create_app(url, settings, ready, ending),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        lifespan="on",
        loop="uvloop",
        # An export looks after its own client, and says why it ends: it comes first.
        http=bounded(settings.body_seconds, 2 * settings.export_stall_seconds),
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    # uvicorn raises the signal once more after a clean shutdown. Ctrl-C is how a server is meant to end, and a
    # supervisor's SIGTERM is no different: the embedded database is stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        # The server's `serve` runs on whatever loop it is called in; the one it is configured for is `run`'s.
        _Server(config, ending).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says that it is ending before it waits for open answers; uvicorn itself tells the application after."""

    def __init__(self, config: uvicorn.Config, ending: asyncio.Event) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending.set()
        await super().shutdown(sockets)
