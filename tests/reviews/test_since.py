"""What was said between a decision and its undoing stays, with the record that said it."""

from uuid import UUID

from cabinet.intake.rows import Kind
from tests.reviews.deciding import Desk
from tests.reviews.family import ENGLISH, about, two_children
from tests.world import attendance, child, enrollment

VISIT = {"service_type": "DENTAL", "kind": "VISIT", "occurred_on": "2026-10-01"}


async def whose(desk: Desk, table: str) -> dict[str, UUID]:
    return dict(await desk.fetch(f"SELECT record_id, child_id FROM {table}"))


async def test_what_arrived_goes_with_its_record(desk: Desk) -> None:
    """Of one organization too, which has a record on either side."""
    keep, other = await two_children(desk)
    decision = await desk.merge(keep, other)
    await desk.post("clinic", Kind.ENCOUNTER, about("later-p", "P1", **VISIT))
    await desk.post("district", Kind.ENCOUNTER, about("later-d", "D1", **VISIT))
    await desk.post("club", Kind.ENCOUNTER, about("later-c1", "C1", **VISIT), about("later-c2", "C2", **VISIT))
    await desk.post("club", Kind.ATTENDANCE, attendance("later-a2", "C2", "2026-10-02", enrollment="e2"))
    assert set((await whose(desk, "encounter")).values()) == {keep}
    await desk.undo(decision)
    found = await whose(desk, "encounter")
    assert [found[f"later-{mark}"] for mark in ("d", "c1", "p", "c2")] == [keep, keep, other, other]
    assert (await whose(desk, "attendance_event"))["later-a2"] == other


async def test_a_correction_stays_and_the_rest_of_its_row_is_restored(desk: Desk) -> None:
    keep, other = await two_children(desk)
    decision = await desk.merge(keep, other)
    ended = enrollment("e2", "C2", "after", record_version=2, status="COMPLETED", ends="2026-10-10")
    await desk.post("club", Kind.ENROLLMENT, ended)
    await desk.undo(decision)
    sql = "SELECT record_id, child_id, status, is_second FROM enrollment ORDER BY record_id"
    assert await desk.fetch(sql) == [("e1", keep, "ENROLLED", False), ("e2", other, "COMPLETED", False)]


async def test_what_a_roster_said_of_a_year_comes_back_to_the_child_it_was_said_of(desk: Desk) -> None:
    """The club has both children on its roster: their rows of the year became one meanwhile."""
    keep, other = await two_children(desk)
    years = "SELECT child_id, grade FROM child_year WHERE organization_id = $1 ORDER BY grade"
    club = (await desk.client.world.source("club")).organization_id
    decision = await desk.merge(keep, other)
    assert await desk.fetch(years, club) == [(keep, "02")]
    moved_up = {**child("C2", "Anna", grade="05"), "characteristics": [{**ENGLISH, "value": "NO"}]}
    await desk.post("club", Kind.CHILD, moved_up)
    await desk.undo(decision)
    assert await desk.fetch(years, club) == [(keep, "02"), (other, "05")]
    words = "SELECT child_id, value FROM characteristic WHERE organization_id = $1 ORDER BY value"
    assert await desk.fetch(words, club) == [(other, "NO"), (keep, "YES")]


async def test_a_child_found_meanwhile_stays_where_it_was_found(desk: Desk) -> None:
    """A third source that knows the joined child by the number of the one goes with that one."""
    keep, other = await two_children(desk)
    decision = await desk.merge(keep, other)
    by_number = child("X1", "Anne", identifiers={"DISTRICT_STUDENT_ID": "4711"})
    await desk.post("arts", Kind.CHILD, by_number)
    assert await desk.child_of("X1") == keep
    await desk.undo(decision)
    assert await desk.child_of("X1") == keep
    arts = (await desk.client.world.source("arts")).organization_id
    held = await desk.fetch("SELECT child_id FROM child WHERE organization_ids @> ARRAY[$1::uuid]", arts)
    assert held == [(keep,)]


async def test_what_was_said_is_said_again_and_changes_nothing(desk: Desk) -> None:
    keep, other = await two_children(desk)
    same = (enrollment("e1", "C1", "after"), enrollment("e2", "C2", "after"))
    again = tuple({**row, "record_version": 1} for row in same)

    async def verdicts() -> set[str]:
        receipts = [await desk.post("club", Kind.ENROLLMENT, *rows) for rows in (same, again)]
        return {str(each.verdict) for receipt in receipts for each in receipt.outcomes}

    decision = await desk.merge(keep, other)
    assert await verdicts() == {"UNCHANGED"}
    await desk.undo(decision)
    assert await verdicts() == {"UNCHANGED"}
