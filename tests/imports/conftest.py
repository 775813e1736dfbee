from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cabinet.settings import Settings
from tests.imports.sender import Sender, sending, token_of
from tests.server import Process, serving
from tests.world import World


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Return the settings with a data folder of the test's own."""
    return settings.model_copy(update={"data": tmp_path / "data"})


@pytest.fixture
async def server(world: World, database_url: str, own: Settings) -> AsyncIterator[Process]:
    async with serving(database_url, own, CABINET_VIEWER_SECONDS="0") as process:
        yield process


@pytest.fixture
async def club(world: World, server: Process, own: Settings) -> AsyncIterator[Sender]:
    async with sending(server.url, await token_of(world, own)) as sender:
        yield sender
