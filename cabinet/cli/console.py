"""How commands speak: rich on a terminal, JSON for machines, an exit code for scripts."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.markup import escape

from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.errors import CabinetError
from cabinet.settings import Settings

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_REJECTED = 3
"""Something was taken in, and something was not."""


def print_json(value: Any) -> None:
    sys.stdout.write(
        orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode() + "\n"
    )


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say an error of ours in two lines and exit; anything else is a defect and keeps its traceback."""
    try:
        yield
    except CabinetError as error:
        err.print(f"[bold red]{error.code}[/] {escape(error.message)}")
        for problem in error.detail.get("problems", ()):
            err.print(f"  {escape(problem['message'])} [dim]{problem['diagnostic']}[/]")
        if error.hint:
            err.print(f"  {escape(error.hint)}")
        raise typer.Exit(EXIT_FAILED) from error


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """Yield the URL of the database: the one that is set, or the embedded one, started if need be."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded_postgres(settings.data) as url:
        yield url


def with_database(work: Callable[[Database], Awaitable[T]]) -> T:
    """Run `work` on the configured database and return what it returns."""
    settings = Settings()

    async def run(url: str) -> T:
        async with Database(url, settings) as database:
            return await work(database)

    with clear_errors(), database_url(settings) as url:
        return asyncio.run(run(url))
