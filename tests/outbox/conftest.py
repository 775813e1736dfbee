"""An outbox whose receivers may be on this machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from cabinet.communities import Community
from cabinet.db import Database
from cabinet.outbox.dead import Dead, list_dead
from cabinet.outbox.deliver import Deliverer, Tally
from cabinet.outbox.hooks import add_hook
from cabinet.settings import Settings
from cabinet.viewer import Viewer
from tests.world import World, child, enrollment

OPERATOR = Viewer("test-operator")


@pytest.fixture
async def database(database_url: str, settings: Settings) -> AsyncIterator[Database]:
    inside = settings.model_copy(update={"webhook_private": True})
    async with Database(database_url, inside) as opened:
        yield opened


@dataclass(frozen=True)
class Post:
    """The outbox of the small world, as an operator and as a partner who posts."""

    world: World

    async def hook(
        self, url: str, organization: str = "club", *topics: str, community: Community | None = None
    ) -> tuple[UUID, str]:
        where = community or self.world.harbor
        return await add_hook(self.world.database, OPERATOR, where, organization, url, topics)

    async def enroll(self, *names: str) -> None:
        """Post an enrollment of the club for each name, one post each."""
        for name in names:
            await self.world.enroll("club", enrollment(f"e-{name}", child("", name), "after"))

    async def once(self, **changes: Any) -> Tally:
        """Deliver what is due, with some settings changed."""
        async with self.deliverer(asyncio.Event(), **changes) as deliverer:
            return await deliverer.once()

    @asynccontextmanager
    async def deliverer(self, ending: asyncio.Event, **changes: Any) -> AsyncIterator[Deliverer]:
        settings = self.world.database.settings.model_copy(update=changes)
        async with Database(self.world.database.url, settings) as database:
            yield Deliverer(database, ending)

    async def dead(self) -> list[Dead]:
        return await list_dead(self.world.database, self.world.harbor)

    async def errors(self) -> list[str]:
        """Give up what waits at its next failure, and return the codes of why."""
        await self.once(webhook_give_up_seconds=0)
        return [each.last_error.partition(":")[0] for each in await self.dead()]


@pytest.fixture
def post(world: World) -> Post:
    return Post(world)


@pytest.fixture
async def sql(database_url: str) -> Any:
    """Yield a way to ask the database as its owner."""
    owner = await asyncpg.connect(database_url)
    yield owner.fetch
    await owner.close()


Sql = Callable[..., Awaitable[list[Any]]]
