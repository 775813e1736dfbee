"""An owner of the database who is no superuser is bound by row-level security, and tidies all the same."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from cabinet.communities import add_community, add_organization
from cabinet.db import Database
from cabinet.errors import StartupError
from cabinet.intake.rows import Kind
from cabinet.migrate import migrate, settle
from cabinet.tidy import tidy
from cabinet.viewer import Viewer
from tests.conftest import on_database
from tests.tidy.settled import old
from tests.world import World

OPERATOR = Viewer("test-operator")


async def owned_by(postgres: str, name: str, *statements: str) -> None:
    owner = await asyncpg.connect(postgres)
    for statement in statements:
        await owner.execute(statement.format(name=name))
    await owner.close()


@pytest.fixture
async def plain_owner(postgres: str) -> AsyncIterator[str]:
    """Yield the URL of an empty database whose owner is no superuser."""
    name = f"plain_{uuid4().hex}"
    await owned_by(postgres, name, "CREATE ROLE {name} LOGIN CREATEROLE", "CREATE DATABASE {name} OWNER {name}")
    url = on_database(postgres, name)
    yield url.replace("//postgres", f"//{name}")
    await owned_by(postgres, name, "DROP DATABASE {name} WITH (FORCE)", "DROP ROLE {name}")


async def test_an_owner_who_is_no_superuser_tidies_as_well_or_is_told_why_not(
    postgres: str, plain_owner: str, world: World
) -> None:
    await asyncio.to_thread(migrate, plain_owner)
    await settle(plain_owner, world.database.settings)
    name = plain_owner.partition("//")[2].partition(":")[0].partition("@")[0]
    async with Database(plain_owner, world.database.settings) as database:
        harbor = await add_community(database, "harbor", "Harbor", "MA")
        await add_organization(database, harbor, "club", "OUT_OF_SCHOOL_TIME")
        own = World(database, harbor, harbor)
        row = {"code": "after", "name": "After", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
        await own.post("club", Kind.PROGRAM, row, idempotency_key="k")
        above = await asyncpg.connect(plain_owner.replace(f"//{name}", "//postgres"))
        await old(above, "idempotency_key")
        with pytest.raises(StartupError) as caught:
            await tidy(database, OPERATOR)
        assert "GRANT cabinet_writer, cabinet_operator" in caught.value.hint
        await above.execute(f"GRANT cabinet_writer, cabinet_operator TO {name} WITH ADMIN OPTION")
        await above.execute(f"REVOKE INHERIT OPTION FOR cabinet_writer, cabinet_operator FROM {name}")
        assert (await tidy(database, OPERATOR))["receipts"] == 1
        assert await above.fetchval("SELECT count(*) FROM idempotency_key") == 0
        await above.close()
