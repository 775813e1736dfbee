"""What must hold of every count, whatever the children, the population and the day: on worlds drawn by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cabinet.coverage.cascade import CASCADE, Step
from cabinet.coverage.completeness import counting_known
from cabinet.coverage.counting import count_all
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.dosage import DOSAGE
from cabinet.coverage.population import Population
from cabinet.coverage.protect import TOTAL, ServiceCounts
from cabinet.coverage.question import Question
from cabinet.coverage.retention import RETENTION
from cabinet.coverage.served_enough import SERVED_ENOUGH
from cabinet.coverage.tabulation import Approach, Tabulation
from cabinet.coverage.tally import COVERAGE, Counting, tally
from cabinet.coverage.waiting import WAITING
from cabinet.db import Database
from cabinet.intake.rows import Kind
from cabinet.scope import Scope
from cabinet.tables.security import Login
from schema.populations import population_json
from tests.coverage.conftest import Towns
from tests.coverage.random_worlds import (
    SERVICES,
    VALUES,
    Post,
    any_population,
    any_question,
    draw_attendance,
    fill_world,
    prepare,
    take,
)
from tests.views.inputs import population_input
from tests.world import DAY, World

QUESTIONS = 12
EVERY_COUNTING = {
    "coverage": COVERAGE,
    "served enough": SERVED_ENOUGH,
    "waiting": WAITING,
    "cascade": CASCADE,
    "dosage": DOSAGE,
    "retention": RETENTION,
    "completeness": counting_known([each for each in VALUES if each is not Dimension.SECTORS_SERVING]),
}
Counts = Mapping[tuple[str, tuple[str, ...]], Mapping[str, int]]
Told = Mapping[tuple[str, tuple[str, ...]], Mapping[str, float | None]]


async def ask(database: Database, question: Question, counting: Counting = COVERAGE) -> Counts:
    """Count for a viewer who may count everyone, before anything is withheld."""
    return {
        (service.service, group): {name: value or 0 for name, value in row.items()}
        for service in await counted(database, question, counting)
        for group, row in service.groups.items()
    }


async def statistics(database: Database, question: Question, counting: Counting) -> Told:
    return {
        (service.service, group): row
        for service in await counted(database, question, counting)
        for group, row in service.statistics.items()
    }


async def counted(database: Database, question: Question, counting: Counting) -> list[ServiceCounts]:
    community_id = question.community_id
    async with database.transaction(Scope(Login.READER_AGGREGATE, (community_id,))) as connection:
        kinds = await connection.fetch("SELECT * FROM service_type WHERE community_id = $1", community_id)
        (rows,) = await count_all(connection, [question], None, counting)
    return tally(question, {kind["code"]: kind for kind in kinds}, rows, counting)


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
    for counting in EVERY_COUNTING.values():
        await check_union(database, replace(question, breakdown_by=()), other, counting)


async def check_union(database: Database, question: Question, other: Population, counting: Counting) -> None:
    """Hold every count of whatever measure, of children or of their participations, to the laws of sets."""
    mine = question.population
    counted = {
        name: await ask(database, replace(question, population=population), counting)
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


def test_no_measure_goes_by_the_order_of_records_nor_by_repetition(towns: Towns) -> None:
    """Post what was taken once more elsewhere: in any order, in pieces, and some of it several times."""
    chance, first = chance_of(6), towns.another()
    posts = towns.runner.run(fill_with_attendance(first, chance))
    everybody = Question(first.harbor.community_id, Population(), SERVICES, DAY, (Dimension.NEIGHBORHOOD,))
    asked = [everybody, *(any_question(first.harbor.community_id, chance) for _ in range(4))]
    once = towns.runner.run(everything(first, asked))
    found = {name for answer in once for row in answer.values() for name, value in row.items() if value}
    assert found >= {name for each in EVERY_COUNTING.values() for name in (*each.cells, *each.statistics)}

    @settings(max_examples=4)
    @given(st.randoms(use_true_random=False))
    def again(order: Random) -> None:
        town = towns.another()
        towns.runner.run(prepare(town))
        towns.runner.run(post_all(town, in_any_order(posts, order)))
        found = towns.runner.run(everything(town, asked))
        assert found == once

    again()


async def fill_with_attendance(world: World, chance: Random) -> list[Post]:
    posts = await fill_world(world, chance)
    attended = [draw_attendance(each, chance) for each in posts if each[1] is Kind.ENROLLMENT]
    return [*posts, *[await take(world, each) for each in attended]]


def in_any_order(posts: Sequence[Post], order: Random) -> list[Post]:
    """Part each post in two, repeat one in three, and shuffle all of them and the rows in each."""
    parts = [
        (organization, kind, part)
        for organization, kind, rows in posts
        for part in (rows[::2], rows[1::2])
        for _ in range(order.choice((1, 1, 2)))
    ]
    order.shuffle(parts)
    return [(organization, kind, order.sample(part, len(part))) for organization, kind, part in parts]


async def post_all(world: World, posts: Sequence[Post]) -> None:
    for each in posts:
        assert await take(world, each) == each


async def everything(world: World, asked: Sequence[Question]) -> list[Told]:
    """Ask every question by every counting, of a world's own Harbor."""
    questions = [replace(question, community_id=world.harbor.community_id) for question in asked]
    return [
        await find(world.database, question, counting)
        for question in questions
        for counting in EVERY_COUNTING.values()
        for find in (ask, statistics)
    ]
