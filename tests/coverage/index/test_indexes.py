"""Whoever asks is never kept waiting by an index, never answered from half of one, and memory stays bounded."""

import asyncio
from datetime import date

import asyncpg
import pytest

from cabinet.coverage.coverage import coverage
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.index.indexes import Indexes
from cabinet.coverage.index.turn import Turn
from cabinet.coverage.population import Population
from cabinet.coverage.question import Question
from cabinet.errors import InputInvalid
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.client import Client
from tests.coverage.index.both_ways import ROOM, by_index, check_same, everybody, ready
from tests.world import DAY, World, child, enrollment

LAST_YEAR = date(2026, 5, 1)


async def some_children(world: World) -> None:
    await world.roster("club", *(child(f"C{n}", f"Kid{'abcdefghijklmnopqrst'[n]}", grade="03") for n in range(20)))
    await world.enroll("club", *(enrollment(f"e{n}", f"C{n}", "after") for n in range(12)))


async def test_a_cold_index_makes_nobody_wait_and_is_loaded_for_the_next(world: World) -> None:
    await some_children(world)
    async with Indexes(world.database, ROOM) as indexes:
        assert await indexes.count(everybody(world)) is None
        assert await indexes.count(everybody(world)) is None
        await indexes.settled()
        assert (await by_index(indexes, everybody(world)))[1]["served"] == 12


async def test_without_room_there_are_no_indexes(world: World) -> None:
    await some_children(world)
    for room in (0, 500):
        async with Indexes(world.database, room) as indexes:
            for _ in range(3):
                assert await indexes.count(everybody(world)) is None
                await indexes.settled()
            assert indexes.nbytes == 0


async def test_what_was_not_asked_for_longest_goes_when_another_needs_the_room(world: World) -> None:
    await some_children(world)
    async with ready(world) as alone:
        room = int(alone.nbytes * 1.5)
    async with ready(world, DAY, LAST_YEAR, room=room) as indexes:
        assert 0 < indexes.nbytes <= room
        await by_index(indexes, everybody(world, LAST_YEAR))
        assert await indexes.count(everybody(world, DAY)) is None
        await indexes.settled()
        await check_same(indexes, world.database, everybody(world, DAY))
        assert 0 < indexes.nbytes <= room


async def test_days_are_forgotten_before_the_room_is_exceeded(world: World) -> None:
    await some_children(world)
    async with ready(world) as alone:
        bare = alone.nbytes
        await by_index(alone, everybody(world))
        room = alone.nbytes + 1
    async with ready(world, room=room) as indexes:
        for day in range(1, 29):
            question = everybody(world, date(2026, 10, day))
            await check_same(indexes, world.database, question)
            assert bare <= indexes.nbytes <= room


async def test_a_load_that_fails_leaves_nothing_and_the_next_is_whole(world: World, database_url: str) -> None:
    await some_children(world)
    owner = await asyncpg.connect(database_url)
    async with Indexes(world.database, ROOM) as indexes:
        # Encounters are read last: all that is before has been taken by then.
        await owner.execute(f"REVOKE SELECT ON encounter FROM {Login.READER_AGGREGATE}")
        assert await indexes.count(everybody(world)) is None
        await indexes.settled()
        assert indexes.nbytes == 0
        columns = "community_id, child_id, service_type_id, occurred_on, organization_id, sector"
        await owner.execute(f"GRANT SELECT ({columns}) ON encounter TO {Login.READER_AGGREGATE}")
    await owner.close()
    async with ready(world) as indexes:
        await check_same(indexes, world.database, everybody(world))


async def test_a_load_that_is_cut_short_leaves_nothing(world: World) -> None:
    await some_children(world)
    async with Indexes(world.database, ROOM) as indexes:
        assert await indexes.count(everybody(world)) is None
        await asyncio.sleep(0)
    assert indexes.nbytes == 0


async def test_a_question_that_is_given_up_takes_no_others_answer_along(world: World) -> None:
    await some_children(world)
    async with ready(world) as indexes:
        await world.roster("club", child("C90", "Late", grade="03"))
        asked = [asyncio.create_task(by_index(indexes, everybody(world))) for _ in range(8)]
        await asyncio.sleep(0)
        for task in asked[::2]:
            task.cancel()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert {rows[0]["population"] for rows in answers[1::2]} == {21}
        await check_same(indexes, world.database, everybody(world))


async def test_an_index_that_cannot_be_brought_up_to_date_is_not_asked(world: World, database_url: str) -> None:
    await some_children(world)
    owner = await asyncpg.connect(database_url)
    async with ready(world) as indexes:
        await owner.execute(f"REVOKE SELECT ON change FROM {Login.WRITER}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await world.database.row(
                (await world.source("club")).scope, "SELECT count(*) FROM change WHERE entity = $1", ["x"]
            )
        assert await indexes.count(everybody(world)) is None
        assert indexes.nbytes == 0
        await owner.execute(f"GRANT SELECT ON change TO {Login.WRITER}")
        await indexes.count(everybody(world))
        await indexes.settled()
        await check_same(indexes, world.database, everybody(world))
    await owner.close()


async def test_work_that_is_under_way_is_not_the_work_of_who_asks_later() -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def work() -> None:
        begun.set()
        await go_on.wait()
        done.append(len(done))

    turn = Turn(work)
    first = asyncio.create_task(turn.next())
    await begun.wait()
    later = [asyncio.create_task(turn.next()) for _ in range(5)]
    go_on.set()
    await asyncio.gather(first, *later)
    assert done == [0, 1]


async def test_staff_gets_one_answer_from_either_and_others_their_own_words(world: World) -> None:
    await some_children(world)
    await world.roster("district", *(child(f"D{n}", f"Dist{'abcdefghijklmno'[n]}", grade="04") for n in range(15)))
    harbor = world.harbor.community_id
    club = (await world.source("club")).organization_id
    viewers = (
        Viewer("staff", (Membership(harbor, Role.CABINET_STAFF),)),
        Viewer("steward", (Membership(harbor, Role.SECTOR_STEWARD, sector="EDUCATION"),)),
        Viewer("agency", (Membership(harbor, Role.PARTNER_AGENCY, organization_id=club),)),
    )
    populations = []
    async with ready(world) as indexes:
        for viewer in viewers:
            asked = world.database, viewer, harbor, Population(), None, DAY, (Dimension.GRADE,)
            answer = await coverage(*asked, indexes)
            assert answer == await coverage(*asked)
            populations.append(answer.population.value)
    assert populations == [35, 15, 20]


async def test_a_population_nested_too_deeply_is_refused_by_either(world: World) -> None:
    await some_children(world)
    staff = Viewer("staff", (Membership(world.harbor.community_id, Role.CABINET_STAFF),))
    nested = Population()
    for _ in range(14):
        nested = Population(none_of=nested)
    async with ready(world) as indexes:
        for way in (indexes, None):
            with pytest.raises(InputInvalid, match="nested too deeply"):
                await coverage(world.database, staff, world.harbor.community_id, nested, None, DAY, (), way)


async def test_the_server_answers_staff_from_its_index_as_from_the_database(client: Client) -> None:
    await some_children(client.world)
    staff = await client.token(Role.CABINET_STAFF)
    query = """{ coverage(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"]) {
      population { value } services { total { served { value } gap { value } } } } }"""
    first = await client.data(query, staff)
    for number in range(20, 35):
        assert await client.data(query, staff) == first
        await client.world.roster("club", child(f"C{number}", f"Later{chr(77 + number)}", grade="03"))
        first = await client.data(query, staff)
        assert first["coverage"]["population"]["value"] == number + 1


async def test_a_question_of_a_year_no_record_can_be_about_is_for_the_database(world: World) -> None:
    async with Indexes(world.database, ROOM) as indexes:
        for day in (date(1950, 1, 1), date(2101, 7, 1), date(9999, 12, 31)):
            assert await indexes.count(Question(world.harbor.community_id, Population(), (), day)) is None
        await indexes.settled()
        assert indexes.nbytes == 0
