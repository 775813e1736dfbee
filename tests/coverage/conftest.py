"""Towns drawn by chance, one after the other in one database, on an event loop of its own."""

import asyncio
from collections.abc import Iterator

import pytest

from cabinet.db import Database
from cabinet.settings import Settings
from tests.conftest import on_database, run_sql
from tests.world import World, build_town

NAME = "cabinet_towns"


class Towns:
    """Hypothesis draws in turns, so that the loop runs only while something is posted or asked."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self.runner, self._database, self._many = runner, database, 0

    def another(self) -> World:
        """Return a world whose Harbor has nobody in it."""
        self._many += 1
        town = self.runner.run(build_town(self._database, f"town{self._many}"))
        return World(self._database, town, town)


@pytest.fixture
def towns(postgres: str, template: str, settings: Settings) -> Iterator[Towns]:
    asyncio.run(
        run_sql(postgres, f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME} TEMPLATE cabinet_template")
    )
    with asyncio.Runner() as runner:
        database = Database(on_database(postgres, NAME), settings)
        runner.run(database.__aenter__())
        yield Towns(runner, database)
        runner.run(database.__aexit__(None, None, None))
    asyncio.run(run_sql(postgres, f"DROP DATABASE {NAME} WITH (FORCE)"))
