"""What a steward is promised of joining two children, and of taking it back."""

from cabinet.intake.rows import Kind
from tests.reviews.deciding import Desk
from tests.reviews.family import two_children
from tests.world import enrollment


async def test_joining_moves_all_and_undoing_restores_every_row(desk: Desk) -> None:
    keep, other = await two_children(desk)
    before = await desk.dump()
    decision = await desk.merge(keep, other)
    joined = await desk.dump()
    assert joined != before
    left = await desk.fetch("SELECT sectors, organization_ids FROM child WHERE child_id = $1", other)
    assert left == [([], [])]
    for table in ("enrollment", "attendance_event", "encounter", "need", "referral", "consent", "child_identity"):
        assert await desk.fetch(f"SELECT DISTINCT child_id FROM {table}") == [(keep,)]
    await desk.undo(decision)
    assert await desk.dump() == before


async def test_two_open_enrollments_in_a_program_stand_side_by_side(desk: Desk) -> None:
    keep, other = await two_children(desk)
    await desk.merge(keep, other)
    rows = await desk.fetch("SELECT record_id, status, is_second FROM enrollment ORDER BY record_id")
    assert rows == [("e1", "ENROLLED", False), ("e2", "ENROLLED", True)]
    # Each can be corrected, none is refused for the other; a third is.
    later = [
        enrollment(each, source, "after", record_version=2, begins="2026-09-03")
        for each, source in (("e1", "C1"), ("e2", "C2"))
    ]
    receipt = await desk.post("club", Kind.ENROLLMENT, *later)
    assert [str(each.verdict) for each in receipt.outcomes] == ["UPDATED", "UPDATED"]
    third = await desk.client.world.post("club", Kind.ENROLLMENT, enrollment("e3", "C1", "after"))
    assert [problem.code for problem in third.outcomes[0].problems] == ["ALREADY_ENROLLED"]
