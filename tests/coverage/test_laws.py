"""What must hold of every count, whatever the children, the population and the day: on worlds drawn by chance."""

from collections.abc import Mapping
from dataclasses import replace
from random import Random

import pytest

from cabinet.coverage.cascade import CASCADE, Step
from cabinet.coverage.counting import count_all
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.protect import TOTAL
from cabinet.coverage.question import Question
from cabinet.coverage.tabulation import Approach, Tabulation
from cabinet.coverage.tally import COVERAGE, Counting, tally
from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login
from schema.populations import population_json
from tests.coverage.random_worlds import any_population, any_question, fill_world
from tests.views.inputs import population_input
from tests.world import DAY, World

QUESTIONS = 12
Counts = Mapping[tuple[str, tuple[str, ...]], Mapping[str, int]]


async def ask(database: Database, question: Question, counting: Counting = COVERAGE) -> Counts:
    """Count for a viewer who may count everyone, before anything is withheld."""
    nothing = {"need_rule": "", "min_age": None, "max_age": None, "grades": []}
    types = {code: {"code": code, **nothing} for code in question.services}
    async with database.transaction(Scope(Login.READER_AGGREGATE, (question.community_id,))) as connection:
        (rows,) = await count_all(connection, [question], None, counting)
    return {
        (service.service, group): {name: value or 0 for name, value in row.items()}
        for service in tally(question, types, rows, counting)  # type: ignore[arg-type]
        for group, row in service.groups.items()
    }


def chance_of(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - a failure must come back with its seed; nothing here is a secret.


@pytest.mark.parametrize("seed", range(2))
async def test_the_laws_of_counting_hold(world: World, seed: int) -> None:
    chance = chance_of(seed)
    await fill_world(world, chance)
    for _ in range(QUESTIONS):
        question = any_question(world.harbor.community_id, chance)
        other = any_population(chance)
        answer = await ask(world.database, question)
        for row in answer.values():
            if "in_need" in row:
                assert row["served"] <= row["in_need"] <= row["eligible"] <= row["population"]
                assert row["gap"] + row["served"] == row["in_need"]
                assert row["waitlisted"] <= row["gap"]
        await check_populations(world.database, question, other, answer)


async def check_populations(database: Database, question: Question, other: Population, answer: Counts) -> None:
    """Not not is nothing, a union has no less than its parts, and both parts of a whole add up to it."""
    mine = question.population
    twice = replace(question, population=Population(none_of=Population(none_of=mine)))
    assert await ask(database, twice) == answer
    total = replace(question, breakdown_by=())
    counted = {
        name: await ask(database, replace(total, population=population))
        for name, population in (
            ("mine", mine),
            ("rest", Population(none_of=mine)),
            ("all", Population()),
            ("union", Population(any_of=(mine, other))),
            ("both", Population(all_of=(mine, other))),
            ("other", other),
        )
    }
    for key, row in counted["all"].items():
        for name, whole in row.items():
            each = {population: rows[key][name] for population, rows in counted.items()}
            assert each["mine"] + each["rest"] == whole
            assert max(each["mine"], each["other"]) <= each["union"]
            assert each["both"] <= min(each["mine"], each["other"])
            assert each["union"] + each["both"] == each["mine"] + each["other"]


@pytest.mark.parametrize("dimension", Dimension)
async def test_a_population_can_be_every_group_of_a_breakdown(world: World, dimension: Dimension) -> None:
    """Unknown among them: whoever sees a group's number can ask about its children, and of the same ones."""
    await fill_world(world, chance_of(0))
    question = Question(world.harbor.community_id, Population(), (), DAY, (dimension,))
    by_race = dimension is Dimension.RACE_ETHNICITY
    groups = {key[0]: row for (_, key), row in (await ask(world.database, question)).items() if key != TOTAL}
    if by_race:
        several = replace(question, tabulation=Tabulation(Approach.ALONE_OR_IN_COMBINATION))
        either = {key[0]: row for (_, key), row in (await ask(world.database, several)).items() if key != TOTAL}
        groups = {"MULTIPLE": groups["MULTIPLE"], **either}
    assert len(groups) > 1 or "UNKNOWN" in groups
    assert "UNKNOWN" in groups or dimension in (Dimension.SECTORS_SERVING, Dimension.SEX)
    for value, row in groups.items():
        said = Population(race_ethnicity=(value,)) if by_race else Population(values={dimension: (value,)})
        asked = population_input(population_json(said)).to_population()
        answer = await ask(world.database, replace(question, population=asked, breakdown_by=()))
        assert answer["", TOTAL] == row, value


@pytest.mark.parametrize("seed", range(2))
async def test_who_is_at_a_step_of_the_cascade_was_at_every_one_before(world: World, seed: int) -> None:
    chance = chance_of(seed)
    await fill_world(world, chance)
    for _ in range(QUESTIONS):
        question = any_question(world.harbor.community_id, chance)
        steps = await ask(world.database, question, CASCADE)
        coverage = await ask(world.database, question)
        for key, row in steps.items():
            if Step.IN_NEED in row:
                numbers = [row[step] for step in Step]
                assert numbers == sorted(numbers, reverse=True)
                assert row["in_need"] == coverage[key]["in_need"]
                # Whom a service reaches on the day was enrolled in the year.
                assert coverage[key]["served"] <= row["enrolled"]


async def test_every_record_posted_again_changes_no_count(world: World) -> None:
    questions = [any_question(world.harbor.community_id, chance_of(seed)) for seed in range(6)]
    await fill_world(world, chance_of(3))
    once = [await ask(world.database, question) for question in questions]
    await fill_world(world, chance_of(3))
    assert [await ask(world.database, question) for question in questions] == once
