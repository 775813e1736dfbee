"""What a steward is promised of parting a child's records, and of taking it back."""

from cabinet.intake.rows import Kind
from tests.reviews.deciding import MERGE, SPLIT, UNDO, Desk
from tests.reviews.family import about, say, two_children
from tests.reviews.test_since import VISIT, whose
from tests.world import child, enrollment


async def test_parting_takes_what_the_record_says_and_undoing_restores_every_row(desk: Desk) -> None:
    whole, _ = await two_children(desk)
    before = await desk.dump()
    decision = await desk.split(whole, "D1")
    new = await desk.child_of("D1")
    assert new != whole == await desk.child_of("C1")
    assert await desk.fetch("SELECT sectors, race_ethnicity, sex FROM child WHERE child_id = $1", new) == [
        (["EDUCATION", "HEALTH"], ["ASIAN"], "FEMALE")
    ]
    assert await desk.fetch("SELECT sectors, race_ethnicity FROM child WHERE child_id = $1", whole) == [
        (["OUT_OF_SCHOOL_TIME"], [])
    ]
    assert (await whose(desk, "need"))["need-d"] == new
    assert (await whose(desk, "enrollment"))["e1"] == whole
    assert await desk.fetch("SELECT child_id FROM child_identifier") == [(new,)]
    await desk.undo(decision)
    assert await desk.dump() == before


async def test_what_either_says_after_the_parting_is_the_whole_childs_again(desk: Desk) -> None:
    whole, _ = await two_children(desk)
    decision = await desk.split(whole, "D1")
    await desk.post("district", Kind.ENCOUNTER, about("later-d", "D1", **VISIT))
    await desk.post("club", Kind.ENCOUNTER, about("later-c1", "C1", **VISIT))
    tutored = enrollment("t1", "D1", "tutoring")
    await desk.post("district", Kind.ENROLLMENT, tutored)
    await desk.undo(decision)
    found = {**await whose(desk, "encounter"), **await whose(desk, "enrollment")}
    assert [found[name] for name in ("later-d", "later-c1", "t1")] == [whole] * 3
    assert await desk.fetch("SELECT child_id FROM child WHERE cardinality(organization_ids) = 0") == []


async def test_records_of_one_source_are_parted_by_what_each_says(desk: Desk) -> None:
    """The district took two sisters for one, under two numbers of its own."""
    await desk.post("district", Kind.CHILD, child("D1", "Ana", grade="03"), child("D2", "Ana", grade="03"))
    await say(desk, "district", "D1", "one")
    await say(desk, "district", "D2", "two")
    both = await desk.child_of("D1")
    assert both == await desk.child_of("D2")
    before = await desk.dump()
    decision = await desk.split(both, "D2")
    new = await desk.child_of("D2")
    for table, name in (("need", "need"), ("encounter", "enc"), ("referral", "ref"), ("consent", "con")):
        found = await whose(desk, table)
        assert (found[f"{name}-one"], found[f"{name}-two"]) == (both, new)
    await desk.undo(decision)
    assert await desk.dump() == before


async def test_a_link_that_no_person_made_is_undone_by_parting_its_record(desk: Desk) -> None:
    whole, _ = await two_children(desk)
    before, link = await desk.dump(), (await desk.records(whole))["D1"]["link"]
    decision = await desk.act(UNDO, id=link)
    assert await desk.child_of("D1") != whole
    # The link that the parting made leads back to the decision, which is undone with it.
    made = (await desk.records(await desk.child_of("D1")))["D1"]["link"]
    assert (await desk.act(UNDO, id=made))["id"] == decision["id"]
    assert await desk.dump() == before


async def test_what_cannot_be_meant_is_refused_and_nothing_is_written(desk: Desk) -> None:
    whole, other = await two_children(desk)
    before, own = await desk.dump(), (await desk.records(whole))["D1"]["id"]
    here, there = desk.child_id(whole), desk.child_id(other)
    health = await desk.another("HEALTH")
    theirs = (await health.records(other))["P1"]["id"]
    assert await desk.refused(MERGE, keep=here, other=here) == "MATCH_INVALID"
    assert await desk.refused(SPLIT, child=here, records=[]) == "NOT_FOUND"
    assert await desk.refused(SPLIT, child=here, records=[own, theirs]) == "NOT_FOUND"
    assert await desk.refused(SPLIT, child=there, records=[theirs]) == "NOT_FOUND"
    alone = await desk.split(whole, "D1")
    parted = await desk.child_of("D1")
    assert await desk.refused(SPLIT, child=desk.child_id(parted), records=[own]) == "MATCH_INVALID"
    await desk.undo(alone)
    assert await desk.refused(UNDO, id=alone["id"]) == "MATCH_UNDONE"
    assert await desk.dump() == before


async def test_decisions_are_undone_in_the_order_they_stand_on_each_other(desk: Desk) -> None:
    whole, other = await two_children(desk)
    before = await desk.dump()
    first = await desk.split(whole, "D1")
    second = await desk.merge(await desk.child_of("D1"), other)
    third = await desk.merge(whole, await desk.child_of("D1"))
    assert len({await desk.child_of(record) for record in ("D1", "P1", "C1", "C2")}) == 1
    for earlier in (first, second):
        assert await desk.refused(UNDO, id=earlier["id"]) == "MATCH_OVERTAKEN"
    for decision in (third, second, first):
        await desk.undo(decision)
    assert await desk.dump() == before
