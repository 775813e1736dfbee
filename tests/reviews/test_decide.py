"""What a steward is promised of reviews: side by side, decided once, and undone to the letter."""

from typing import Any

import pytest

from cabinet.intake.rows import Kind
from cabinet.linkage.settled import ruled_out, settled
from tests.reviews.deciding import DECIDE, Desk, key
from tests.reviews.test_since import whose
from tests.world import child, enrollment

NUMBER = "DISTRICT_STUDENT_ID"
TWINS = (child("D1", "Ana", identifiers={NUMBER: "1"}), child("D2", "Ana", identifiers={NUMBER: "2"}))
TUTORED = enrollment("t1", child("", "Ana"), "tutoring")
CLUBBED = enrollment("e1", child("", "Ana"), "after")


async def waiting(desk: Desk) -> dict[str, Any]:
    """Let the district post a row that fits two children of its own: it waits, and counts for nobody."""
    await desk.post("district", Kind.CHILD, *TWINS)
    receipt = await desk.post("district", Kind.ENROLLMENT, TUTORED)
    assert [str(each.verdict) for each in receipt.outcomes] == ["NEEDS_REVIEW"]
    return (await desk.reviews())[0]


async def counted_apart(desk: Desk) -> dict[str, Any]:
    """Let the club post a row that fits two children of the district: a new child is made."""
    await desk.post("district", Kind.CHILD, *TWINS)
    receipt = await desk.post("club", Kind.ENROLLMENT, CLUBBED)
    assert [str(each.verdict) for each in receipt.outcomes] == ["CREATED"]
    return (await desk.reviews())[0]


async def test_a_row_that_waited_is_taken_in_for_the_child_and_waits_again_when_that_is_undone(desk: Desk) -> None:
    review, first = await waiting(desk), await desk.child_of("D1")
    before = await desk.dump()
    assert (review["child"], review["says"]["recordId"], review["says"]["id"]) == (None, "t1", None)
    decision = await desk.act(DECIDE, review=review["id"], child=desk.child_id(first))
    assert await whose(desk, "enrollment") == {"t1": first}
    assert await desk.fetch("SELECT method, child_id FROM child_link WHERE method = 'MANUAL'") == [
        ("MANUAL", first)
    ]
    assert await desk.reviews() == []
    done = (await desk.reviews("DECIDED"))[0]
    assert (done["decision"], done["child"]) == (decision["id"], desk.child_id(first))
    again = await desk.post("district", Kind.ENROLLMENT, TUTORED)
    assert [str(each.verdict) for each in again.outcomes] == ["UNCHANGED"]
    await desk.undo(decision)
    assert await desk.dump() == before
    assert len(await desk.reviews()) == 1


async def test_a_row_that_waited_can_be_a_new_childs(desk: Desk) -> None:
    review = await waiting(desk)
    before = await desk.dump()
    decision = await desk.act(DECIDE, review=review["id"], newChild=True)
    assert await whose(desk, "enrollment") == {"t1": key(decision["child"])}
    assert key(decision["child"]) not in {await desk.child_of("D1"), await desk.child_of("D2")}
    await desk.undo(decision)
    assert await desk.dump() == before


@pytest.mark.parametrize("new", [False, True])
async def test_a_record_that_said_more_since_is_a_child_of_its_own_when_its_decision_is_undone(
    desk: Desk, *, new: bool
) -> None:
    review, first = await waiting(desk), await desk.child_of("D1")
    chosen = {"newChild": True} if new else {"child": desk.child_id(first)}
    decision = await desk.act(DECIDE, review=review["id"], **chosen)
    ended = {**TUTORED, "status": "COMPLETED", "ends": "2026-10-01", "record_version": 2}
    await desk.post("district", Kind.ENROLLMENT, ended)
    await desk.undo(decision)
    own = (await whose(desk, "enrollment"))["t1"]
    assert own not in {first, await desk.child_of("D2")}
    assert await desk.fetch("SELECT status FROM enrollment") == [("COMPLETED",)]
    assert [each["child"] for each in await desk.reviews()] == [desk.child_id(own)]
    decided = await desk.act(DECIDE, review=review["id"], child=desk.child_id(first))
    assert await whose(desk, "enrollment") == {"t1": first}
    await desk.undo(decided)
    assert await whose(desk, "enrollment") == {"t1": own}


async def test_a_record_that_counts_for_another_meanwhile_is_joined_or_left_and_either_is_undone(
    desk: Desk,
) -> None:
    review, first = await counted_apart(desk), await desk.child_of("D1")
    before, apart = await desk.dump(), key(review["child"])
    joined = await desk.act(DECIDE, review=review["id"], child=desk.child_id(first))
    assert await whose(desk, "enrollment") == {"e1": first}
    await desk.undo(joined)
    assert await desk.dump() == before
    left = await desk.act(DECIDE, review=review["id"], newChild=True)
    assert await whose(desk, "enrollment") == {"e1": apart}
    assert await desk.reviews() == []
    await desk.undo(left)
    assert await desk.dump() == before


async def test_what_a_person_settled_is_told_to_the_model_until_it_is_undone(desk: Desk) -> None:
    review = await counted_apart(desk)
    source = await desk.client.world.source("club")
    named = "SELECT record_id, source_record_id FROM source_record WHERE record_id = ANY ($1)"
    records = dict(await desk.fetch(named, ["D1", "D2"]))
    record = (await desk.fetch("SELECT source_record_id FROM match_review"))[0][0]
    pairs = {mark: (min(record, records[mark]), max(record, records[mark])) for mark in records}
    chosen = await desk.act(DECIDE, review=review["id"], child=desk.child_id(await desk.child_of("D1")))
    async with desk.client.world.database.transaction(source.scope) as connection:
        assert await settled(connection, source.community_id) == {pairs["D1"]: True}
        assert await ruled_out(connection, source.community_id, record) == set()
    await desk.undo(chosen)
    await desk.act(DECIDE, review=review["id"], newChild=True)
    async with desk.client.world.database.transaction(source.scope) as connection:
        assert await settled(connection, source.community_id, [record]) == dict.fromkeys(pairs.values(), False)
        both = {await desk.child_of("D1"), await desk.child_of("D2")}
        assert await ruled_out(connection, source.community_id, record) == both


async def test_an_identifier_that_names_somebody_else_is_shown_with_what_differs(desk: Desk) -> None:
    await desk.post("district", Kind.CHILD, TWINS[0])
    other = child("", "Bo", "Smith", birth_date="2012-01-01", identifiers={NUMBER: "1"})
    await desk.post("club", Kind.ENROLLMENT, enrollment("e1", other, "after"))
    review = (await desk.reviews())[0]
    assert review["reason"] == "IDENTIFIER_CONTRADICTED"
    says = [each["says"] for each in review["candidates"][0]["reasons"]]
    assert says == [f"identifier {NUMBER} same", "name different", "birth date different"]


ANA = child("", "Ana")
ABOUT = {"record_id": "w1", "child": {"source_id": "W", "identity": ANA["identity"]}}
WAITING = (
    (Kind.CHILD, {**ANA, "record_id": "W", "grade": "03"}),
    (Kind.ATTENDANCE, {**ABOUT, "program": "tutoring", "category": "PRESENT", "attended_on": "2026-09-07"}),
    (Kind.ENCOUNTER, {**ABOUT, "service_type": "DENTAL", "kind": "VISIT", "occurred_on": "2026-09-08"}),
    (Kind.NEED, {**ABOUT, "service_type": "TUTORING", "basis": "REQUEST", "opened": "2026-09-08"}),
    (Kind.REFERRAL, {**ABOUT, "service_type": "TUTORING", "status": "SENT", "sent": "2026-09-08"}),
    (Kind.CONSENT, {**ABOUT, "decision": "DENY", "begins": "2026-09-08", "payload": {}}),
)


@pytest.mark.parametrize(("kind", "row"), WAITING, ids=[str(kind) for kind, _ in WAITING])
@pytest.mark.parametrize("new", [False, True])
async def test_rows_of_every_kind_wait_are_taken_in_and_wait_again(
    desk: Desk, kind: Kind, row: dict[str, Any], *, new: bool
) -> None:
    await desk.post("district", Kind.CHILD, *TWINS)
    receipt = await desk.post("district", kind, row)
    assert [str(each.verdict) for each in receipt.outcomes] == ["NEEDS_REVIEW"]
    review, before = (await desk.reviews())[0], await desk.dump()
    first = desk.child_id(await desk.child_of("D1"))
    chosen: dict[str, Any] = {"newChild": True} if new else {"child": first}
    decision = await desk.act(DECIDE, review=review["id"], **chosen)
    assert desk.child_id(await desk.child_of("W")) == decision["child"]
    assert (decision["child"] == first) is not new
    again = await desk.post("district", kind, row)
    assert [str(each.verdict) for each in again.outcomes] == ["UNCHANGED"]
    await desk.undo(decision)
    assert await desk.dump() == before


def waiting_rows(**named: Any) -> list[tuple[Kind, dict[str, Any]]]:
    """Return rows of several kinds about one child, whom its source names like this."""
    about = {**named, "identity": ANA["identity"]}
    rows = [(kind, {**row, "child": about}) for kind, row in WAITING if kind is not Kind.CHILD]
    programs = [{**TUTORED, "child": about}, {**TUTORED, "record_id": "t2", "program": "tutoring", "child": about}]
    return [*rows, (Kind.ENROLLMENT, programs[0]), (Kind.ENROLLMENT, {**programs[1], "status": "NOT_ENROLLED"})]


@pytest.mark.parametrize("new", [False, True])
@pytest.mark.parametrize("named", [{"source_id": "W"}, {}], ids=["numbered", "named"])
async def test_what_is_decided_of_a_record_settles_all_its_rows_that_wait_and_undoes_them_together(
    desk: Desk, named: dict[str, Any], *, new: bool
) -> None:
    await desk.post("district", Kind.CHILD, *TWINS)
    rows = [*waiting_rows(**named), *((kind, row) for kind, row in WAITING if kind is Kind.CHILD and named)]
    elsewhere = {**TUTORED, "record_id": "o1", "child": {**TUTORED["child"], "source_id": "other"}}
    for kind, row in (*rows, (Kind.ENROLLMENT, elsewhere)):
        assert [str(each.verdict) for each in (await desk.post("district", kind, row)).outcomes] == [
            "NEEDS_REVIEW"
        ]
    reviews, before = await desk.reviews(), await desk.dump()
    asked = next(each for each in reviews if each["says"]["recordId"] == "t2")
    first = await desk.child_of("D1")
    chosen: dict[str, Any] = {"newChild": True} if new else {"child": desk.child_id(first)}
    decision = await desk.act(DECIDE, review=asked["id"], **chosen)
    assert [each["says"]["recordId"] for each in await desk.reviews()] == ["o1"]
    decided = await desk.reviews("DECIDED")
    assert {each["decision"] for each in decided} == {decision["id"]}
    assert len(decided) == len(rows)
    for kind, row in rows:
        assert [str(each.verdict) for each in (await desk.post("district", kind, row)).outcomes] == ["UNCHANGED"]
    own = key(decision["child"])
    assert await whose(desk, "enrollment") == {"t1": own, "t2": own}
    assert (await whose(desk, "need"), await whose(desk, "encounter")) == ({"w1": own}, {"w1": own})
    await desk.undo(decision)
    assert await desk.dump() == before


async def test_a_row_that_the_door_refuses_waits_on_while_the_others_of_its_record_are_taken_in(
    desk: Desk,
) -> None:
    review, first = await waiting(desk), await desk.child_of("D1")
    await desk.post("district", Kind.ENROLLMENT, {**TUTORED, "record_id": "t2", "begins": "2026-09-20"})
    before = await desk.dump()
    decision = await desk.act(DECIDE, review=review["id"], child=desk.child_id(first))
    (left,) = await desk.reviews()
    assert (left["says"]["recordId"], left["child"]) == ("t2", None)
    assert await whose(desk, "enrollment") == {"t1": first}
    assert await desk.refused(DECIDE, review=left["id"], child=desk.child_id(first)) == "MATCH_ROW_REFUSED"
    await desk.undo(decision)
    assert await desk.dump() == before


async def test_rows_that_were_settled_together_are_in_question_together_when_one_was_corrected_since(
    desk: Desk,
) -> None:
    review, first = await waiting(desk), await desk.child_of("D1")
    second = {**TUTORED, "record_id": "t2", "status": "NOT_ENROLLED"}
    await desk.post("district", Kind.ENROLLMENT, second)
    decision = await desk.act(DECIDE, review=review["id"], child=desk.child_id(first))
    await desk.post("district", Kind.ENROLLMENT, {**second, "record_version": 2, "begins": "2026-09-05"})
    await desk.undo(decision)
    own = (await whose(desk, "enrollment"))["t1"]
    assert own not in {first, await desk.child_of("D2")}
    assert await whose(desk, "enrollment") == {"t1": own, "t2": own}
    reviews = await desk.reviews()
    assert [each["child"] for each in reviews] == [desk.child_id(own)] * 2
    apart = await desk.dump()
    for chosen in ({"newChild": True}, {"child": desk.child_id(first)}):
        again = await desk.act(DECIDE, review=reviews[1]["id"], **chosen)
        assert await desk.reviews() == []
        await desk.undo(again)
        assert await desk.dump() == apart


async def test_a_review_about_other_children_stays_open_when_its_row_is_taken_in(desk: Desk) -> None:
    review, first = await waiting(desk), await desk.child_of("D1")
    about = {"source_id": "W"}
    await desk.post(
        "district", Kind.CHILD, *(child(f"E{n}", "Eva", identifiers={NUMBER: f"E{n}"}) for n in (1, 2))
    )
    for record, given in (("w1", "Ana"), ("w2", "Eva")):
        row = {**TUTORED, "record_id": record, "child": {**about, "identity": child("", given)["identity"]}}
        await desk.post("district", Kind.ENROLLMENT, {**row, "status": "NOT_ENROLLED"})
    before = await desk.dump()
    asked = next(each for each in await desk.reviews() if each["says"]["recordId"] == "w1")
    decision = await desk.act(DECIDE, review=asked["id"], child=desk.child_id(first))
    assert await whose(desk, "enrollment") == {"w1": first, "w2": first}
    left = {each["says"]["recordId"]: each["child"] for each in await desk.reviews()}
    assert left == {review["says"]["recordId"]: None, "w2": desk.child_id(first)}
    await desk.undo(decision)
    assert await desk.dump() == before


async def test_a_row_that_can_no_longer_be_taken_is_refused_with_what_is_wrong(desk: Desk) -> None:
    review = await waiting(desk)
    before = await desk.dump()
    await desk.owner.execute("UPDATE program SET code = 'tutoring-2027' WHERE code = 'tutoring'")
    answer = await desk.client.ask(DECIDE, desk.token, review=review["id"], newChild=True)
    extensions = answer["errors"][0]["extensions"]
    assert extensions["code"] == "MATCH_ROW_REFUSED"
    assert [problem["code"] for problem in extensions["problems"]] == ["PROGRAM_UNKNOWN"]
    assert await desk.dump() == before
