"""One question asked both ways: of an index, and of the database by the statement that it has to agree with."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from cabinet.coverage.counting import count_all
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.population import Population
from cabinet.coverage.question import Question
from cabinet.coverage.tabulation import fold
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login
from tests.coverage.random_worlds import ASKED_DAYS
from tests.world import DAY, World

ROOM = 64 * 1024**2

Rows = Sequence[Mapping[str, Any]]


def everybody(world: World, day=DAY) -> Question:
    return Question(world.harbor.community_id, Population(), ("AFTER_SCHOOL", "TUTORING"), day)


@asynccontextmanager
async def ready(world: World, *days, room: int = ROOM) -> AsyncIterator[Indexes]:
    """Yield indexes of the world's community, loaded for the school years of the days."""
    async with Indexes(world.database, room) as indexes:
        for day in days or (DAY,):
            await indexes.count(everybody(world, day))
            await indexes.settled()
        yield indexes


ALL_YEARS = tuple(day for day in ASKED_DAYS if day.year > 1990)
"""Of the days that are asked about by chance, those a record of a child can be about."""


async def by_index(indexes: Indexes, question: Question) -> Rows:
    """Ask an index, which must be ready."""
    counted = await indexes.count(question)
    assert counted is not None
    rows = counted.rows()
    assert len(rows) == len(counted)
    return sorted(fold(rows, question.breakdown_by, question.tabulation), key=_place)


async def by_sql(database: Database, question: Question) -> Rows:
    scope = Scope(Login.READER_AGGREGATE, (question.community_id,))
    async with database.transaction(scope) as connection:
        (rows,) = await count_all(connection, [question], None)
    return sorted((dict(row) for row in rows), key=_place)


async def check_same(indexes: Indexes, database: Database, question: Question) -> None:
    assert await by_index(indexes, question) == await by_sql(database, question), question


def _place(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row["service_type"], *(row.get(name) or "" for name in ("d0", "d1", "d2"))
