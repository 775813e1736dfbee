"""How the peers written in Python are served: as our server is, on one event loop of one process."""

import argparse
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import uvicorn

from bench.children import COMMUNITY, SECTOR, STEWARD
from cabinet.cli.serve import listen
from cabinet.settings import Settings

SCOPE = {
    "cabinet.communities": str(COMMUNITY),
    "cabinet.sectors": SECTOR,
    "cabinet.organizations": "",
    "cabinet.subject": STEWARD,
}
"""What `cabinet.db` sets for the steward's transactions; these peers set it once for a connection."""
SESSION = {
    **SCOPE,
    "jit": "off",
    "statement_timeout": "5000",
    "synchronous_commit": "off",
    "application_name": "bench",
}


@dataclass(frozen=True)
class Options:
    """What a peer's process is told."""

    url: str
    port: int
    page: int
    pool: int

    @classmethod
    def read(cls) -> "Options":
        parser = argparse.ArgumentParser()
        parser.add_argument("url")
        for name in ("port", "page", "pool"):
            parser.add_argument(name, type=int)
        return cls(**vars(parser.parse_args()))


def serve(app: Callable[..., Any], port: int) -> None:
    """Serve an ASGI application until interrupted, with the event loop and the parser of our own server."""
    config = uvicorn.Config(
        app, log_config=None, lifespan="auto", loop="uvloop", http="httptools", server_header=False
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listen(Settings(port=port))])
