"""One database and one application for all the tests of the web that change nothing but who has a role."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from cabinet.app import create_app
from cabinet.db import Database
from cabinet.settings import Settings
from cabinet.viewer import Tokens
from tests.client import Client, running
from tests.conftest import TEMPLATE, on_database, run_sql
from tests.world import World, find_world


@pytest.fixture(scope="session")
async def shared_url(postgres: str, template: str) -> AsyncIterator[str]:
    name = f"test_{uuid4().hex}"
    await run_sql(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    yield on_database(postgres, name)
    await run_sql(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
async def shared_world(shared_url: str, settings: Settings) -> AsyncIterator[World]:
    async with Database(shared_url, settings) as database:
        yield await find_world(database)


@pytest.fixture(scope="session")
async def shared(shared_world: World, shared_url: str, settings: Settings) -> AsyncIterator[Client]:
    async with running(create_app(shared_url, settings)) as http:
        yield Client(http, shared_world, Tokens(settings))
