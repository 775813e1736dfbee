"""Links that an earlier version made are looked at again by a better one, and can be had back."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from cabinet.intake.rows import Kind
from cabinet.linkage.model import Model
from cabinet.matching.run import Report, run
from cabinet.tables.terms import LinkMethod
from cabinet.viewer import Viewer
from tests.matching.home import LINKS, REVIEWS, at_home, children, neighbors, read, with_model
from tests.reviews.deciding import Desk
from tests.world import World, enrollment

OPERATOR = Viewer("test-operator")
DOUBTS_ALL = replace(Model(), auto=2.0, review=0.01)
REFUSES_ALL = replace(Model(), auto=2.0, review=1.5)


async def run_all(world: World, **how: Any) -> Report:
    return await run(world.database, OPERATOR, world.harbor, **how)


async def linked(world: World) -> dict[str, Any]:
    """Let a first version link twins known by other words, one in a run and one as it is posted."""
    await world.roster("district", at_home("D1", "Elizabeth"), at_home("D2", "Marisol"), *neighbors())
    await world.roster("clinic", at_home("P1", "Liz"))
    await with_model(world)
    await run_all(world)
    await world.roster("clinic", at_home("P2", "Marisol", family="Ribera"))
    found = await children(world)
    assert (found["clinic P1"], found["clinic P2"]) == (found["district D1"], found["district D2"])
    return found


@pytest.mark.parametrize(("model", "reviews"), [(DOUBTS_ALL, 2), (REFUSES_ALL, 0)], ids=["doubts", "refuses"])
async def test_what_a_better_model_would_not_link_is_parted_and_its_doubt_shown(
    world: World, model: Model, reviews: int
) -> None:
    before = await linked(world)
    await with_model(world, model)
    dry = await run_all(world, dry_run=True)
    assert await children(world) == before
    done = await run_all(world)
    told = [{(each.version, each.records, each.probability) for each in report.parted} for report in (dry, done)]
    assert told[0] == told[1]
    assert [(dry.joined, dry.reviews), (done.joined, done.reviews)] == [(0, reviews)] * 2
    assert [each.version for each in done.parted] == [1, 1]
    assert all(each.score > 0.9 for each in done.parted)
    after = await children(world)
    assert {name for name in after if after[name] != before[name]} == {"clinic P1", "clinic P2"}
    assert len(set(after.values())) == len(after)
    parted = [row for row in await read(world, LINKS) if row["record_id"] in ("P1", "P2")]
    assert {(row["method"], row["model_version"]) for row in parted} == {(LinkMethod.NEW_CHILD, 2)}
    asked = {(row["child_id"], row["candidate"]) for row in await read(world, REVIEWS)}
    pairs = {(after[f"clinic P{n}"], after[f"district D{n}"]) for n in (1, 2)}
    assert asked == (pairs if reviews else set())
    again = await run_all(world)
    assert (again.parted, again.joined, again.reviews, again.passed_over) == ([], 0, 0, 0)
    assert await children(world) == after


async def test_a_version_that_would_link_the_same_parts_nothing(world: World) -> None:
    before = await linked(world)
    await with_model(world)
    done = await run_all(world)
    assert (done.version, done.parted, done.joined, done.reviews) == (2, [], 0, 0)
    assert await children(world) == before


async def test_a_parting_is_undone_to_the_letter_and_is_settled_then(desk: Desk) -> None:
    world = desk.client.world
    before = await linked(world)
    await desk.post("clinic", *visit("P1"))
    stored = await desk.dump()
    await with_model(world, REFUSES_ALL)
    await run_all(world)
    assert await desk.dump() != stored
    health = await desk.another("HEALTH")
    for name in ("P1", "P2"):
        link = (await health.records(await desk.child_of(name)))[name]["link"]
        await health.undo({"id": link})
    assert await desk.dump() == stored
    assert await children(world) == before
    again = await run_all(world)
    assert (again.parted, await children(world)) == ([], before)


def visit(source_id: str) -> tuple[Kind, dict[str, Any]]:
    return Kind.ENCOUNTER, {
        "record_id": "v1",
        "child": {"source_id": source_id},
        "service_type": "DENTAL",
        "kind": "VISIT",
        "occurred_on": "2026-09-10",
    }


async def test_what_a_person_joined_or_an_exact_rule_ties_is_not_parted(desk: Desk) -> None:
    world = desk.client.world
    before = await linked(world)
    # An exact rule ties the club's record to the clinic's, and a steward says that the other twin is one.
    await world.roster("club", at_home("C1", "Liz"))
    assert (await children(world))["club C1"] == before["district D1"]
    parted = await desk.split(before["district D2"], "D2")
    await desk.merge(before["district D2"], await desk.child_of("D2"))
    assert parted
    await with_model(world, REFUSES_ALL)
    done = await run_all(world)
    after = await children(world)
    assert after["clinic P2"] == after["district D2"]
    assert after["clinic P1"] == after["club C1"] != after["district D1"]
    assert len(done.parted) == 1


async def test_a_join_within_a_join_is_looked_at_by_itself(world: World) -> None:
    """Arts knows her like the club does; both came to the district's child by a later, stronger join."""
    await world.roster("club", at_home("C1", "Liz", birth_date="2018-09-03"))
    await world.roster("arts", at_home("A1", "Elisabet", address="12 Elm St"))
    await with_model(world)
    await run_all(world)
    await world.roster("district", at_home("D1", "Elizabeth"), *neighbors())
    await run_all(world)
    before = await children(world)
    assert before["club C1"] == before["arts A1"] == before["district D1"]
    await with_model(world, REFUSES_ALL)
    done = await run_all(world)
    after = await children(world)
    assert len({after[name] for name in ("club C1", "arts A1", "district D1")}) == len(done.parted) + 1 == 3


async def test_posts_while_links_are_parted_lose_nothing(world: World) -> None:
    await linked(world)
    await with_model(world, REFUSES_ALL)
    posted = world.enroll("club", enrollment("e1", at_home("", "Liz"), "after"))
    await asyncio.gather(run_all(world), posted)
    await run_all(world)
    after = await children(world)
    assert after["clinic P1"] != after["district D1"]
    (row,) = await read(world, "SELECT child_id FROM enrollment")
    assert row["child_id"] == after["clinic P1"]
