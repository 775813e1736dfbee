"""A post of a few rows keeps its plans: what it looks up it finds by an index, however the tables have grown."""

from collections.abc import Mapping

import asyncpg

from cabinet.db import Database
from cabinet.intake.rows import Kind
from cabinet.settings import Settings
from cabinet.tables import metadata
from cabinet.tables.catalog import is_about_children
from tests.conftest import run_sql
from tests.world import World, attendance, child, enrollment, find_world

OF_CHILDREN = [table.name for table in metadata.sorted_tables if is_about_children(table)]
TIMES = 8
"""PostgreSQL may think of another plan from the sixth time on."""


async def whole_readings(url: str) -> Mapping[str, int]:
    """Return how often each table about children was read whole, in sessions that have ended."""
    owner = await asyncpg.connect(url)
    asked = "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY ($1)"
    rows = await owner.fetch(asked, OF_CHILDREN)
    await owner.close()
    return {row["relname"]: row["seq_scan"] for row in rows}


async def post_one_by_one(world: World, number: int) -> None:
    """Post one row of each kind: of a child nobody knew, of one whom others know, and of one known by its id."""
    by_name = child(f"c{number}", f"Kid{'x' * number}")
    known = {"source_id": f"c{number}"}
    for code in ("club", "district"):
        await world.fill(code, Kind.CHILD, [by_name])
    await world.enroll("club", enrollment(f"r{number}", f"c{number}", "after"))
    await world.enroll("club", enrollment(f"r{number}", f"c{number}", "after", begins="2026-09-02"))
    await world.fill("club", Kind.ATTENDANCE, [attendance(f"d{number}", f"c{number}", "2026-10-01")])
    visit = {"record_id": f"v{number}", "child": known, "service_type": "DENTAL", "kind": "VISIT"}
    await world.fill("club", Kind.ENCOUNTER, [{**visit, "occurred_on": "2026-10-02"}])


async def test_one_row_reads_no_table_whole_by_plans_of_when_there_was_next_to_nothing(
    database_url: str, settings: Settings
) -> None:
    async with Database(database_url, settings) as database:
        await post_one_by_one(await find_world(database), 0)
    # Now the planner knows how little there is, and would rather read it all.
    await run_sql(database_url, "ANALYZE")
    before = await whole_readings(database_url)
    async with Database(database_url, settings) as database:
        world = await find_world(database)
        for number in range(1, TIMES):
            await post_one_by_one(world, number)
    assert await whole_readings(database_url) == before
