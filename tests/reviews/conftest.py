from collections.abc import AsyncIterator

import asyncpg
import pytest

from cabinet.tables.terms import Role
from tests.client import Client
from tests.reviews.deciding import Desk


@pytest.fixture
async def desk(client: Client, database_url: str) -> AsyncIterator[Desk]:
    """Seat a steward of education, with the owner's view of the database."""
    owner = await asyncpg.connect(database_url)
    yield Desk(client, owner, await client.token(Role.SECTOR_STEWARD, sector="EDUCATION"))
    await owner.close()
