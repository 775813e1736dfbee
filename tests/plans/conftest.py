"""A rich world for a whole file of tests, and the server that answers about it in both ways."""

import asyncio
from collections.abc import Iterator
from random import Random

import asyncpg
import pytest
from sqlalchemy import Table

from cabinet import tables
from cabinet.communities import Community, add_member
from cabinet.db import Database
from cabinet.read.rows import encode_id, opaque
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from tests.conftest import on_database, run_sql
from tests.plans.both_ways import BothWays
from tests.plans.random_documents import Facts
from tests.plans.rich_world import SECTORS, build_rich_world
from tests.world import World

NAME = "cabinet_plans"
FOUND = (tables.community, tables.organization, tables.program, tables.neighborhood, tables.school)
LISTED = (tables.child, tables.enrollment, tables.attendance_event, tables.referral, tables.withdrawn_record)


class Rich:
    """The rich world, open on an event loop of its own: Hypothesis draws and asks in turns."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self.runner = runner

    async def open(self, url: str, settings: Settings) -> None:
        self.database = await Database(url, settings).__aenter__()
        owner = await asyncpg.connect(url)
        chance = Random(7)  # noqa: S311 - the world is the same in every run; nothing here is a secret.
        self.world = await build_rich_world(self.database, owner, chance)
        self.subjects = await add_viewers(self.world)
        self.both = BothWays(self.database, settings)
        self.facts = await find_facts(owner)
        await owner.close()

    async def close(self) -> None:
        await self.database.__aexit__()


@pytest.fixture(scope="module")
def rich(postgres: str, template: str, settings: Settings) -> Iterator[Rich]:
    asyncio.run(
        run_sql(postgres, f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME} TEMPLATE cabinet_template")
    )
    with asyncio.Runner() as runner:
        found = Rich(runner)
        runner.run(found.open(on_database(postgres, NAME), settings))
        yield found
        runner.run(found.close())
    asyncio.run(run_sql(postgres, f"DROP DATABASE {NAME} WITH (FORCE)"))


async def add_viewers(world: World) -> list[str | None]:
    """Give every role to somebody, some to people who have two; return the subjects."""
    harbor, river = world.harbor, world.river
    people: dict[str, list[tuple[Community, Role, dict[str, str]]]] = {
        f"{role}": [(harbor, role, {})] for role in Role if role not in (Role.PARTNER_AGENCY, Role.SECTOR_STEWARD)
    }
    for code in SECTORS:
        people[f"agency:{code}"] = [(harbor, Role.PARTNER_AGENCY, {"organization": code})]
    for sector in sorted(set(SECTORS.values())):
        people[f"steward:{sector}"] = [(harbor, Role.SECTOR_STEWARD, {"sector": sector})]
    club, arts = people["agency:club"][0], people["agency:arts"][0]
    health, education = people["steward:HEALTH"][0], people["steward:EDUCATION"][0]
    people["two agencies"] = [club, arts]
    people["two sectors"] = [health, education]
    people["steward and agency"] = [health, club]
    people["staff and steward"] = [(harbor, Role.CABINET_STAFF, {}), education]
    people["staff and agency"] = [(harbor, Role.CABINET_STAFF, {}), club]
    people["both communities"] = [education, (river, Role.PARTNER_AGENCY, {"organization": "club"})]
    people["steward here, staff there"] = [health, (river, Role.CABINET_STAFF, {})]
    people["river only"] = [(river, Role.PARTNER_AGENCY, {"organization": "club"})]
    for subject, memberships in people.items():
        for community, role, more in memberships:
            await add_member(world.database, community, subject, role, **more)
    rows = [name for name in people if "agency" in name or "steward" in name or "two" in name or "both" in name]
    # Who sees no child's row asks less often, and not at the ends of the list, of which Hypothesis is fond.
    return [*rows, *rows, *rows, None, *people, *rows]


async def find_facts(owner: asyncpg.Connection) -> Facts:
    """Read what documents can speak of; cursors are those that a list in each order has."""
    harbor = await owner.fetchval("SELECT community_id FROM community WHERE code = 'harbor'")
    ids = {table.name: await _ids(owner, table) for table in (*FOUND, *LISTED)}
    elsewhere = [encode_id(tables.child, harbor, harbor), encode_id(tables.location, harbor, harbor), "nonsense"]
    codes = [
        row["code"] for table in FOUND for row in await owner.fetch(f"SELECT code FROM {table.name} ORDER BY 1")
    ]
    days = [str(row["begins"]) for row in await owner.fetch("SELECT DISTINCT begins FROM enrollment ORDER BY 1")]
    return Facts(
        communities=("harbor", "harbor", ids["community"][0], "river", 'q"uo\\te', "nowhere", *("harbor",) * 6),
        ids={"program": ids["program"], "elsewhere": elsewhere, **ids},
        codes=[*codes, "none", "\0"],
        days=[*days, "0001-01-01", "9999-12-31"],
        cursors=await _cursors(owner),
    )


async def _ids(owner: asyncpg.Connection, table: Table) -> list[str]:
    key = table.info["key"]
    rows = await owner.fetch(f"SELECT community_id, {key} AS key FROM {table.name} ORDER BY 1, 2")
    return [encode_id(table, row["community_id"], row["key"]) for row in rows]


async def _cursors(owner: asyncpg.Connection) -> dict[str, list[str]]:
    cursors: dict[str, list[str]] = {}
    for table in (*FOUND, *LISTED):
        rows = await owner.fetch(f"SELECT * FROM {table.name} ORDER BY 1, 2")
        for column in ("", "begins", "attended_on", "code"):
            for order in (column, f"{column} desc") if column in table.c else ("",) if not column else ():
                cursors[f"{table.name} {order}".strip()] = [
                    opaque(
                        "\n".join(
                            [
                                f"{table.name} {order}".strip(),
                                str(row[table.info["key"]]),
                                *([str(row[column])] if column else []),
                            ]
                        ).encode()
                    )
                    for row in rows
                ]
    return cursors
