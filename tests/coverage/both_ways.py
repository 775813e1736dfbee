"""One question asked both ways: of an index, and of the database by the statement that it has to agree with."""

from collections.abc import Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from cabinet.coverage.counting import count_rows
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.question import Question
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login

ROOM = 64 * 1024**2


@asynccontextmanager
async def indexes_of(database: Database, *questions: Question, room: int = ROOM):
    """Yield indexes of which those that the questions need are loaded."""
    async with Indexes(database, room) as indexes:
        for question in questions:
            await indexes.count(question)
            await indexes.settled()
        yield indexes


async def ask(
    database: Database, question: Question, indexes: Indexes | None = None
) -> Sequence[Mapping[str, Any]]:
    scope = Scope(Login.READER_AGGREGATE, (question.community_id,))
    async with database.transaction(scope) as connection:
        return [dict(row) for row in await count_rows(connection, question, indexes)]


async def ask_index(indexes: Indexes, question: Question) -> Sequence[Mapping[str, Any]]:
    """Ask an index that must be ready."""
    counted = await indexes.count(question)
    assert counted is not None
    return sorted(counted.rows(), key=_place)


async def ask_sql(database: Database, question: Question) -> Sequence[Mapping[str, Any]]:
    return sorted(await ask(database, question), key=_place)


def _place(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row["service_type"], row.get("d0") or "", row.get("d1") or ""
