"""A world drawn by chance for a whole file of tests, with its indexes, on an event loop of its own."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from random import Random

import pytest

from cabinet.db import Database
from cabinet.settings import Settings
from tests.conftest import on_database, run_sql
from tests.coverage.index.both_ways import ALL_YEARS, ready
from tests.coverage.random_worlds import fill_world
from tests.world import find_world

NAME = "cabinet_index"


class Asked:
    """Hypothesis draws and asks in turns, so that the loop runs only while something is asked."""

    def __init__(self, runner: asyncio.Runner, stack: AsyncExitStack) -> None:
        self.runner, self._stack = runner, stack

    async def open(self, url: str, settings: Settings) -> None:
        database = await self._stack.enter_async_context(Database(url, settings))
        self.world = await find_world(database)
        await fill_world(self.world, Random(11))  # noqa: S311 - the same world in every run; nothing is a secret.
        self.indexes = await self._stack.enter_async_context(ready(self.world, *ALL_YEARS))


@pytest.fixture(scope="module")
def asked(postgres: str, template: str, settings: Settings) -> Iterator[Asked]:
    asyncio.run(
        run_sql(postgres, f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME} TEMPLATE cabinet_template")
    )
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        found = Asked(runner, stack)
        runner.run(found.open(on_database(postgres, NAME), settings))
        yield found
        runner.run(stack.aclose())
    asyncio.run(run_sql(postgres, f"DROP DATABASE {NAME} WITH (FORCE)"))
