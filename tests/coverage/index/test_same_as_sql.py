"""The index against the statement: the same rows, whatever is asked, and whatever several organizations say."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.coverage.index.both_ways import ALL_YEARS, by_index, by_sql, check_same, ready
from tests.coverage.index.conftest import Asked
from tests.coverage.random_worlds import any_question, fill_world
from tests.world import World

QUESTIONS = 30


def test_whatever_is_asked_both_give_the_same_rows(asked: Asked) -> None:
    tally: Counter[str] = Counter()
    world = asked.world

    @given(st.randoms(use_true_random=False) | st.randoms(use_true_random=True), st.sampled_from(ALL_YEARS))
    def ask(chance: Random, day) -> None:
        drawn = any_question(world.harbor.community_id, chance)
        question = type(drawn)(**{**vars(drawn), "as_of": day})
        note(repr(question))
        rows = asked.runner.run(by_index(asked.indexes, question))
        assert rows == asked.runner.run(by_sql(world.database, question))
        tally["asked"] += 1
        tally["somebody"] += any(row["population"] for row in rows)
        tally["served"] += any(row["served"] for row in rows)
        tally["in groups"] += len(rows) > len(question.services) + 1

    ask()
    assert tally["somebody"] > tally["asked"] / 3, tally
    assert tally["served"] > tally["asked"] / 10, tally
    assert tally["in groups"] > tally["asked"] / 6, tally


@pytest.mark.parametrize("seed", range(5))
async def test_whatever_world_both_give_the_same_rows(world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a failure must come back with its seed; nothing here is a secret.
    await fill_world(world, chance)
    async with ready(world, *ALL_YEARS) as indexes:
        for _ in range(QUESTIONS):
            question = any_question(world.harbor.community_id, chance)
            if question.as_of in ALL_YEARS:
                await check_same(indexes, world.database, question)
