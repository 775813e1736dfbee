"""Readings that share a round trip are answered as if each had gone alone: own rows, own error, own audit."""

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from cabinet.db import Database
from cabinet.errors import InputInvalid
from cabinet.round_trips import MOST
from cabinet.scope import Scope
from cabinet.tables.security import Login
from tests.world import World

DIVIDE = "SELECT 60 / $1::int AS share"
WHOSE = "SELECT array_agg(DISTINCT community_id) AS seen, $1::int AS number FROM organization"
AUDITED = """
WITH audit AS (INSERT INTO audit_event (community_id, subject, roles, action, detail)
  VALUES ($1, 'somebody', 'PUBLIC', $2, '{}'))
SELECT $2::text AS action
"""


async def at_once(database: Database, scope: Scope, sql: str, asked: list[list[Any]]) -> list[Any]:
    """Ask once alone, so that the statement is known to be short, and then all at the same time."""
    await database.row(scope, sql, asked[0])
    return await asyncio.gather(*(database.row(scope, sql, each) for each in asked), return_exceptions=True)


async def test_each_has_its_own_answer_and_its_own_error(world: World) -> None:
    scope, numbers = Scope(Login.READER_AGGREGATE), [1, 2, 0, 3, 4, 0, 5, 6]
    found = await at_once(world.database, scope, DIVIDE, [[number] for number in numbers])
    for number, each in zip(numbers, found, strict=True):
        if number:
            assert each["share"] == 60 // number
        else:
            assert isinstance(each, InputInvalid)


async def test_more_than_one_round_trip_holds_are_all_answered_in_their_places(world: World) -> None:
    scope, numbers = Scope(Login.READER_AGGREGATE), list(range(1, 5 * MOST))
    found = await at_once(world.database, scope, DIVIDE, [[number] for number in numbers])
    assert [each["share"] for each in found] == [60 // number for number in numbers]


async def test_readings_of_two_scopes_never_share_one(world: World) -> None:
    chance = random.Random(3)  # noqa: S311 - the order of a test, not a secret.
    where = [world.harbor.community_id, world.river.community_id]
    scopes = [Scope(Login.READER_AGGREGATE, (community,)) for community in where]
    await world.database.row(scopes[0], WHOSE, [0])

    async def ask(number: int) -> tuple[UUID, list[UUID]]:
        scope = chance.choice(scopes)
        row = await world.database.row(scope, WHOSE, [number])
        assert row["number"] == number
        return scope.communities[0], row["seen"]

    for asked, seen in await asyncio.gather(*(ask(number) for number in range(200))):
        assert seen == [asked]


async def test_who_gives_up_takes_nobody_along(world: World) -> None:
    scope = Scope(Login.READER_AGGREGATE)
    await world.database.row(scope, DIVIDE, [1])
    tasks = [asyncio.create_task(world.database.row(scope, DIVIDE, [number])) for number in range(1, 13)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    for number, each in enumerate(found, start=1):
        if (number - 1) % 3:
            assert each["share"] == 60 // number
        else:
            assert isinstance(each, asyncio.CancelledError)
    again = await world.database.row(scope, DIVIDE, [5])
    assert again["share"] == 12


async def test_each_writes_its_own_audit(world: World, database_url: str) -> None:
    community = world.harbor.community_id
    scope = Scope(Login.READER_CHILD, (community,), sectors=("HEALTH",))
    asked = [[community, f"reading {number}"] for number in range(40)]
    found = await at_once(world.database, scope, AUDITED, asked)
    assert [each["action"] for each in found] == [action for _, action in asked]
    owner = await asyncpg.connect(database_url)
    written = await owner.fetch(
        "SELECT action, count(*) FROM audit_event WHERE subject = 'somebody' GROUP BY action"
    )
    await owner.close()
    counts = {row["action"]: row["count"] for row in written}
    assert counts == {action: 2 if number == 0 else 1 for number, (_, action) in enumerate(asked)}


async def test_what_takes_long_goes_out_alone(world: World) -> None:
    scope, slow = Scope(Login.READER_AGGREGATE), "SELECT pg_backend_pid() AS backend, pg_sleep(0.01), $1::int"
    found = await at_once(world.database, scope, slow, [[number] for number in range(4)])
    assert len({each["backend"] for each in found}) > 1


async def test_what_is_short_is_sent_together(world: World) -> None:
    scope, which = Scope(Login.READER_AGGREGATE), "SELECT pg_current_xact_id()::text AS transaction, $1::int"
    for _ in range(20):
        found = await at_once(world.database, scope, which, [[number] for number in range(8)])
        # Those that went out together are one transaction.
        if len({each["transaction"] for each in found}) < len(found):
            return
    pytest.fail("no two of the readings shared a round trip")
