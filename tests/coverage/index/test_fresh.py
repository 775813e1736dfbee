"""An answer holds all that was committed before the question, whoever wrote it and whatever it changed."""

import asyncio
from random import Random

import asyncpg
import pytest

from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Population
from cabinet.coverage.question import Question
from cabinet.intake.rows import Kind
from tests.coverage.index.both_ways import ALL_YEARS, by_index, by_sql, check_same, everybody, ready
from tests.coverage.random_worlds import (
    CHILDREN,
    PROGRAMS,
    any_question,
    check_taken,
    child_row,
    encounter_row,
    enrollment_row,
    fill_world,
    need_row,
    person,
)
from tests.world import DAY, World, child, enrollment

ROUNDS = 25
GRADES = ("KG", "01", "02", "03", "04", "05", "06", "07")
POSTS = 12


async def post_any(world: World, chance: Random) -> None:
    """Post rows of any kind as any organization, of children that are known or not, corrected or new."""
    organization = chance.choice(tuple(PROGRAMS))
    people = [person(number, Random(number)) for number in range(CHILDREN + 8)]  # noqa: S311
    some, number = chance.choice(people), chance.randint(0, 30)
    kind = chance.choice((Kind.CHILD, Kind.ENROLLMENT, Kind.ENCOUNTER, Kind.NEED))
    if kind is Kind.CHILD:
        await world.post(organization, kind, *(child_row(each, chance) for each in chance.sample(people, 2)))
    elif kind is Kind.ENCOUNTER:
        await world.post(organization, kind, encounter_row(number, some, chance))
    elif kind is Kind.NEED:
        await world.post(organization, kind, need_row(number, some, chance))
    elif PROGRAMS[organization]:
        row = enrollment_row(number, some, PROGRAMS[organization], chance)
        check_taken(await world.post(organization, kind, row))


@pytest.mark.parametrize("seed", range(4))
async def test_after_any_post_both_give_the_same_rows(world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a failure must come back with its seed; nothing here is a secret.
    await fill_world(world, chance)
    async with ready(world, *ALL_YEARS) as indexes:
        for _ in range(ROUNDS):
            await post_any(world, chance)
            for _ in range(2):
                question = any_question(world.harbor.community_id, chance)
                if question.as_of in ALL_YEARS:
                    await check_same(indexes, world.database, question)


async def test_what_is_corrected_to_be_another_childs_is_taken_from_the_first(world: World) -> None:
    ana, bo = child("D1", "Ana", grade="03"), child("D2", "Bo", grade="04")
    await world.roster("club", ana, bo)
    await world.enroll("club", enrollment("e1", "D1", "after"))
    question = Question(world.harbor.community_id, Population(), ("AFTER_SCHOOL",), DAY, (Dimension.GRADE,))
    async with ready(world) as indexes:
        await check_same(indexes, world.database, question)
        await world.enroll("club", enrollment("e1", "D2", "after"))
        rows = await by_index(indexes, question)
        assert {row["d0"]: row["served"] for row in rows if row["service_type"]} == {None: 1, "03": 0, "04": 1}
        await check_same(indexes, world.database, question)


async def test_a_roster_known_word_for_word_can_say_something_new(world: World) -> None:
    """Its neighborhood was of no use as long as the community had none of that code."""
    row = child("D1", "Ana", neighborhood="harbor-side")
    await world.roster("club", row)
    question = Question(world.harbor.community_id, Population(), (), DAY, (Dimension.NEIGHBORHOOD,))
    async with ready(world) as indexes:
        assert [r["d0"] for r in await by_index(indexes, question)] == [None, "UNKNOWN"]
        await world.fill("district", Kind.NEIGHBORHOOD, [{"code": "harbor-side", "name": "Side"}])
        await world.roster("club", row)
        assert [r["d0"] for r in await by_index(indexes, question)] == [None, "harbor-side"]
        await check_same(indexes, world.database, question)


async def test_the_supply_and_the_catalog_count_as_soon_as_they_change(world: World, database_url: str) -> None:
    await world.roster("club", child("D1", "Ana", grade="03"))
    await world.enroll("club", enrollment("e1", "D1", "after"))
    owner = await asyncpg.connect(database_url)
    question = Question(world.harbor.community_id, Population(), ("AFTER_SCHOOL", "STEM", "DENTAL"), DAY)
    changes = (
        "UPDATE service_type SET grades = '{08}' WHERE code = 'AFTER_SCHOOL'",
        "UPDATE service_type SET grades = '{}', min_age = NULL WHERE code = 'STEM'",
        "UPDATE service_type SET need_rule = 'IDENTIFIED' WHERE code = 'DENTAL'",
    )
    async with ready(world) as indexes:
        service = {"code": "new", "name": "New", "program": "after", "service_type": "STEM"}
        await world.fill("district", Kind.SERVICE, [service])
        rows = {row["service_type"]: row["served"] for row in await by_index(indexes, question)}
        assert rows["STEM"] == 1
        for change in changes:
            await owner.execute(change)
            await check_same(indexes, world.database, question)
    await owner.close()


async def test_a_window_of_recency_that_changes_has_the_index_loaded_anew(world: World, database_url: str) -> None:
    row = {"record_id": "c1", "child": {"identity": child("D1", "Ana")["identity"]}, "kind": "VISIT"}
    await world.fill("clinic", Kind.ENCOUNTER, [{**row, "service_type": "DENTAL", "occurred_on": "2024-01-10"}])
    await world.roster("clinic", child("D1", "Ana"))
    owner = await asyncpg.connect(database_url)
    question = Question(world.harbor.community_id, Population(served_by=("DENTAL",)), ("DENTAL",), DAY)
    async with ready(world) as indexes:
        assert (await by_index(indexes, question))[0]["population"] == 0
        await owner.execute("UPDATE service_type SET recency_months = 48 WHERE code = 'DENTAL'")
        assert await indexes.count(question) is None
        assert await indexes.count(question) is None
        await indexes.settled()
        assert (await by_index(indexes, question))[0]["population"] == 1
        await check_same(indexes, world.database, question)
    await owner.close()


async def test_whoever_posts_among_many_finds_its_post_in_the_next_answer(world: World) -> None:
    """Eight post and ask at once, each children of a grade of its own; every answer must hold its own posts."""
    question = Question(world.harbor.community_id, Population(), ("AFTER_SCHOOL",), DAY, (Dimension.GRADE,))
    wrong: list[object] = []

    async def post_and_ask(poster: int, grade: str) -> None:
        for number in range(1, POSTS + 1):
            letters = "abcdefghijklmnop"
            name, family = f"Kid{letters[number]}", f"Rivera{letters[poster]}"
            said = child(f"{poster}-{number}", name, family, grade=grade)
            await world.roster("club", said)
            await world.enroll("club", enrollment(f"{poster}-{number}", said["record_id"], "after"))
            rows = await by_index(indexes, question)
            found = [(r["population"], r["served"]) for r in rows if r["service_type"] and r["d0"] == grade]
            if found != [(number, number)]:
                wrong.append((grade, number, found))

    async with ready(world) as indexes:
        await asyncio.gather(*(post_and_ask(poster, grade) for poster, grade in enumerate(GRADES)))
        assert not wrong
        await check_same(indexes, world.database, question)
        total = (await by_index(indexes, everybody(world)))[0]
    assert total["population"] == POSTS * len(GRADES)


async def test_several_servers_agree_and_a_transaction_that_ends_late_is_not_missed(
    world: World, database_url: str
) -> None:
    """A transaction that began first and ends last is older than what was seen before it: by number it is lost."""
    community_id = world.harbor.community_id
    source = await world.source("club")
    await world.roster("club", child("D1", "Ana", grade="03"))
    late = await asyncpg.connect(database_url)
    question = everybody(world)
    async with ready(world) as one, ready(world) as another:
        transaction = late.transaction()
        await transaction.start()
        await late.execute(
            "INSERT INTO change (community_id, entity, entity_id, child_id, organization_id, sector)"
            " SELECT community_id, 'child', child_id, child_id, $2, 'HEALTH' FROM child WHERE community_id = $1",
            community_id,
            source.organization_id,
        )
        await late.execute("UPDATE child_year SET ends = '2026-10-01' WHERE community_id = $1", community_id)
        await world.roster("club", child("D2", "Bo", grade="03"))
        for indexes in (one, another):
            assert (await by_index(indexes, question))[0]["population"] == 2
        await transaction.commit()
        for indexes in (another, one):
            assert (await by_index(indexes, question))[0]["population"] == 1
            assert await by_index(indexes, question) == await by_sql(world.database, question)
    await late.close()
