"""200 posts and 20 files of three agencies, while everything is killed again and again: each row counts once.

CABINET_TEST_CRASHES holds the seeds of the runs, `1` if it is not set; `CABINET_TEST_CRASHES="$(seq 20)"` is the
long matrix.
"""

import asyncio
import os
import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from cabinet.communities import find_community
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.migrate import migrate, settle
from cabinet.outbox.hooks import add_hook
from cabinet.settings import Mode, Settings
from cabinet.viewer import Viewer
from tests.faults.crashes.agency import Agency
from tests.faults.crashes.crossroad import PATIENCE, Crossroad, Place
from tests.faults.crashes.house import House, housed
from tests.faults.crashes.moments import CRASHES, crash
from tests.faults.crashes.reckoning import GIVEN_UP, UNFINISHED, UNTOLD, reckon
from tests.faults.crashes.workload import PROGRAMS, Workload, draw
from tests.imports.sender import token_of
from tests.imports.test_door import until, waiting
from tests.outbox.receiver import Behaviour, Exchange, Receiver, receiving, status
from tests.world import build_world, find_world

SEEDS = [int(seed) for seed in os.environ.get("CABINET_TEST_CRASHES", "1").split()]
POSTS, FILES = 200, 20


def answering(crossroad: Crossroad) -> Behaviour:
    async def answer(exchange: Exchange) -> None:
        await crossroad.come_by(Place.DELIVERY)
        await status(204)(exchange)

    return answer


async def build(url: str, settings: Settings, receiver: Receiver) -> dict[str, str]:
    """Make the small world with a webhook for each agency; return the agencies' tokens."""
    await settle(url, settings)
    async with Database(url, settings) as database:
        await build_world(database)
        world = await find_world(database)
        harbor = await find_community(database, "harbor")
        for organization in PROGRAMS:
            await add_hook(database, Viewer("operator"), harbor, organization, receiver.url, ["enrollment.posted"])
        return {organization: await token_of(world, settings, organization) for organization in PROGRAMS}


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[tuple[House, Crossroad, Receiver, dict[str, str]]]:
    """Run everything that can be killed on a PostgreSQL of its own."""
    crossroad = Crossroad()
    settings = Settings(mode=Mode.DEVELOPMENT, data=folder / "data", viewer_seconds=0, webhook_private=True)
    opened = embedded_postgres(folder)
    url = await asyncio.to_thread(opened.__enter__)
    try:
        await asyncio.to_thread(migrate, url)
        async with receiving(answering(crossroad)) as receiver:
            tokens = await build(url, settings, receiver)
            async with housed(url, settings, folder) as house:
                yield house, crossroad, receiver, tokens
    finally:
        await asyncio.to_thread(opened.__exit__, None, None, None)


def part(of: list[Any], number: int) -> list[Any]:
    """Return what is sent before the crash of this number, or after the last."""
    rounds = len(CRASHES) + 1
    return of[number * len(of) // rounds : (number + 1) * len(of) // rounds]


async def send_all(
    house: House, crossroad: Crossroad, workload: Workload, agencies: dict[str, Agency], chance: random.Random
) -> None:
    """Send everything, some of it before each crash, and go on until all of it is answered."""
    plan = [*chance.sample(CRASHES, len(CRASHES)), None]
    async with asyncio.TaskGroup() as sending:
        for number, each in enumerate(plan):
            for post in part(workload.posts, number):
                sending.create_task(agencies[post.organization].post(post))
            for file in part(workload.files, number):
                sending.create_task(agencies[file.organization].send(file, looks=chance.random() < 1 / 2))
            if each is not None:
                await crash(house, crossroad, *each, chance.random())


async def settled(house: House, workload: Workload, agencies: dict[str, Agency]) -> asyncpg.Connection:
    """Wait until every file is taken in and removed, and every event told; return a connection to look."""
    owner = await asyncpg.connect(house.url)
    await until_so(owner, UNFINISHED)
    # A job whose process died again and again is given up, and its sender is told: it sends the file again.
    given_up = {row["file"] for row in await owner.fetch(GIVEN_UP)}
    for file in workload.files:
        if file.name in given_up:
            file.jobs.clear()
            await agencies[file.organization].send(file, looks=False)
    for question in (UNFINISHED, UNTOLD):
        await until_so(owner, question)
    for path in (house.settings.data / "imports").rglob("*"):
        # What a killed server leaves of a file that was arriving goes when nobody can be sending it any more.
        os.utime(path, (0, 0))
    await until(lambda: waiting(house.settings) == [])
    return owner


async def until_so(owner: asyncpg.Connection, question: str) -> None:
    async with asyncio.timeout(3 * PATIENCE):
        while not await owner.fetchval(question):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_killed_each_acknowledged_row_counts_exactly_once(seed: int) -> None:
    chance, workload = random.Random(seed), draw(seed, POSTS, FILES)  # noqa: S311 - to be repeated.
    told = list[str]()
    with tempfile.TemporaryDirectory(prefix="cabinet-", ignore_cleanup_errors=True) as folder:
        async with (
            at_work(Path(folder)) as (house, crossroad, receiver, tokens),
            httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=None)) as http,
        ):
            agencies = {name: Agency(http, house, crossroad, token, told) for name, token in tokens.items()}
            for agency in agencies.values():
                # The first question of all makes a community's secret; no crash is to wait for that.
                assert await agency.jobs() == []
            await send_all(house, crossroad, workload, agencies, chance)
            # Who has a receipt and asks again gets the same bytes: `post` compares them.
            for post in workload.posts:
                await agencies[post.organization].post(post)
            owner = await settled(house, workload, agencies)
            await reckon(owner, workload, receiver)
            await owner.close()
            assert [text for text in map(Path.read_text, house.logs) if "Traceback" in text] == []
    # Clients were cut off, and were told that PostgreSQL is away, or this was no crash.
    assert {"ReadError", "RemoteProtocolError"} & set(told)
    assert "DATABASE_UNAVAILABLE" in told
