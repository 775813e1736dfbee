"""What was settled long ago goes, everything else stays, and no crash or company makes a difference to that."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import pytest

from cabinet import tidy as tidying
from cabinet.errors import NotFound, TimeoutExceeded
from cabinet.intake.ledger import claim
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.jobs.job import ImportJob, find_job
from cabinet.jobs.remarks import csv_lines
from cabinet.tidy import tidy
from cabinet.viewer import Viewer, find_viewer
from tests.imports.sender import token_of
from tests.server import CABINET
from tests.tidy.settled import NEW, OLD, SENDER, Sql, audited, events, job, keys, old, standing
from tests.world import World, child, enrollment

OPERATOR = Viewer("test-operator")


@pytest.fixture
async def sql(database_url: str) -> AsyncIterator[Sql]:
    owner = await asyncpg.connect(database_url)
    yield owner
    await owner.close()


async def test_what_was_settled_long_ago_goes_and_all_else_stays(world: World, sql: Sql) -> None:
    await sql.execute(f"UPDATE outbox SET addressed_at = {NEW}")
    before = await standing(sql)
    await keys(world, "Ana", "Bo")
    await sql.execute(f"UPDATE idempotency_key SET recorded_at = {OLD} WHERE key = 'key-Ana'")
    await sql.execute(f"UPDATE idempotency_key SET recorded_at = {NEW} WHERE key = 'key-Bo'")
    await events(world, sql, "waiting", "for nobody", "delivered", "on its way", "given up")
    for state in ("RECEIVED", "RUNNING"):
        await job(world, sql, state, "NULL", remarks=2)
    await job(world, sql, "DONE", NEW, remarks=2)
    for state in ("DONE", "FAILED", "CANCELED"):
        await job(world, sql, state, OLD, remarks=2)
    enrollments = await sql.fetch("SELECT * FROM enrollment ORDER BY record_id")
    audit = await sql.fetchval("SELECT count(*) FROM audit_event")
    deleted = await tidy(world.database, OPERATOR)
    assert deleted == {"receipts": 1, "deliveries": 1, "events": 2, "imports": 3}
    assert await audited(sql) == deleted
    after = {"idempotency_key": 1, "outbox": before["outbox"] + 2 + 3, "delivery": 2, "import_job": 3}
    assert await standing(sql) == {**after, "import_remark": 6}
    assert await sql.fetchval("SELECT count(*) FROM outbox WHERE addressed_at IS NULL") == 3
    kept = await sql.fetch("SELECT state FROM import_job ORDER BY state")
    assert [row["state"] for row in kept] == ["DONE", "RECEIVED", "RUNNING"]
    assert await sql.fetch("SELECT * FROM enrollment ORDER BY record_id") == enrollments
    assert await sql.fetchval("SELECT count(*) FROM audit_event") > audit
    assert not (await tidy(world.database, OPERATOR)).total()


async def test_a_key_that_is_gone_is_free_and_its_rows_still_count_once(world: World, sql: Sql) -> None:
    await keys(world, "Ana")
    await old(sql, "idempotency_key")
    await tidy(world.database, OPERATOR)
    row = enrollment("e-Ana", child("", "Ana"), "after")
    again = await world.post("club", Kind.ENROLLMENT, row, idempotency_key="key-Ana")
    assert again.count(Verdict.UNCHANGED) == 1
    assert await sql.fetchval("SELECT count(*) FROM enrollment") == 1


async def test_a_key_that_is_deleted_while_it_is_asked_for_is_taken(world: World, sql: Sql) -> None:
    """Between being told that a key is there and reading its receipt, it may go."""

    class Forgetful:
        """A connection under which the key is deleted once, at the worst moment."""

        def __init__(self, connection: asyncpg.Connection) -> None:
            self.connection, self.is_deleted = connection, False

        async def fetchval(self, *asked: Any) -> Any:
            return await self.connection.fetchval(*asked)

        async def fetchrow(self, *asked: Any) -> Any:
            if not self.is_deleted:
                self.is_deleted = True
                await sql.execute("DELETE FROM idempotency_key")
            return await self.connection.fetchrow(*asked)

    await keys(world, "Ana")
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        assert await claim(Forgetful(connection), source, "key-Ana", b"other") is None


async def test_what_is_under_way_is_passed_over_and_goes_the_next_time(world: World, sql: Sql) -> None:
    await keys(world, "Ana", "Bo")
    await old(sql, "idempotency_key")
    await job(world, sql, "DONE", OLD, remarks=2)
    async with sql.transaction():
        await sql.execute("SELECT FROM idempotency_key WHERE key = 'key-Ana' FOR UPDATE")
        await sql.execute("SELECT FROM import_job FOR SHARE")
        deleted = await tidy(world.database, OPERATOR)
        assert (deleted["receipts"], deleted["imports"]) == (1, 0)
    deleted = await tidy(world.database, OPERATOR)
    assert (deleted["receipts"], deleted["imports"]) == (1, 1)
    async with sql.transaction():
        await sql.execute("LOCK TABLE idempotency_key IN EXCLUSIVE MODE")
        with pytest.raises(TimeoutExceeded):
            await tidy(world.database, OPERATOR)


async def test_two_at_once_delete_everything_once(world: World, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidying, "BATCH", 3)
    await events(world, sql, *(["delivered", "for nobody"] * 15))
    for _ in range(6):
        await job(world, sql, "DONE", OLD, remarks=3)
    before = await standing(sql)
    runs = await asyncio.gather(*(tidy(world.database, OPERATOR) for _ in range(3)))
    rest = await tidy(world.database, OPERATOR)
    total = sum((*runs, rest), Counter())
    assert (total["deliveries"], total["imports"], total["events"]) == (15, 6, 30)
    assert await audited(sql) == +total
    after = await standing(sql)
    assert (after["delivery"], after["import_remark"]) == (0, 0)
    assert after["outbox"] == before["outbox"] - 30


async def start(url: str) -> asyncio.subprocess.Process:
    known = {**os.environ, "CABINET_DATABASE_URL": url}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(str(CABINET), "tidy", "--json", env=known, stdout=pipe)


async def lines_of(process: asyncio.subprocess.Process) -> dict[str, int]:
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    deleted: dict[str, int] = orjson.loads(said)
    return deleted


@asynccontextmanager
async def held(sql: Sql, table: str) -> AsyncIterator[None]:
    """Hold a table, until whoever wants to delete from it is certainly in the middle of it."""
    async with sql.transaction():
        await sql.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield


@pytest.mark.parametrize("blocked", ["delivery", "outbox", "import_remark", "import_job", "audit_event"])
async def test_killed_in_the_middle_it_has_deleted_what_its_audit_says_and_goes_on(
    world: World, sql: Sql, database_url: str, blocked: str
) -> None:
    await keys(world, "Ana", "Bo", "Cy")
    await old(sql, "idempotency_key")
    await events(world, sql, "delivered", "for nobody", "given up", "on its way", "waiting")
    for _ in range(2):
        await job(world, sql, "DONE", OLD, remarks=3)
    before, watcher = await standing(sql), await asyncpg.connect(database_url)
    async with held(sql, blocked):
        process = await start(database_url)
        while not await watcher.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0)
        process.kill()
        await process.communicate()
    while await watcher.fetchval(
        "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        " WHERE c.relname = 'import_job' AND l.pid <> pg_backend_pid()"
    ):
        await asyncio.sleep(0)
    await watcher.close()
    middle, said = await standing(sql), await audited(sql)
    assert before["idempotency_key"] - middle["idempotency_key"] == said["receipts"]
    assert before["import_remark"] - middle["import_remark"] == 3 * said["imports"]
    await lines_of(await start(database_url))
    assert await audited(sql) == {"receipts": 3, "deliveries": 1, "events": 2, "imports": 2}
    after = await standing(sql)
    assert (after["idempotency_key"], after["delivery"], after["import_job"], after["import_remark"]) == (
        0,
        2,
        0,
        0,
    )
    assert after["outbox"] == before["outbox"] - 2


async def test_a_list_of_remarks_whose_job_goes_never_looks_whole(world: World, sql: Sql) -> None:
    await token_of(world, world.database.settings)
    viewer = await find_viewer(world.database, SENDER)
    job_id = await job(world, sql, "DONE", OLD, remarks=1_500)
    found: ImportJob = await find_job(world.database, viewer, world.harbor.community_id, job_id)
    lines = csv_lines(world.database, viewer, found, rejected_only=True)
    assert [len((await anext(lines)).splitlines()) for _ in range(2)] == [1, 1_000]
    await tidy(world.database, OPERATOR)
    with pytest.raises(NotFound):
        await anext(lines)
