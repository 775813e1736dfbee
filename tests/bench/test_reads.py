"""What the reading bench rests on: a community that hangs together, a floor that answers as the server does."""

from collections.abc import AsyncIterator
from itertools import islice

import asyncpg
import orjson
import pytest

from bench.children import CODE, COMMUNITY, SECTOR, Bench, fill, prepare
from bench.peers.floor.app import key
from bench.peers.floor.statements import statements
from bench.peers.ours.peer import Ours
from bench.peers.serving import SESSION
from bench.questions import ROWS, Question, askings, seeded
from bench.reports import read_stages
from cabinet.app import create_app
from cabinet.settings import Settings
from cabinet.tables.security import Login
from tests.client import running

SCALE, PAGE = 0.005, 100
ORPHANS = """
SELECT count(*) FILTER (WHERE c.child_id IS NULL OR p.program_id IS NULL OR NOT e.sector = ANY (c.sectors)
  OR NOT e.organization_id = ANY (c.organization_ids) OR p.organization_id <> e.organization_id) AS orphans,
  count(*) AS enrollments, count(DISTINCT e.sector) AS sectors
FROM enrollment e
LEFT JOIN child c ON c.community_id = e.community_id AND c.child_id = e.child_id
LEFT JOIN program p ON p.community_id = e.community_id AND p.program_id = e.program_id
WHERE e.community_id = $1
"""


@pytest.fixture
async def bench(database_url: str, settings: Settings) -> Bench:
    await fill(database_url, SCALE)
    return Bench(database_url, settings, await prepare(database_url))


@pytest.fixture
async def reader(bench: Bench) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection that carries the steward's scope as the floor's do."""
    connection = await asyncpg.connect(bench.url, user=Login.READER_CHILD.value, server_settings=SESSION)
    yield connection
    await connection.close()


async def test_the_community_hangs_together_though_no_foreign_key_was_checked(bench: Bench) -> None:
    connection = await asyncpg.connect(bench.url)
    row = await connection.fetchrow(ORPHANS, COMMUNITY)
    await connection.close()
    assert dict(row) == {"orphans": 0, "enrollments": 5_000, "sectors": 3}


async def test_the_steward_of_the_bench_sees_one_sector(reader: asyncpg.Connection) -> None:
    assert [row[0] for row in await reader.fetch("SELECT DISTINCT sector FROM enrollment")] == [SECTOR]
    assert [row[0] for row in await reader.fetch("SELECT code FROM community WHERE code = $1", CODE)] == [CODE]


@pytest.mark.parametrize("question", [Question.OBJECT, Question.THOUSAND, Question.COUNT])
async def test_the_floor_answers_as_the_server_does(bench: Bench, reader: asyncpg.Connection, question) -> None:
    ours = Ours(bench, PAGE)
    by_hand = statements(ours.pages, PAGE)
    async with running(create_app(bench.url, bench.settings)) as http:
        for asking in islice(askings(question, bench.drawn, ours.pages, seeded(1)), 5):
            body = ours.body(asking)
            answered = (await http.post("/graphql", json=body, headers=dict(ours.headers))).json()
            keys = [key(text) for name, text in body["variables"].items() if name != "community"]
            floor = await reader.fetchval(by_hand[question], COMMUNITY, *keys)
            assert answered == orjson.loads(floor)


def test_what_is_drawn_is_the_same_in_every_run_and_varies(bench: Bench) -> None:
    first, again = (
        list(islice(askings(Question.THOUSAND, bench.drawn, ROWS // PAGE, seeded(1)), 3)) for _ in range(2)
    )
    assert first == again
    assert len(set(first)) == 3


def test_the_stages_of_a_server_timing_header_are_read_in_microseconds() -> None:
    header = 'viewer;dur=0.25, database;desc="one statement";dur=1.5, cached'
    assert read_stages(header) == {"viewer": 250, "database": 1500}
    assert read_stages("") == {}
