"""A job outlives its process, stops when it is told to, and counts each row once whatever happens in between."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from cabinet.communities import end_membership
from cabinet.settings import Settings
from tests.imports.sender import HEADER, PATIENCE, Sender, counts, row, sending, token_of
from tests.imports.test_door import until, waiting
from tests.server import Process, serving
from tests.world import World

CANCEL = "mutation($id: ID!) { cancelImport(id: $id) { state created } }"
GOOD, BAD = 4_000, 40
FILE = HEADER + "".join(
    row(n) + (row(f"bad{n}", begins="soon") if n % (GOOD // BAD) == 0 else "") for n in range(GOOD)
)
TORN = HEADER + "".join(row(n) + ("three,cells,only\n" if n % (GOOD // BAD) == 0 else "") for n in range(GOOD))
QUICK = {"CABINET_IMPORT_LEASE_SECONDS": "1", "CABINET_IMPORT_POLL_SECONDS": "0.1", "CABINET_VIEWER_SECONDS": "0"}
WRITTEN = "SELECT count(*) FROM enrollment"


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


@pytest.fixture
async def token(world: World, own: Settings) -> str:
    return await token_of(world, own)


@asynccontextmanager
async def running(
    url: str, own: Settings, token: str, log: Path | None = None, **environment: str
) -> AsyncIterator[tuple[Process, Sender]]:
    async with serving(url, own, log, **{**QUICK, **environment}) as server, sending(server.url, token) as sender:
        yield server, sender


@asynccontextmanager
async def held(owner: asyncpg.Connection, table: str) -> AsyncIterator[None]:
    """Lock a table, so that whoever writes to it next is certainly in the middle of it."""
    async with owner.transaction():
        await owner.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield


async def somebody_waits(url: str) -> None:
    watcher = await asyncpg.connect(url)
    async with asyncio.timeout(PATIENCE):
        while not await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0)
    await watcher.close()


async def check_whole(club: Sender, job: dict[str, Any], owner: asyncpg.Connection) -> None:
    """Compare with what a job that was never interrupted says and leaves."""
    assert (job["state"], *counts(job)) == ("DONE", GOOD + BAD, GOOD, 0, BAD)
    _, *rejected = await club.csv(job["rejectedCsv"])
    assert len({line[1] for line in rejected}) == len(rejected) == BAD
    assert await owner.fetchval(WRITTEN) == GOOD


@pytest.mark.parametrize("blocked", ["child", "enrollment", "audit_event", "import_job", "import_remark"])
async def test_kill_9_in_the_middle_loses_and_repeats_nothing(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection, blocked: str
) -> None:
    async with running(database_url, own, token) as (server, club):
        job = await club.send(FILE)
        await club.until(job, lambda found: found["created"] >= 1_000)
        async with held(owner, blocked):
            await somebody_waits(database_url)
            await server.kill()
    before = await owner.fetchrow("SELECT state, created FROM import_job")
    assert before["state"] == "RUNNING"
    assert 1_000 <= before["created"] < GOOD
    async with running(database_url, own, token) as (_, club):
        await check_whole(club, await club.ended(job), owner)
    await until(lambda: waiting(own) == [])


@pytest.mark.parametrize("blocked", ["enrollment", "import_job"])
@pytest.mark.parametrize("file", [FILE, TORN], ids=["bad rows", "torn lines"])
async def test_a_worker_that_dies_is_replaced_and_loses_and_repeats_nothing(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection, blocked: str, file: str
) -> None:
    async with running(database_url, own, token) as (server, club):
        job = await club.send(file)
        await club.until(job, lambda found: found["created"] >= 1_000)
        async with held(owner, blocked):
            await somebody_waits(database_url)
            (killed,) = server.workers()
            os.kill(killed, signal.SIGKILL)
        await check_whole(club, await club.ended(job), owner)
        assert killed not in server.workers()
        assert len(server.workers()) == 1


async def test_kill_9_at_any_moment_and_again_and_again(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    job, created = "", -1
    for _ in range(4):
        async with running(database_url, own, token) as (server, club):
            job = job or await club.send(FILE)
            found = await club.until(job, lambda now, last=created: now["created"] > last)
            created = found["created"]
            await server.kill()
    async with running(database_url, own, token) as (_, club):
        await check_whole(club, await club.ended(job), owner)


async def test_a_server_that_is_stopped_gives_its_job_back_at_once(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    patient = {"CABINET_IMPORT_LEASE_SECONDS": "3600"}
    async with running(database_url, own, token, **patient) as (_, club):
        job = await club.send(FILE)
        await club.until(job, lambda found: found["created"] >= 1_000)
    assert await owner.fetchval("SELECT state FROM import_job") == "RECEIVED"
    async with running(database_url, own, token, **patient) as (_, club):
        await check_whole(club, await club.ended(job), owner)


async def test_a_process_that_was_taken_for_dead_writes_nothing_when_it_wakes(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    log = own.data.parent / "log"
    async with running(database_url, own, token, log=log) as (_, club):
        job = await club.send(FILE)
        await club.until(job, lambda found: found["created"] >= 1_000)
        async with held(owner, "enrollment"):
            await somebody_waits(database_url)
            await owner.execute("UPDATE import_job SET runner = gen_random_uuid(), alive_at = now()")
            stood = await owner.fetchval("SELECT created FROM import_job")
        await check_whole(club, await club.ended(job), owner)
        assert stood < GOOD
    assert read(log) == ""


async def test_two_processes_take_each_file_once_and_an_organizations_in_their_order(
    world: World, database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    arts = await token_of(world, own, "arts")
    async with (
        running(database_url, own, token) as (first, club),
        running(database_url, own, token) as (second, _),
        sending(second.url, arts) as painters,
    ):
        sent = [
            (sender, await sender.send(HEADER + "".join(row(n, program=program) for n in range(600 * turn))))
            for turn in (1, 2, 3)
            for sender, program in ((club, "after"), (painters, "paint"))
        ]
        found = [await sender.ended(job) for sender, job in sent]
    assert first.url != second.url
    assert [counts(job)[1:3] for job in found[::2]] == [(600, 0), (600, 600), (600, 1_200)]
    assert [counts(job)[1:3] for job in found[1::2]] == [(600, 0), (600, 600), (600, 1_200)]
    assert await owner.fetchval(WRITTEN) == 3_600
    assert all(early["finishedAt"] <= late["startedAt"] for early, late in zip(found, found[2:], strict=False))


async def test_a_canceled_job_stops_where_it_is_and_says_what_was_taken_in(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    log = own.data.parent / "log"
    async with running(database_url, own, token, log=log) as (_, club):
        job = await club.send(FILE)
        behind = await club.send(HEADER + row("behind"))
        await club.until(job, lambda found: found["created"] >= 1_000)
        async with held(owner, "enrollment"):
            await somebody_waits(database_url)
            canceled = (await club.ask(CANCEL, id=job))["data"]["cancelImport"]
        assert canceled["state"] == "CANCELED"
        assert counts(await club.ended(behind)) == (1, 1, 0, 0)
        found = await club.job(job)
        assert (found["state"], found["created"]) == ("CANCELED", canceled["created"])
        assert found["finishedAt"]
        assert await owner.fetchval(WRITTEN) == canceled["created"] + 1 < GOOD
        assert (await club.ask(CANCEL, id=job))["data"]["cancelImport"]["state"] == "CANCELED"
        assert await club.code(CANCEL, id=behind) == "IMPORT_ENDED"
        await until(lambda: waiting(own) == [])
    assert read(log) == ""


async def test_a_job_that_was_canceled_while_it_waited_is_never_begun(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    async with running(database_url, own, token) as (_, club), held(owner, "enrollment"):
        first = await club.send(HEADER + row(1))
        second = await club.send(HEADER + row(2))
        await somebody_waits(database_url)
        for job in (second, first):
            assert (await club.ask(CANCEL, id=job))["data"]["cancelImport"]["state"] == "CANCELED"
        await owner.execute("SELECT 1")
    assert (await owner.fetchval(WRITTEN), await owner.fetchval("SELECT count(*) FROM import_job")) == (0, 2)
    assert await owner.fetchval("SELECT count(started_at) FROM import_job") == 1


async def test_who_lost_the_right_meanwhile_has_nothing_taken_in(
    world: World, database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    async with running(database_url, own, token) as (_, club):
        async with held(owner, "enrollment"):
            await club.send(HEADER + row(1))
            await club.send(HEADER + row(2))
            await somebody_waits(database_url)
            await end_membership(world.database, world.harbor, "club-program-of-harbor")
        async with asyncio.timeout(PATIENCE):
            while await owner.fetchval("SELECT count(*) FROM import_job WHERE finished_at IS NULL"):
                await asyncio.sleep(0.02)
    rows = await owner.fetch("SELECT state, error_code, created FROM import_job ORDER BY recorded_at")
    assert [tuple(each) for each in rows] == [("DONE", None, 1), ("FAILED", "FORBIDDEN", 0)]


async def test_a_file_that_kills_every_process_is_given_up(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    async with running(database_url, own, token) as (_, club):
        async with held(owner, "enrollment"):
            job = await club.send(HEADER + row(1))
            await somebody_waits(database_url)
            # As if this process were the fifth to die of it.
            await owner.execute(
                "UPDATE import_job SET runner = gen_random_uuid(), tries = 5, alive_at = now() - interval '1 hour'"
            )
        found = await club.ended(job)
        assert (found["state"], found["error"]["code"], found["created"]) == ("FAILED", "IMPORT_GIVEN_UP", 0)
        assert await owner.fetchval(WRITTEN) == 0


async def test_a_file_that_is_gone_is_said_to_be(
    database_url: str, own: Settings, token: str, owner: asyncpg.Connection
) -> None:
    async with running(database_url, own, token) as (_, club):
        async with held(owner, "enrollment"):
            await club.send(HEADER + row(1))
            job = await club.send(HEADER + row(2))
            await somebody_waits(database_url)
            for path in (own.data / "imports").rglob("*.csv"):
                path.unlink()
        found = await club.ended(job)
        assert (found["state"], found["error"]["code"]) == ("FAILED", "FILE_UNREADABLE")


async def test_what_a_server_was_killed_over_is_removed_when_nobody_can_be_sending_it_any_more(
    database_url: str, own: Settings, token: str
) -> None:
    leave = asyncio.Event()

    async def held_back() -> AsyncIterator[bytes]:
        yield FILE.encode() * 20
        await leave.wait()

    async with running(database_url, own, token) as (server, club):
        sent = asyncio.create_task(club.post(held_back()))
        await until(lambda: waiting(own))
        server.process.kill()
        leave.set()
        await asyncio.gather(sent, return_exceptions=True)
    (left,) = waiting(own)
    (own.data / "imports" / str(uuid4())).mkdir()
    for path in (own.data / "imports" / left, *(own.data / "imports" / left).iterdir()):
        os.utime(path, (0, 0))
    async with running(database_url, own, token) as (_, club):
        await until(lambda: left not in waiting(own))
        assert len(waiting(own)) == 1


def read(log: Path) -> str:
    return log.read_text()


def resident(process: Process, field: str) -> int:
    """Return the memory of a server and its worker in kilobytes: VmRSS now, VmHWM at most."""
    return sum(_resident(pid, field) for pid in (process.process.pid, *process.workers()))


def _resident(pid: int, field: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith(field)))


async def test_no_process_needs_memory_for_the_size_of_a_file_or_of_its_report(
    database_url: str, own: Settings, token: str
) -> None:
    async def large() -> AsyncIterator[bytes]:
        yield HEADER.encode()
        for n in range(200):
            yield (
                b"".join(row(f"{n}-{m}", begins="soon").encode() for m in range(100))
                + (b" " * 1_023 + b"\n") * 1_024
            )

    async with running(database_url, own, token) as (server, club):
        await club.ended(await club.send(HEADER + "".join(row(n, begins="soon") for n in range(2_000))))
        before = resident(server, "VmRSS")
        job = await club.ended(await club.send(large()))
        assert (job["state"], job["rejected"]) == ("DONE", 20_000)
        assert resident(server, "VmHWM") - before < 40 * 1024
