"""Who decides of whose records, and what a steward is shown of another sector's."""

from typing import Any

import pytest

from cabinet import tables
from cabinet.intake.rows import Kind
from cabinet.read.rows import encode_id
from cabinet.tables.terms import Role
from tests.reviews.deciding import DECIDE, MERGE, RECORDS, SPLIT, UNDO, Desk
from tests.reviews.family import two_children
from tests.reviews.test_decide import TUTORED, TWINS, counted_apart, waiting
from tests.world import child, enrollment

NOT_STEWARDS = [role for role in Role if role is not Role.SECTOR_STEWARD]


async def everything(desk: Desk) -> list[tuple[str, dict[str, Any]]]:
    """Return one of each deed, every one of them possible, and a decision to undo."""
    keep, other = await two_children(desk)
    made = await desk.split(keep, "D1")
    twins = [child(f"T{number}", "Eva", identifiers={"DISTRICT_STUDENT_ID": number}) for number in "12"]
    await desk.post("district", Kind.CHILD, *twins)
    await desk.post("club", Kind.ENROLLMENT, enrollment("t9", child("", "Eva"), "after"))
    review = (await desk.reviews())[0]
    record = (await desk.records(await desk.child_of("D1")))["D1"]
    here, there = desk.child_id(keep), desk.child_id(other)
    return [
        (DECIDE, {"review": review["id"], "newChild": True}),
        (MERGE, {"keep": here, "other": there}),
        (SPLIT, {"child": here, "records": [record["id"]]}),
        (UNDO, {"id": made["id"]}),
        (UNDO, {"id": record["link"]}),
        (RECORDS, {"child": here}),
    ]


async def test_nobody_but_stewards_decides(desk: Desk) -> None:
    deeds, before = await everything(desk), await desk.dump()
    for role in (None, *NOT_STEWARDS):
        token = await desk.client.token(role) if role else None
        codes = [await desk.client.code(deed, token, **given) for deed, given in deeds]
        assert codes == ["FORBIDDEN"] * len(deeds), role
    elsewhere = await desk.client.token(Role.SECTOR_STEWARD, desk.client.world.river, sector="EDUCATION")
    codes = [await desk.client.code(deed, elsewhere, **given) for deed, given in deeds]
    assert codes == ["FORBIDDEN"] * len(deeds)
    assert await desk.dump() == before


async def test_a_steward_decides_only_where_the_sector_holds_a_record(desk: Desk) -> None:
    """Stewards of health are told no more of what they are no part of than of what there is not."""
    await desk.post("district", Kind.CHILD, *TWINS)
    await desk.post("club", Kind.CHILD, child("C9", "Eva"))
    await desk.post("club", Kind.ENROLLMENT, enrollment("e1", child("", "Ana"), "after"))
    health, ost = await desk.another("HEALTH"), await desk.another("OUT_OF_SCHOOL_TIME")
    review = (await desk.reviews())[0]
    assert await health.reviews() == []
    assert [each["id"] for each in await ost.reviews()] == [review["id"]]
    ana, eva = [desk.child_id(await desk.child_of(mark)) for mark in ("D1", "C9")]
    nobody = encode_id(tables.match_review, desk.client.world.harbor.community_id, await desk.child_of("D1"))
    for review_id in (review["id"], nobody):
        assert await health.refused(DECIDE, review=review_id, newChild=True) == "NOT_FOUND"
    assert await health.refused(MERGE, keep=ana, other=eva) == "NOT_FOUND"
    made = await ost.act(MERGE, keep=ana, other=eva)
    assert await health.refused(UNDO, id=made["id"]) == "NOT_FOUND"
    assert await ost.records(await desk.child_of("D2")) == {}
    # Who might have decided may undo it, on either side.
    await desk.undo(made)


async def test_another_sectors_words_are_masked_and_the_reasons_speak(desk: Desk) -> None:
    ost, review = await desk.another("OUT_OF_SCHOOL_TIME"), await counted_apart(desk)
    seen_by_club = (await ost.reviews())[0]
    assert review["says"] is None
    assert seen_by_club["says"]["givenName"] == "Ana"
    for mine, other in zip(review["candidates"], seen_by_club["candidates"], strict=True):
        assert mine["child"] == other["child"]
        assert mine["reasons"] == other["reasons"]
        assert [each["says"] for each in other["reasons"]] == ["name same", "birth date same"]
        assert (other["records"], other["otherSectors"]) == ([], ["EDUCATION"])
        assert [each["identifiers"][0]["system"] for each in mine["records"]] == ["DISTRICT_STUDENT_ID"]
        assert mine["otherSectors"] == []


SHARE = """{ gaps(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"]) {
  basis { linkedShare } } }"""


async def linked_share(desk: Desk, organization: str) -> float:
    token = await desk.client.token(Role.PARTNER_AGENCY, organization=organization)
    share: float = (await desk.client.data(SHARE, token))["gaps"]["basis"]["linkedShare"]
    return share


async def test_the_share_of_records_linked_tells_an_agency_of_no_doubt_that_it_was_not_told_of(desk: Desk) -> None:
    await counted_apart(desk)
    assert await linked_share(desk, "club") == 1


async def test_of_the_records_linked_those_are_missing_that_wait_each_once(desk: Desk) -> None:
    review = await waiting(desk)
    second = {**TUTORED, "record_id": "t2", "status": "NOT_ENROLLED"}
    await desk.post("district", Kind.ENROLLMENT, second)
    assert await linked_share(desk, "district") == 0.667
    await desk.post("district", Kind.CHILD, child("D3", "Bo"))
    assert await linked_share(desk, "district") == 0.75
    await desk.act(DECIDE, review=review["id"], newChild=True)
    assert await linked_share(desk, "district") == 1


async def test_a_decision_says_both_or_neither(desk: Desk) -> None:
    review, first = await counted_apart(desk), desk.child_id(await desk.child_of("D1"))
    assert await desk.refused(DECIDE, review=review["id"]) == "INPUT_INVALID"
    assert await desk.refused(DECIDE, review=review["id"], child=first, newChild=True) == "INPUT_INVALID"
    assert await desk.refused(DECIDE, review=first, newChild=True) == "NOT_FOUND"
    assert len(await desk.reviews()) == 1


async def test_reviews_come_page_by_page_and_each_once(desk: Desk) -> None:
    await desk.post("district", Kind.CHILD, *TWINS)
    rows = [
        enrollment(f"t{n}", {**TWINS[0], "identity": {**TWINS[0]["identity"], "identifiers": {}}}, "tutoring")
        for n in range(5)
    ]
    await desk.client.world.post("district", Kind.ENROLLMENT, *rows)
    whole, after, pages = [each["id"] for each in await desk.reviews()], None, []
    for _ in range(3):
        page = [each["id"] for each in await desk.reviews(first=2, after=after)]
        pages.append(page)
        after = page[-1]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [each for page in pages for each in page] == whole


async def test_every_deed_is_audited_and_every_child_it_touched_is_told_of(desk: Desk) -> None:
    keep, other = await two_children(desk)
    await desk.owner.execute("DELETE FROM change")
    decision = await desk.merge(keep, other)
    await desk.undo(decision)
    told = await desk.fetch("SELECT DISTINCT entity, child_id FROM change")
    for entity in ("child", "child_link", "child_identity", "enrollment", "attendance_event", "encounter", "need"):
        assert {child for named, child in told if named == entity} == {keep, other}
    audited = await desk.fetch("SELECT action, roles FROM audit_event ORDER BY recorded_at DESC LIMIT 2")
    assert audited == [("undo match", "PUBLIC SECTOR_STEWARD"), ("merge children", "PUBLIC SECTOR_STEWARD")]


@pytest.mark.parametrize("first", [0, 1000])
async def test_a_page_has_its_bounds(desk: Desk, first: int) -> None:
    query = 'query ($first: Int!) { matchReviews(community: "harbor", first: $first) { nodes { id } } }'
    assert await desk.refused(query, first=first) == "PAGE_TOO_LARGE"
