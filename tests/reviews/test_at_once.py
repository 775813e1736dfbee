"""Two who decide at once, or decide while others post: one wins, and nothing is half written."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from cabinet.intake.rows import Kind
from tests.reviews.deciding import DECIDE, MERGE, Desk
from tests.reviews.family import about, two_children
from tests.reviews.test_decide import counted_apart, waiting
from tests.reviews.test_since import VISIT
from tests.world import child, enrollment

SAYING = (
    "child_identity",
    "child_year",
    "enrollment",
    "attendance_event",
    "encounter",
    "need",
    "referral",
    "consent",
)
ROUNDS = 4


async def astray(desk: Desk) -> Sequence[tuple[str, UUID]]:
    """Return the rows about another child than the one whose record says them."""
    return [
        (table, row[0])
        for table in SAYING
        for row in await desk.fetch(
            f"SELECT t.child_id FROM {table} t JOIN child_link l ON l.source_record_id = t.source_record_id"
            " WHERE l.undone_at IS NULL AND l.child_id <> t.child_id"
        )
    ]


async def test_of_two_stewards_one_decides_and_the_other_is_told(desk: Desk) -> None:
    review, ost = await counted_apart(desk), await desk.another("OUT_OF_SCHOOL_TIME")
    children = [desk.child_id(await desk.child_of(mark)) for mark in ("D1", "D2")]
    answers = await asyncio.gather(
        desk.client.ask(DECIDE, desk.token, review=review["id"], child=children[0]),
        ost.client.ask(DECIDE, ost.token, review=review["id"], child=children[1]),
    )
    codes = [error["extensions"]["code"] for each in answers for error in each.get("errors", ())]
    assert codes == ["MATCH_DECIDED"]
    assert await desk.fetch("SELECT count(*) FROM match_decision") == [(1,)]
    assert len(await desk.fetch("SELECT FROM child_link WHERE method = 'MANUAL'")) == 1


async def test_a_row_that_waited_is_taken_in_once(desk: Desk) -> None:
    review = await waiting(desk)
    asked = (desk.client.ask(DECIDE, desk.token, review=review["id"], newChild=True) for _ in range(3))
    answers = await asyncio.gather(*asked)
    codes = [error["extensions"]["code"] for each in answers for error in each.get("errors", ())]
    assert codes == ["MATCH_DECIDED"] * 2
    assert await desk.fetch("SELECT count(*) FROM enrollment") == [(1,)]


async def test_children_are_joined_once_from_both_sides(desk: Desk) -> None:
    keep, other = (desk.child_id(each) for each in await two_children(desk))
    answers = await asyncio.gather(
        desk.client.ask(MERGE, desk.token, keep=keep, other=other),
        desk.client.ask(MERGE, desk.token, keep=other, other=keep),
    )
    codes = [error["extensions"]["code"] for each in answers for error in each.get("errors", ())]
    assert codes == ["MATCH_DECIDED"]
    assert len(await desk.fetch("SELECT FROM child WHERE cardinality(organization_ids) > 0")) == 1


async def test_posts_of_the_same_children_wait_and_their_rows_go_where_their_records_are(desk: Desk) -> None:
    """Of who knows the children already, and of who finds one of them for the first time."""
    keep, other = await two_children(desk)
    for number in range(ROUNDS):
        rows = [about(f"{number}-{mark}", mark, **VISIT) for mark in ("C1", "C2")]
        newcomer = enrollment(f"n{number}", child("", f"Ana{number}"), "paint")
        finds = enrollment(
            f"f{number}", child("", "Anna"), "paint", begins=f"2026-09-0{number + 1}", status="NOT_ENROLLED"
        )
        decision, *_ = await asyncio.gather(
            desk.merge(keep, other),
            desk.post("club", Kind.ENCOUNTER, *rows),
            desk.post("arts", Kind.ENROLLMENT, finds, newcomer),
            desk.post("clinic", Kind.ENCOUNTER, about(f"{number}-P1", "P1", **VISIT)),
        )
        assert await astray(desk) == []
        assert await desk.fetch("SELECT DISTINCT child_id FROM encounter") == [(keep,)]
        await asyncio.gather(
            desk.undo(decision),
            desk.post("club", Kind.ENCOUNTER, about(f"{number}-late", "C2", **VISIT)),
        )
        assert await astray(desk) == []
        assert {await desk.child_of(mark) for mark in ("P1", "C2")} == {other}
