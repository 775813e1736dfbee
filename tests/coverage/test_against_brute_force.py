"""Coverage against itself: the one SQL statement and a count child by child agree on worlds drawn by chance."""

from random import Random

import pytest

from cabinet.coverage.question import Question, write_question
from cabinet.coverage.tabulation import fold
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login
from tests.coverage.brute_force import Answer, recount, take_snapshot
from tests.coverage.random_worlds import any_question, fill_world
from tests.world import World

QUESTIONS = 35
MEASURES = ("population", "eligible", "in_need", "served", "waitlisted")


async def ask(database: Database, question: Question) -> Answer:
    """Run the statement as the server does for a viewer who may count everyone, before anything is withheld."""
    statement, arguments = write_question(question)
    scope = Scope(Login.READER_AGGREGATE, (question.community_id,))
    async with database.transaction(scope) as connection:
        await connection.execute("SET LOCAL enable_nestloop = off")
        rows = await connection.fetch(statement, *arguments)
    names = [f"d{position}" for position in range(len(question.breakdown_by))]
    return {
        (row["service_type"], tuple(row[name] for name in names)): tuple(row[measure] for measure in MEASURES)
        for row in fold(rows, question.breakdown_by, question.tabulation)
        if row["population"]
    }


@pytest.mark.parametrize("seed", range(4))
async def test_every_count_is_what_counting_child_by_child_gives(world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a failure must come back with its seed; nothing here is a secret.
    await fill_world(world, chance)
    community_id = world.harbor.community_id
    snapshot = await take_snapshot(world.database, community_id)
    for _ in range(QUESTIONS):
        question = any_question(community_id, chance)
        assert await ask(world.database, question) == recount(snapshot, question), question
