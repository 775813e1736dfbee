"""The application with its subscriptions made quick, so that no test has to wait for them."""

from collections.abc import AsyncIterator

import pytest

from cabinet.app import Asgi, create_app
from cabinet.settings import Settings
from cabinet.viewer import Tokens
from tests.client import Client, running
from tests.world import World

QUICK = {"live_poll_seconds": 0.02, "live_beat_seconds": 0.1, "live_window_seconds": 0.5}
"""Shorter than the settings themselves would allow."""


@pytest.fixture
def live_settings(settings: Settings) -> Settings:
    return settings.model_copy(update=QUICK)


@pytest.fixture
def app(database_url: str, live_settings: Settings) -> Asgi:
    return create_app(database_url, live_settings)


@pytest.fixture
async def client(world: World, app: Asgi, live_settings: Settings) -> AsyncIterator[Client]:
    async with running(app) as http:
        yield Client(http, world, Tokens(live_settings))
