"""The index against the statement: the same rows on worlds, days and populations drawn by chance."""

from random import Random

import pytest

from cabinet.coverage.population import Population
from cabinet.coverage.question import Question
from tests.coverage.both_ways import ask_index, ask_sql, indexes_of
from tests.coverage.random_worlds import ASKED_DAYS, any_question, fill_world
from tests.world import World

QUESTIONS = 60


@pytest.mark.parametrize("seed", range(6))
async def test_an_index_answers_what_the_statement_does(world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a failure must come back with its seed; nothing here is a secret.
    await fill_world(world, chance)
    community_id = world.harbor.community_id
    each_year = [Question(community_id, Population(), (), day) for day in ASKED_DAYS if day.year > 1990]
    async with indexes_of(world.database, *each_year) as indexes:
        for _ in range(QUESTIONS):
            question = any_question(community_id, chance)
            if question.as_of.year > 1990:
                assert await ask_index(indexes, question) == await ask_sql(world.database, question), question
