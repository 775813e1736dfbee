"""The way from a need to an outcome, counted by hand. The day is 15 October 2026, school year 2027."""

from typing import Any

from cabinet.coverage.answers.cascade import cascade
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured
from cabinet.coverage.gather import Asked
from cabinet.coverage.population import Population
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.world import DAY, World, attendance, child, enrollment

STEPS = ("inNeed", "contacted", "enrolled", "attended", "enough", "outcome")


async def ask(world: World, service: str, role: Role, *by: Dimension) -> Measured:
    sector = {"TUTORING": "EDUCATION", "WELL_CHILD_VISIT": "HEALTH"}.get(service, "OUT_OF_SCHOOL_TIME")
    member = Membership(world.harbor.community_id, role, sector=sector if role is Role.SECTOR_STEWARD else None)
    asked = Asked(Population(), (service,), DAY, by)
    return await cascade(world.database, Viewer("v", (member,)), world.harbor.community_id, asked)


def steps(answer: Measured, *group: str) -> dict[str, int | None]:
    return {
        figure.measure.name: figure.numerator.value if figure.numerator else None
        for figure in answer.figures
        if tuple(value.value for value in figure.about.group) == group
    }


def summer(number: int, status: str = "ENROLLED", **said: Any) -> dict[str, Any]:
    return enrollment(f"s{number}", f"C{number}", "camp", begins="2026-07-06", status=status, **said)


async def camp(world: World) -> None:
    """Twenty days of summer are enough. Twelve children, all of them in need, each lost somewhere else."""
    program = {"code": "camp", "name": "Camp", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await world.fill("club", Kind.PROGRAM, [program])
    service = {"code": "camp-s", "name": "Camp", "program": "camp", "service_type": "SUMMER"}
    await world.fill("club", Kind.SERVICE, [service])
    await world.roster("club", *(child(f"C{n}", f"Child{n}", family=f"F{n}", grade="03") for n in range(10)))
    await world.enroll(
        "club",
        summer(0, "COMPLETED", ends="2026-08-14"),  # twenty days, and completed
        summer(1, "WITHDRAWN", ends="2026-08-14"),  # twenty days, and withdrawn
        summer(2, "COMPLETED", ends="2026-08-14"),  # nineteen days and one absent: not enough, though completed
        summer(3),  # nineteen days, one of them twice
        summer(4),  # present on no day
        summer(5, "WAITLISTED"),
        summer(6, "NOT_ENROLLED"),
        enrollment("s7", "C7", "camp", begins="2026-05-04", status="COMPLETED", ends="2026-06-30"),  # last year's
        enrollment("s8", "C8", "camp", begins="2026-06-01", status="ENROLLED"),  # goes on into this year
    )
    days = [f"2026-07-{day:02}" for day in range(6, 31)][:20]
    for number, many in ((0, 20), (1, 20), (2, 19), (3, 19), (8, 1)):
        rows = [attendance(f"a{number}-{day}", f"C{number}", day, program="camp") for day in days[:many]]
        await world.fill("club", Kind.ATTENDANCE, rows)
    absent = attendance("x2", "C2", days[19], program="camp", category="ABSENT")
    twice = attendance("x3", "C3", days[0], program="camp", session="afternoon")
    await world.fill("club", Kind.ATTENDANCE, [absent, twice])


async def test_every_step_is_counted_among_those_at_the_step_before(world: World) -> None:
    await camp(world)
    answer = await ask(world, "SUMMER", Role.SECTOR_STEWARD)
    assert tuple(steps(answer).items()) == tuple(zip(STEPS, (10, 8, 6, 5, 2, 1), strict=True))
    assert [figure.value for figure in answer.figures] == [1, 0.8, 0.6, 0.5, 0.2, 0.1]


async def test_a_referral_is_contact_and_an_encounter_is_a_dose(world: World) -> None:
    await world.roster("clinic", *(child(f"P{n}", f"Pat{n}") for n in range(4)))
    visit = {"service_type": "WELL_CHILD_VISIT", "kind": "VISIT"}
    rows = [
        {"record_id": f"v{n}", "child": {"source_id": f"P{n}"}, "occurred_on": day, **visit}
        for n, day in ((0, "2026-10-15"), (1, "2025-10-15"))  # the second is a year ago, and too old
    ]
    await world.fill("clinic", Kind.ENCOUNTER, rows)
    referral = {"service_type": "WELL_CHILD_VISIT", "sent": "2026-09-01"}
    sent = [
        {"record_id": "r2", "child": {"source_id": "P2"}, "status": "SENT", **referral},
        {
            "record_id": "r3",
            "child": {"source_id": "P3"},
            "status": "CANCELLED",
            **referral,
            "closed": "2026-09-02",
        },
    ]
    await world.fill("clinic", Kind.REFERRAL, sent)
    answer = await ask(world, "WELL_CHILD_VISIT", Role.SECTOR_STEWARD)
    # Without a dosage nobody can tell what is enough, and nothing is said of it.
    assert steps(answer) == {"inNeed": 4, "contacted": 2, "enrolled": 1, "attended": 1, "outcome": 0}


async def test_what_is_lost_at_a_step_is_withheld_like_any_small_count(world: World) -> None:
    await world.roster("club", *(child(f"C{n}", f"Child{n}", family=f"F{n}", grade="03") for n in range(30)))
    await world.enroll("club", *(enrollment(f"e{n}", f"C{n}", "after") for n in range(26)))
    found = steps(await ask(world, "AFTER_SCHOOL", Role.CABINET_STAFF))
    # 26 of 30 are contacted and enrolled: the four who are not would be a subtraction away.
    assert found["inNeed"] is None or (found["contacted"] is None and found["enrolled"] is None)
    assert (found["attended"], found["enough"]) == (0, 0)
    by_sex = await ask(world, "AFTER_SCHOOL", Role.CABINET_STAFF, Dimension.SEX)
    assert set(steps(by_sex, "FEMALE")) == set(STEPS)
