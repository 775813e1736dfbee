"""What children get of a service, counted by hand. The day is Thursday, 15 October 2026, school year 2027."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from cabinet.coverage import participation_measures as measures
from cabinet.coverage.answers.compare import compare
from cabinet.coverage.answers.disparity import Beside, disparity
from cabinet.coverage.answers.on_day import on_day
from cabinet.coverage.answers.trend import trend
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Figure, Measured
from cabinet.coverage.gather import Asked
from cabinet.coverage.measures import IN_NEED, SERVED, WAITLISTED, Measure
from cabinet.coverage.population import Population
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.world import DAY, World, attendance, child, enrollment

NORTH = Population(values={Dimension.NEIGHBORHOOD: ("north",)})
OST = ("AFTER_SCHOOL", "STEM")

Told = dict[tuple[str, ...], tuple[int | None, int | None, float | None]]


def viewer(world: World, role: Role, sector: str = "OUT_OF_SCHOOL_TIME") -> Viewer:
    steward = sector if role is Role.SECTOR_STEWARD else None
    return Viewer("v", (Membership(world.harbor.community_id, role, sector=steward),))


def told(answer: Measured) -> Told:
    """Return numerator, denominator and value by measure, service, population and group."""
    return {name(figure): (*numbers(figure), figure.value) for figure in answer.figures}


def name(figure: Figure) -> tuple[str, ...]:
    about = figure.about
    words = (about.service.code if about.service else "", about.of or "", *(value.value for value in about.group))
    return (figure.measure.name, *(word for word in words if word))


def numbers(figure: Figure) -> tuple[int | None, int | None]:
    numerator, denominator = figure.numerator, figure.denominator
    return (numerator.value if numerator else None), (denominator.value if denominator else None)


async def ask(
    world: World,
    wanted: Sequence[Measure],
    *by: Dimension,
    services: tuple[str, ...] = ("SUMMER",),
    role: Role = Role.SECTOR_STEWARD,
    as_of: date = DAY,
) -> Told:
    asked = Asked(Population(), services, as_of, by)
    return told(await on_day(world.database, viewer(world, role), world.harbor.community_id, asked, wanted, "x"))


async def program(world: World, code: str, *types: str) -> None:
    row = {"code": code, "name": code, "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await world.fill("club", Kind.PROGRAM, [row])
    services = [{"code": f"{code}-{t}", "name": code, "program": code, "service_type": t} for t in types]
    await world.fill("club", Kind.SERVICE, services)


async def children(world: World, many: int, **said: Any) -> None:
    await world.roster("club", *(child(f"C{n}", f"Child{n}", family=f"F{n}", **said) for n in range(many)))


async def present(world: World, number: int, program: str, days: Sequence[date], **said: Any) -> None:
    rows = [
        attendance(f"{program}-{number}-{day}", f"C{number}", str(day), program=program, **said) for day in days
    ]
    await world.fill("club", Kind.ATTENDANCE, rows)


def days_from(first: date, many: int) -> list[date]:
    return [first + timedelta(n) for n in range(many)]


async def camp(world: World) -> None:
    """Twenty days of summer are enough. Ten children in need; it is 14 August, and seven are in the camp."""
    await program(world, "camp", "SUMMER")
    await children(world, 10, grade="03", neighborhood="north")
    begun = [enrollment(f"s{n}", f"C{n}", "camp", begins="2026-07-01") for n in range(6)]
    gone = enrollment("s6", "C6", "camp", begins="2026-07-01", status="COMPLETED", ends="2026-08-13")
    waits = enrollment("s7", "C7", "camp", begins="2026-07-01", status="WAITLISTED")
    await world.enroll("club", *begun, gone, waits)
    july = date(2026, 7, 6)
    for number, many in ((0, 20), (1, 25), (2, 19), (6, 30)):
        await present(world, number, "camp", days_from(july, many))
    # Twenty days with one absent; twenty with one told twice; and twenty of which one is to come.
    await present(world, 3, "camp", days_from(july, 19))
    await present(world, 3, "camp", [date(2026, 8, 3)], category="ABSENT")
    await present(world, 4, "camp", days_from(july, 19))
    await present(world, 4, "camp", [july], session="afternoon")
    await present(world, 5, "camp", [*days_from(july, 19), date(2026, 8, 15)])


AUGUST = date(2026, 8, 14)


async def test_served_enough_are_those_of_the_served_who_came_often_enough(world: World) -> None:
    await camp(world)
    wanted = (IN_NEED, SERVED, *measures.EFFECTIVE_COVERAGE)
    found = await ask(world, wanted, as_of=AUGUST)
    assert found == {
        ("inNeed", "SUMMER"): (10, None, 10),
        # The seventh had enough and completed yesterday: served no longer, and so not served enough.
        ("served", "SUMMER"): (6, None, 6),
        ("servedEnough", "SUMMER"): (2, None, 2),
        ("effectiveCoverageRate", "SUMMER"): (2, 10, 0.2),
    }
    day_after = await ask(world, measures.EFFECTIVE_COVERAGE, as_of=AUGUST + timedelta(1))
    assert day_after["servedEnough", "SUMMER"] == (3, None, 3)


async def test_a_recent_encounter_is_enough_and_without_a_dosage_nothing_is_said(world: World) -> None:
    await world.roster("clinic", *(child(f"P{n}", f"Pat{n}") for n in range(3)))
    visits = [
        {"record_id": f"v{n}", "child": {"source_id": f"P{n}"}, "occurred_on": day, "kind": "VISIT", **kind}
        for n, day, kind in (
            (0, "2026-10-01", {"service_type": "BEHAVIORAL_HEALTH"}),
            (1, "2026-10-01", {"service_type": "WELL_CHILD_VISIT"}),
        )
    ]
    await world.fill("clinic", Kind.ENCOUNTER, visits)
    asked = Asked(Population(), ("WELL_CHILD_VISIT",), DAY)
    steward = viewer(world, Role.SECTOR_STEWARD, "HEALTH")
    wanted = (SERVED, *measures.EFFECTIVE_COVERAGE)
    answer = await on_day(world.database, steward, world.harbor.community_id, asked, wanted, "x")
    assert told(answer) == {("served", "WELL_CHILD_VISIT"): (1, None, 1)}


async def test_the_median_wait_is_by_the_longest_wait_of_each(world: World) -> None:
    await program(world, "late", "AFTER_SCHOOL")
    await children(world, 6, grade="03")
    waits = {"status": "WAITLISTED"}
    await world.enroll(
        "club",
        enrollment("w0", "C0", "after", begins="2026-10-15", **waits),  # today: no day yet
        enrollment("w1", "C1", "after", begins="2026-10-05", **waits),  # 10
        enrollment("w2", "C2", "late", begins="2026-09-15", **waits),  # 30, and on another list since 10
        enrollment("w3", "C2", "after", begins="2026-10-05", **waits),
        enrollment("w4", "C3", "after", begins="2026-07-07", **waits),  # 100
        enrollment("w5", "C4", "after", begins="2026-01-01", **waits),  # served by the other: waits for nothing
        enrollment("w6", "C4", "late", begins="2026-09-01"),
        enrollment("w7", "C5", "after", begins="2026-09-01", ends="2026-10-14", **waits),  # no longer on it
        enrollment("w8", "C5", "late", begins="2026-10-16", **waits),  # not on it yet
    )
    wanted = (WAITLISTED, *measures.WAITING)
    found = await ask(world, wanted, services=("AFTER_SCHOOL",))
    assert found == {
        ("waitlisted", "AFTER_SCHOOL"): (4, None, 4),
        ("medianDaysWaiting", "AFTER_SCHOOL"): (None, 4, 20),
    }
    nobody = await ask(world, measures.WAITING, services=("STEM",))
    assert nobody == {("medianDaysWaiting", "STEM"): (None, 0, None)}


async def test_dosage_is_days_a_week_days_and_services(world: World) -> None:
    await program(world, "both", *OST)
    await children(world, 5, grade="03", neighborhood="north")
    monday = date(2026, 9, 7)
    # Five days in two weeks; one day in one. A day of two sessions is one day, and Sunday is its week's last.
    await present(world, 0, "after", [*days_from(monday, 4), date(2026, 9, 20)])
    await present(world, 0, "after", [monday], session="afternoon")
    await present(world, 1, "after", [monday])
    # Two days in one week, of a program that gives two services; one of them is a day of the other program, too.
    await present(world, 2, "both", days_from(monday, 2))
    await present(world, 2, "after", [monday])
    # Absent, tomorrow, and last year's: no part taken.
    await present(world, 3, "after", [monday], category="ABSENT")
    await present(world, 4, "after", [DAY])
    await present(world, 3, "after", [date(2026, 6, 30)])
    found = await ask(world, measures.DOSAGE, Dimension.NEIGHBORHOOD, services=OST, as_of=DAY - timedelta(1))
    totals = {key: numbers for key, numbers in found.items() if key[-1] != "north"}
    assert totals == {
        ("participants", "AFTER_SCHOOL"): (3, None, 3),
        ("participants", "STEM"): (1, None, 1),
        # Of 2.5, 1 and 2 days a week: 1.83; of 5, 1 and 2 days: 2.67.
        ("intensity", "AFTER_SCHOOL"): (None, 3, 1.8),
        ("intensity", "STEM"): (None, 1, 2.0),
        ("duration", "AFTER_SCHOOL"): (None, 3, 2.7),
        ("duration", "STEM"): (None, 1, 2.0),
        ("participantsOfAny",): (3, None, 3),
        ("breadth",): (None, 3, 1.3),
    }
    assert found == {**totals, **{(*key, "north"): numbers for key, numbers in totals.items()}}


async def test_retention_is_of_those_who_could_stay_and_are_still_in_the_program(world: World) -> None:
    await program(world, "late", "AFTER_SCHOOL")
    await children(world, 9, grade="03")
    old = child("C9", "Child9", family="F9", grade="13", birth_date="2007-01-01")
    await world.roster("club", old)
    before = {"begins": "2025-09-01"}
    done = {**before, "status": "COMPLETED", "ends": "2026-06-15"}
    await world.enroll(
        "club",
        enrollment("a0", "C0", "after", **before),  # goes on
        enrollment("a1", "C1", "after", **done),
        enrollment("b1", "C1", "after"),  # came back
        enrollment("a2", "C2", "after", **done),
        enrollment("b2", "C2", "late"),  # came back, to another program
        enrollment("a3", "C3", "after", **done),  # did not
        enrollment("a4", "C4", "after", **done),
        enrollment("b4", "C4", "after", status="WITHDRAWN", ends="2026-10-14"),  # no longer in it
        enrollment("a5", "C5", "after", **{**done, "status": "WAITLISTED"}),  # never in it
        enrollment("b6", "C6", "after"),  # new
        enrollment("a7", "C7", "after", **{**done, "begins": "2024-09-01", "ends": "2025-06-30"}),  # long ago
        enrollment("a8", "C8", "late", **{**done, "begins": "2025-07-01", "ends": "2025-07-01"}),  # one day
        enrollment("a9", "C9", "after", **done),  # aged out, and in it all the same
        enrollment("b9", "C9", "after"),
    )
    found = await ask(world, measures.RETENTION, services=("AFTER_SCHOOL",))
    assert found == {
        ("couldStay", "AFTER_SCHOOL"): (6, None, 6),
        ("kept", "AFTER_SCHOOL"): (2, None, 2),
        ("retentionRate", "AFTER_SCHOOL"): (2, 6, 0.3333),
    }


async def test_they_are_asked_over_time_beside_others_and_between_groups(world: World) -> None:
    await camp(world)
    where = world.database, viewer(world, Role.SECTOR_STEWARD), world.harbor.community_id
    asked = Asked(Population(), ("SUMMER",), AUGUST)
    rate = measures.EFFECTIVE_COVERAGE_RATE
    days = [date(2026, 7, 25), AUGUST]
    series = await trend(*where, asked, days, [rate, measures.DURATION, IN_NEED])
    found = [(f.measure.name, f.value) for f in series.figures]
    # By 25 July three of them had 20 days and four had 19; by 14 August one had 25, and one, gone by then, 30.
    assert found == [
        *(("effectiveCoverageRate", 0.3), ("effectiveCoverageRate", 0.2)),
        *(("duration", 19.4), ("duration", 21.6)),
        *(("inNeed", 10), ("inNeed", 10)),
    ]
    beside = told(await compare(*where, Asked(NORTH, ("SUMMER",), AUGUST), Population(none_of=NORTH), [rate]))
    assert beside["effectiveCoverageRate", "SUMMER", "population"] == (2, 10, 0.2)
    assert beside["effectiveCoverageRate", "SUMMER", "against"] == (0, 0, None)
    groups = await disparity(*where, Asked(Population(), ("SUMMER",), AUGUST, (Dimension.SEX,)), rate, Beside())
    assert told(groups)["rateDifference", "SUMMER", "FEMALE"] == (None, None, 0)


@pytest.mark.parametrize("number", [10, 11])
async def test_no_mean_and_no_median_of_ten_children_is_shown(world: World, number: int) -> None:
    await program(world, "camp", "SUMMER")
    await children(world, 40, grade="03", neighborhood="north")
    for n in range(number):
        await present(world, n, "camp", days_from(date(2026, 7, 6), n + 1))
    waits = [
        enrollment(f"w{n}", f"C{n}", "after", begins="2026-10-01", status="WAITLISTED") for n in range(number)
    ]
    await world.enroll("club", *waits)
    services = ("SUMMER", "AFTER_SCHOOL")
    found = await ask(world, (*measures.DOSAGE, *measures.WAITING), services=services, role=Role.CABINET_STAFF)
    shown = {key: found[key][-1] for key in found if key[-1] in ("SUMMER", "breadth")} | {
        "median": found["medianDaysWaiting", "AFTER_SCHOOL"][-1]
    }
    expected = {
        ("participants", "SUMMER"): 11,
        # 1 to 7 days in a week, and 8 to 11 in two: 47 / 11.
        ("intensity", "SUMMER"): 4.3,
        ("duration", "SUMMER"): 6,
        ("medianDaysWaiting", "SUMMER"): None,
        ("breadth",): 1,
        "median": 14,
    }
    assert shown == (expected if number == 11 else dict.fromkeys(expected))


async def test_counts_of_several_measures_are_withheld_together(world: World) -> None:
    await program(world, "both", *OST)
    await children(world, 40, grade="03", neighborhood="north")
    for n in range(30):
        await present(world, n, "after", [date(2026, 9, 7)])
    for n in range(26, 40):
        await present(world, n, "both", [date(2026, 9, 7)])
    found = await ask(world, measures.DOSAGE, services=OST, role=Role.CABINET_STAFF)
    shown = [found[key][0] for key in (("participants", "AFTER_SCHOOL"), ("participantsOfAny",))]
    # All forty are in one; fourteen in STEM, each of them after school as well: no small count follows from that.
    assert shown == [40, 40]
    assert found["breadth",] == (None, 40, 1.4)
    few = await ask(world, measures.DOSAGE, services=("AFTER_SCHOOL", "ARTS_AND_MUSIC"), role=Role.CABINET_STAFF)
    assert few["breadth",][-1] == 1
