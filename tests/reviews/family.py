"""Two children with everything there is to say of a child, so that nothing can be forgotten in joining them."""

from typing import Any
from uuid import UUID

from cabinet.intake.rows import Kind
from tests.reviews.deciding import Desk
from tests.world import attendance, child, enrollment

ENGLISH = {"kind": "ENGLISH_LEARNER", "value": "YES", "begins": "2026-09-01"}
IEP = {"kind": "IEP", "value": "NO", "begins": "2026-08-15"}


def about(record_id: str, source_id: str, **said: Any) -> dict[str, Any]:
    return {"record_id": record_id, "child": {"source_id": source_id}, **said}


async def say(desk: Desk, organization: str, source_id: str, mark: str) -> None:
    """Say one of everything of a child, under record ids with a mark."""
    await desk.post(
        organization,
        Kind.ENCOUNTER,
        about(f"enc-{mark}", source_id, service_type="DENTAL", kind="VISIT", occurred_on="2026-09-10"),
    )
    await desk.post(
        organization,
        Kind.NEED,
        about(f"need-{mark}", source_id, service_type="TUTORING", basis="REQUEST", opened="2026-09-11"),
    )
    await desk.post(
        organization,
        Kind.REFERRAL,
        about(f"ref-{mark}", source_id, service_type="TUTORING", status="SENT", sent="2026-09-12"),
    )
    await desk.post(
        organization,
        Kind.CONSENT,
        about(f"con-{mark}", source_id, decision="PERMIT", begins="2026-09-01", payload={"why": mark}),
    )


async def two_children(desk: Desk) -> tuple[UUID, UUID]:
    """Fill in Ana as the district knows her, and Anna as clinic and club do; both are in the club's program."""
    ana = child("D1", "Ana", grade="03", identifiers={"DISTRICT_STUDENT_ID": "4711"}, race_ethnicity=["ASIAN"])
    anna = child("P1", "Anna", grade="04", characteristics=[IEP])
    await desk.post("district", Kind.CHILD, {**ana, "school": "ES1", "characteristics": [ENGLISH]})
    await desk.post("clinic", Kind.CHILD, anna)
    same = {"given_name": "Anna", "family_name": "Rivera", "birth_date": "2018-03-09", "sex": "FEMALE"}
    await desk.post("club", Kind.CHILD, {"record_id": "C2", "identity": same, "school_year": 2027, "grade": "03"})
    await desk.post("club", Kind.CHILD, child("C1", "Ana", grade="02", characteristics=[ENGLISH]))
    for organization, source_id, mark in (("district", "D1", "d"), ("clinic", "P1", "p"), ("club", "C2", "c2")):
        await say(desk, organization, source_id, mark)
    await desk.post("club", Kind.ENROLLMENT, enrollment("e1", "C1", "after"), enrollment("e2", "C2", "after"))
    await desk.post("club", Kind.ATTENDANCE, attendance("a1", "C1", "2026-09-02"))
    await desk.post("club", Kind.ATTENDANCE, attendance("a2", "C2", "2026-09-03"))
    assert await desk.child_of("D1") == await desk.child_of("C1")
    assert await desk.child_of("P1") == await desk.child_of("C2")
    return await desk.child_of("D1"), await desk.child_of("C2")
