"""A run over all records finds whom posting by exact rules left apart, and leaves alone what people decided."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from cabinet import tables
from cabinet.db import Database
from cabinet.errors import LinkageUntrained, ModelUnknown, TooLittleToLearn
from cabinet.intake.locks import lock_organization
from cabinet.matching.run import Report, run
from cabinet.matching.train import put_to_use, show_models, train_model
from cabinet.read.rows import encode_id
from cabinet.settings import Settings
from cabinet.tables.terms import LinkMethod, Role
from cabinet.viewer import Viewer
from tests.client import Client
from tests.matching.home import LINKS, REVIEWS, at_home, children, neighbors, read, with_model
from tests.world import World, child, enrollment

OPERATOR = Viewer("test-operator")
DECISIONS = "SELECT match_decision_id, child_id, act, undone_at FROM match_decision ORDER BY match_decision_id"


async def run_all(world: World, **how: Any) -> Report:
    return await run(world.database, OPERATOR, world.harbor, **how)


async def two_homes(world: World) -> None:
    """Let two sources know twins and a neighbor by other words, which no exact rule sees through."""
    await world.roster("district", at_home("D1", "Elizabeth"), at_home("D2", "Marisol"), *neighbors())
    await world.roster("clinic", at_home("P1", "Liz"), at_home("P2", "Marisol", family="Ribera"))
    await with_model(world)


async def test_children_known_by_other_words_are_joined_and_twins_are_not(world: World) -> None:
    await two_homes(world)
    apart = await children(world)
    assert len(set(apart.values())) == len(apart)
    report = await run_all(world)
    found = await children(world)
    assert found["clinic P1"] == found["district D1"]
    assert found["clinic P2"] == found["district D2"] != found["district D1"]
    assert (report.joined, report.passed_over) == (2, 0)
    made = [row for row in await read(world, LINKS) if row["method"] == LinkMethod.PROBABILISTIC]
    assert {(row["decided_by"], row["model_version"]) for row in made} == {("cabinet.linkage.model", 1)}
    assert all(0.9 < row["score"] <= 1 for row in made)


async def test_a_second_run_changes_nothing(world: World) -> None:
    await two_homes(world)
    await world.roster("arts", at_home("A1", "Emma"), at_home("A2", "Lisbeth", birth_date="2018-09-03"))
    await run_all(world)
    tables = ("child_link", "child", "match_review", "match_candidate", "match_decision", "child_comparison")
    before = [await read(world, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    again = await run_all(world)
    assert (again.joined, again.reviews, again.passed_over) == (0, 0, 0)
    assert [await read(world, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables] == before


async def test_a_dry_run_says_the_same_and_does_nothing(world: World) -> None:
    await two_homes(world)
    before = await children(world)
    dry = await run_all(world, dry_run=True)
    assert await children(world) == before
    assert await read(world, "SELECT 1 FROM linkage_quality") == []
    done = await run_all(world)
    assert (dry.joined, dry.reviews) == (done.joined, done.reviews)


async def test_doubt_becomes_a_review_about_the_later_record(world: World) -> None:
    await world.roster("district", at_home("D1", "Elizabeth", middle_name="Ines"), *neighbors())
    await world.roster("clinic", at_home("P1", "Marisol", middle_name="Ines"))
    await with_model(world)
    report = await run_all(world)
    found, (review,) = await children(world), await read(world, REVIEWS)
    assert (report.joined, report.reviews) == (0, 1)
    assert (review["record_id"], review["kind"]) == ("P1", "child")
    assert (review["child_id"], review["candidate"]) == (found["clinic P1"], found["district D1"])
    assert review["reasons"]
    assert review["remarks"]


async def test_what_a_person_parted_stays_apart_and_what_a_person_joined_stays_joined(client: Client) -> None:
    world = client.world
    await two_homes(world)
    token = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    await run_all(world)
    made = await read(world, "SELECT match_decision_id, child_id FROM match_decision ORDER BY decided_at")
    liz = (await children(world))["district D1"]
    await part(client, token, liz, "district D1")
    parted = await children(world)
    assert parted["clinic P1"] != parted["district D1"]
    again = await run_all(world)
    assert (again.joined, again.reviews) == (0, 0)
    assert await children(world) == parted
    assert len(made) == 2


async def test_what_a_person_took_back_from_the_model_stays_apart(client: Client) -> None:
    world = client.world
    await two_homes(world)
    token = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    await run_all(world)
    liz = (await children(world))["district D1"]
    key = encode_id(tables.child, world.harbor.community_id, liz)
    (made,) = [row for row in await read(world, DECISIONS) if row["child_id"] == liz]
    undo = "mutation($id: ID!) { undoMatch(id: $id) { undoneAt } }"
    decision = encode_id(tables.match_decision, world.harbor.community_id, made["match_decision_id"])
    await client.data(undo, token, id=decision)
    apart = await children(world)
    assert apart["clinic P1"] != apart["district D1"]
    again = await run_all(world)
    assert (again.joined, again.reviews) == (0, 0)
    assert await children(world) == apart
    # A later word stands above it.
    merge = "mutation($keep: ID!, $other: ID!) { mergeChildren(keep: $keep, other: $other) { id } }"
    other = encode_id(tables.child, world.harbor.community_id, apart["clinic P1"])
    joined = (await client.data(merge, token, keep=key, other=other))["mergeChildren"]
    await client.data(undo, token, id=joined["id"])
    assert (await run_all(world)).joined == 0


async def part(client: Client, token: str, child_id: UUID, name: str) -> None:
    """Let a steward say that a record is not this child's."""
    key = encode_id(tables.child, client.world.harbor.community_id, child_id)
    asked = "query($child: ID!) { childRecords(child: $child) { id recordId } }"
    records = (await client.data(asked, token, child=key))["childRecords"]
    chosen = [each["id"] for each in records if each["recordId"] == name.split()[1]]
    query = """mutation($child: ID!, $records: [ID!]!) {
        splitChild(child: $child, sourceRecords: $records) { id } }"""
    await client.data(query, token, child=key, records=chosen)


async def test_posts_while_a_run_is_at_work_lose_nothing(world: World) -> None:
    await two_homes(world)
    posted = world.enroll("club", enrollment("e1", at_home("", "Liz"), "after"))
    report, _ = await asyncio.gather(run_all(world), posted)
    await run_all(world)
    found = await children(world)
    assert len({each for name, each in found.items() if name in ("district D1", "clinic P1")}) == 1
    (row,) = await read(world, "SELECT child_id FROM enrollment")
    assert row["child_id"] in found.values()
    assert report.joined + report.passed_over == 2


async def test_children_that_somebody_holds_for_long_are_left_to_the_next_run(
    world: World, database_url: str, settings: Settings
) -> None:
    """A file that is taken in beside holds its organization's children for as long as a part of it takes."""
    await two_homes(world)
    source = await world.source("clinic")
    async with Database(database_url, settings.model_copy(update={"post_seconds": 0.5})) as hasty:
        async with world.database.transaction(source.scope) as connection:
            await lock_organization(connection, source.organization_id)
            report = await run(hasty, OPERATOR, world.harbor)
        assert (report.joined, report.passed_over) == (0, 2)
        assert (await run(hasty, OPERATOR, world.harbor)).joined == 2


async def test_without_a_model_there_is_nothing_to_run_or_to_use(world: World) -> None:
    with pytest.raises(LinkageUntrained):
        await run_all(world)
    with pytest.raises(ModelUnknown):
        await put_to_use(world.database, OPERATOR, world.harbor, 7)
    assert await show_models(world.database, world.harbor) == []


async def test_too_few_records_teach_nothing(world: World) -> None:
    await world.roster("district", child("D1", "Ana"))
    with pytest.raises(TooLittleToLearn) as told:
        await train_model(world.database, OPERATOR, world.harbor, 0.001)
    assert "1 of EDUCATION" in told.value.message


async def test_the_version_in_use_is_the_one_that_was_chosen_last(world: World) -> None:
    await with_model(world)
    await with_model(world)
    await put_to_use(world.database, OPERATOR, world.harbor, 1)
    shown = await show_models(world.database, world.harbor)
    assert [(each.version, each.in_use) for each in shown] == [(1, True), (2, False)]
