"""A throw-away PostgreSQL for the whole run, and a fresh copy of a migrated database for whoever asks."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import settings as drawing

from cabinet.app import create_app
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.migrate import migrate, settle
from cabinet.settings import Mode, Settings
from cabinet.viewer import Tokens
from tests.client import Client, running
from tests.world import World, build_world, find_world

TEMPLATE = "cabinet_template"

drawing.register_profile("short", derandomize=True, deadline=None, database=None, max_examples=300)
drawing.register_profile("long", deadline=None, max_examples=3_000)
drawing.load_profile("short")
"""Every run draws the same examples; `pytest --hypothesis-profile long` draws many others."""


def on_database(url: str, name: str) -> str:
    """Point a server's URL at another of its databases."""
    head, _, query = url.partition("?")
    return head.rpartition("/")[0] + f"/{name}" + (f"?{query}" if query else "")


async def run_sql(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    data = tmp_path_factory.mktemp("data")
    # What a test changes about memberships is seen by its next request.
    return Settings(mode=Mode.DEVELOPMENT, data=data, pool_size=4, viewer_seconds=0)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Yield the owner URL of a server: CABINET_TEST_DATABASE_URL's, or an embedded one made for this run."""
    given = os.environ.get("CABINET_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with (
        tempfile.TemporaryDirectory(prefix="cabinet-", ignore_cleanup_errors=True) as folder,
        embedded_postgres(Path(folder)) as url,
    ):
        yield url


async def build(url: str, settings: Settings) -> None:
    async with Database(url, settings) as database:
        await build_world(database)


@pytest.fixture(scope="session")
def template(postgres: str, settings: Settings) -> Iterator[str]:
    asyncio.run(run_sql(postgres, f"DROP DATABASE IF EXISTS {TEMPLATE}", f"CREATE DATABASE {TEMPLATE}"))
    url = on_database(postgres, TEMPLATE)
    migrate(url)
    asyncio.run(settle(url, settings))
    asyncio.run(build(url, settings))
    yield url
    asyncio.run(run_sql(postgres, f"DROP DATABASE {TEMPLATE} WITH (FORCE)"))


@pytest.fixture
async def database_url(postgres: str, template: str) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    await run_sql(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield on_database(postgres, name)
    await run_sql(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str, settings: Settings) -> AsyncIterator[Database]:
    async with Database(database_url, settings) as opened:
        yield opened


@pytest.fixture
async def world(database: Database) -> World:
    return await find_world(database)


@pytest.fixture
async def client(world: World, database_url: str, settings: Settings) -> AsyncIterator[Client]:
    """Yield an HTTP client of the whole application on the small world."""
    async with running(create_app(database_url, settings)) as http:
        yield Client(http, world, Tokens(settings))
