"""A large file of children that are known is taken in ten thousand rows at a time, and each row counts once."""

import asyncpg

from cabinet.settings import Settings
from tests.imports.test_jobs import held, owner, running, somebody_waits, token
from tests.world import World, child

__all__ = ["owner", "token"]
ROWS, CHILDREN, EVERY = 12_000, 40, 1_000
HEADER = "record_id,program,status,begins,ends,child_id,grade\n"


def lines() -> str:
    """Write enrollments that are over; one in a thousand is of a child that nobody has told of."""
    known = (
        f"r{n},after,COMPLETED,2026-09-01,2026-09-30,{'nobody' if n % EVERY == 0 else f'c{n % CHILDREN}'},3\n"
        for n in range(ROWS)
    )
    return HEADER + "".join(known)


async def test_kill_9_in_the_middle_of_ten_thousand_rows_loses_and_repeats_nothing(
    world: World, database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    await world.roster(
        "club", *(child(f"c{n}", f"Kid{chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(CHILDREN))
    )
    lost = ROWS // EVERY
    async with running(database_url, own, token) as (server, club), held(owner, "enrollment"):
        job = await club.send(lines())
        await somebody_waits(database_url)
        await server.kill()
    before = await owner.fetchrow("SELECT state, created, rejected, posted FROM import_job")
    assert tuple(before) == ("RUNNING", 0, 0, 0)
    async with running(database_url, own, token) as (_, club):
        found = await club.ended(job)
        _, *rejected = await club.csv(found["rejectedCsv"])
    assert (found["state"], found["created"], found["rejected"]) == ("DONE", ROWS - lost, lost)
    assert await owner.fetchval("SELECT count(*) FROM enrollment") == ROWS - lost
    assert await owner.fetchval("SELECT count(*) FROM change WHERE entity = 'enrollment'") == ROWS - lost
    assert [int(line[1]) for line in rejected] == [n + 2 for n in range(0, ROWS, EVERY)]
    assert {line[3] for line in rejected} == {"CHILD_UNKNOWN"}
