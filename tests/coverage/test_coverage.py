"""Coverage against small worlds counted by hand. The day is 15 October 2026, school year 2027."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cabinet.coverage.answer import Counts, Coverage
from cabinet.coverage.coverage import coverage
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Ages, Population
from cabinet.errors import Forbidden, InputInvalid
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.world import DAY, World, child, enrollment

if TYPE_CHECKING:
    from uuid import UUID


async def steward(world: World, sector: str) -> Viewer:
    return Viewer("s", (Membership(world.harbor.community_id, Role.SECTOR_STEWARD, sector=sector),))


async def agency(world: World, code: str) -> Viewer:
    organization: UUID = (await world.source(code)).organization_id
    member = Membership(world.harbor.community_id, Role.PARTNER_AGENCY, organization_id=organization)
    return Viewer("a", (member,))


async def count(
    world: World, viewer: Viewer, service: str, population: Population | None = None, **how: Any
) -> Coverage:
    return await coverage(
        world.database,
        viewer,
        world.harbor.community_id,
        population or Population(),
        [service],
        how.pop("as_of", DAY),
        how.pop("by", ()),
    )


def numbers(counts: Counts | None) -> tuple[int | None, ...]:
    """Return population, eligible, in need, served, gap, waitlisted."""
    assert counts is not None
    return tuple(
        cell.value
        for cell in (
            *(counts.population, counts.eligible, counts.in_need),
            *(counts.served, counts.gap, counts.waitlisted),
        )
    )


def by_group(answer: Coverage) -> Mapping[tuple[str, ...], tuple[int | None, ...]]:
    return {
        tuple(value.value for value in group.values): numbers(group.counts) for group in answer.services[0].groups
    }


def club_child(number: int, **said: Any) -> dict[str, Any]:
    return child(f"C{number}", f"Child{number}", **said)


async def test_after_school_by_hand(world: World) -> None:
    await world.roster(
        "club",
        club_child(1, grade="03", neighborhood="north"),
        club_child(2, grade="03", neighborhood="north"),
        club_child(3, grade="08", neighborhood="south"),
        club_child(4, grade="09", neighborhood="south"),  # after school is for KG to 08
        club_child(5, birth_date="2023-05-05", neighborhood="south"),  # three years old, no grade
        club_child(6, neighborhood="south"),  # eight years old, grade unknown: eligible by age
        club_child(7, grade="01"),  # neighborhood unknown
    )
    await world.enroll(
        "club",
        enrollment("e1", "C1", "after"),
        enrollment("e2", "C2", "after", status="WAITLISTED"),
        enrollment("e3", "C3", "after", status="COMPLETED", ends="2026-10-14"),  # ended the day before
        enrollment("e4", "C4", "after"),  # reached, but not in need
        enrollment("e6", "C6", "after", status="WITHDRAWN", ends="2026-10-15"),  # the last day counts
    )
    viewer = await steward(world, "OUT_OF_SCHOOL_TIME")
    answer = await count(world, viewer, "AFTER_SCHOOL", by=(Dimension.NEIGHBORHOOD,))
    assert answer.population.value == 7
    assert numbers(answer.services[0].total) == (7, 5, 5, 2, 3, 1)
    assert by_group(answer) == {
        ("north",): (2, 2, 2, 1, 1, 1),
        ("south",): (4, 2, 2, 1, 1, 0),
        ("UNKNOWN",): (1, 1, 1, 0, 1, 0),
    }
    assert answer.services[0].total is not None
    assert answer.services[0].total.coverage_rate == 0.4
    assert answer.services[0].total.gap_rate == 0.6


async def test_the_day_asked_decides(world: World) -> None:
    await world.roster("club", club_child(1, grade="03"))
    await world.enroll("club", enrollment("e1", "C1", "after", begins="2026-10-01"))
    viewer = await steward(world, "OUT_OF_SCHOOL_TIME")
    served = {}
    for day in ("2026-09-30", "2026-10-01", "2027-06-30", "2027-07-01", "2026-06-30"):
        answer = await count(world, viewer, "AFTER_SCHOOL", as_of=type(DAY).fromisoformat(day))
        total = numbers(answer.services[0].total)
        served[day] = (answer.school_year, total[0], total[3])
    assert served == {
        "2026-09-30": (2027, 1, 0),
        "2026-10-01": (2027, 1, 1),
        "2027-06-30": (2027, 1, 1),
        # Not on next year's lists yet, but still enrolled: the child is there, and reached.
        "2027-07-01": (2028, 1, 1),
        "2026-06-30": (2026, 0, 0),
    }


async def test_an_encounter_counts_for_its_recency_window(world: World) -> None:
    visits = {"C1": "2025-10-14", "C2": "2025-10-15", "C3": "2026-10-14", "C4": "2026-10-15"}
    await world.roster("clinic", *(club_child(n) for n in range(1, 6)))
    rows = [
        {
            "record_id": f"v{source_id}",
            "child": {"source_id": source_id},
            "service_type": "WELL_CHILD_VISIT",
            "kind": "VISIT",
            "occurred_on": day,
        }
        for source_id, day in visits.items()
    ]
    await world.fill("clinic", Kind.ENCOUNTER, rows)
    day_before = DAY - timedelta(days=1)
    answer = await count(world, await steward(world, "HEALTH"), "WELL_CHILD_VISIT", as_of=day_before)
    # Twelve months: the visit a year ago to the day is too old, and the next day's has not happened.
    assert numbers(answer.services[0].total) == (5, 5, 5, 2, 3, 0)


def has(kind: str, value: str = "YES", **period: str) -> dict[str, Any]:
    return {"kind": kind, "value": value, "begins": "2026-08-01", **period}


async def test_need_by_rule_follows_the_dated_characteristic(world: World) -> None:
    await world.roster(
        "district",
        child("D1", "Ana", grade="03", characteristics=[has("ENGLISH_LEARNER")]),
        child("D2", "Bo", grade="03", characteristics=[has("ENGLISH_LEARNER", "NO")]),
        child("D3", "Cy", grade="03"),
        child("D4", "Di", grade="03", characteristics=[has("ENGLISH_LEARNER", ends="2026-10-14")]),
        child("D5", "Ed", grade="03", characteristics=[has("ENGLISH_LEARNER", ends="2026-10-15")]),
    )
    viewer = await steward(world, "EDUCATION")
    answer = await count(world, viewer, "ENGLISH_LEARNER_SERVICES", by=(Dimension.ENGLISH_LEARNER,))
    assert numbers(answer.services[0].total) == (5, 5, 2, 0, 2, 0)
    assert by_group(answer) == {
        ("YES",): (2, 2, 2, 0, 2, 0),
        ("NO",): (1, 1, 0, 0, 0, 0),
        ("UNKNOWN",): (2, 2, 0, 0, 0, 0),
    }


async def test_need_identified_only_while_it_is_open(world: World) -> None:
    await world.roster("district", *(child(f"D{n}", f"Kid{n}", grade="05") for n in range(1, 5)))
    needs = [("D1", "2026-09-01", None), ("D2", "2026-09-01", "2026-10-15"), ("D3", "2026-10-16", None)]
    rows = [
        {
            "record_id": f"n{source_id}",
            "child": {"source_id": source_id},
            "service_type": "TUTORING",
            "basis": "SCREENING",
            "opened": opened,
            "resolved": resolved,
        }
        for source_id, opened, resolved in needs
    ]
    await world.fill("district", Kind.NEED, rows)
    await world.enroll("district", enrollment("t1", "D1", "tutoring"), enrollment("t4", "D4", "tutoring"))
    answer = await count(world, await steward(world, "EDUCATION"), "TUTORING")
    # D2 is resolved that day, D3 opens the day after; D4 is tutored without a known need.
    assert numbers(answer.services[0].total) == (4, 4, 1, 1, 0, 0)


async def test_ages_are_completed_years_by_month_of_birth(world: World) -> None:
    await world.roster(
        "clinic",
        club_child(1, birth_date="2020-10-31"),  # six from 1 October on
        club_child(2, birth_date="2020-11-01"),
        club_child(3, birth_date="2026-10-15"),
    )
    viewer = await steward(world, "HEALTH")
    found = {
        (low, high): (
            await count(world, viewer, "IMMUNIZATION", Population(ages=Ages(low, high)))
        ).population.value
        for low, high in ((6, None), (5, 5), (0, 0), (None, None), (None, 5))
    }
    assert found == {(6, None): 1, (5, 5): 1, (0, 0): 1, (None, None): 3, (None, 5): 2}


async def three_children(world: World) -> Viewer:
    await world.roster(
        "district",
        child("D1", "Ana", grade="03", race_ethnicity=["ASIAN", "WHITE"], characteristics=[has("IEP")]),
        child("D2", "Bo", grade="04", race_ethnicity=["WHITE"], sex="MALE"),
        child("D3", "Cy", grade="03", sex="MALE", characteristics=[has("IEP", "NO")]),
    )
    await world.enroll("district", enrollment("t1", "D1", "tutoring"))
    return await steward(world, "EDUCATION")


GRADE_3 = Population(values={Dimension.GRADE: ("03",)})
BOYS = Population(values={Dimension.SEX: ("MALE",)})
POPULATIONS = [
    (Population(), 3),
    (GRADE_3, 2),
    (Population(all_of=(GRADE_3, BOYS)), 1),
    (Population(any_of=(GRADE_3, BOYS)), 3),
    (Population(none_of=GRADE_3), 1),
    (Population(none_of=Population(none_of=GRADE_3)), 2),
    (Population(any_of=()), 0),
    (Population(values={Dimension.IEP: ("UNKNOWN",)}), 1),
    (Population(none_of=Population(values={Dimension.IEP: ("YES",)})), 2),
    (Population(race_ethnicity=("WHITE",)), 2),
    (Population(none_of=Population(race_ethnicity=("WHITE",))), 1),
    (Population(served_by=("TUTORING",)), 1),
    (Population(none_of=Population(served_by=("TUTORING",))), 2),
    (Population(in_need_of=("SPECIAL_EDUCATION",)), 1),
]


@pytest.mark.parametrize(("population", "expected"), POPULATIONS)
async def test_populations_by_hand(world: World, population: Population, expected: int) -> None:
    viewer = await three_children(world)
    assert (await count(world, viewer, "TUTORING", population)).population.value == expected


async def test_race_and_ethnicity_parts_add_up(world: World) -> None:
    viewer = await three_children(world)
    answer = await count(world, viewer, "TITLE_I", by=(Dimension.RACE_ETHNICITY, Dimension.SEX))
    populations = {group: counts[0] for group, counts in by_group(answer).items()}
    assert populations == {("MULTIPLE", "FEMALE"): 1, ("WHITE", "MALE"): 1, ("UNKNOWN", "MALE"): 1}


async def test_a_child_of_three_sectors_counts_once(world: World) -> None:
    ana = child("D1", "Ana", grade="03")
    await world.roster("district", ana)
    await world.roster("clinic", ana)
    await world.roster("club", {**ana, "grade": "04"})
    await world.enroll("club", enrollment("e1", "D1", "after"))
    staff = Viewer("x", (Membership(world.harbor.community_id, Role.CABINET_STAFF),))
    await world.roster("district", *(child(f"K{n}", f"Kid{n}", grade="03") for n in range(20)))
    answer = await count(world, staff, "AFTER_SCHOOL")
    # The schools' word on the grade comes first, so all 21 are third graders.
    by_grade = await count(world, staff, "AFTER_SCHOOL", by=(Dimension.GRADE,))
    assert answer.population.value == 21
    assert list(by_group(by_grade)) == [("03",)]


async def test_what_is_out_of_scope_is_unknown_and_not_a_gap(world: World) -> None:
    viewer = await three_children(world)
    answer = await count(world, viewer, "AFTER_SCHOOL")
    assert (answer.population.value, answer.services[0].total) == (3, None)
    for outside in (Population(served_by=("AFTER_SCHOOL",)), Population(sectors=("HEALTH",))):
        with pytest.raises(Forbidden):
            await count(world, viewer, "TUTORING", outside)


async def test_an_agency_counts_its_own_clients_and_nobody_elses(world: World) -> None:
    ana, bo = child("D1", "Ana", grade="03"), child("D2", "Bo", grade="03", sex="MALE")
    await world.roster("district", ana, bo)
    await world.enroll("club", enrollment("e1", ana, "after"))
    await world.enroll("arts", enrollment("e1", bo, "paint"))
    club, arts = await agency(world, "club"), await agency(world, "arts")
    assert numbers((await count(world, club, "AFTER_SCHOOL")).services[0].total) == (1, 1, 1, 1, 0, 0)
    assert (await count(world, arts, "AFTER_SCHOOL")).services[0].total is None
    with pytest.raises(Forbidden):
        await count(world, club, "AFTER_SCHOOL", by=(Dimension.RACE_ETHNICITY,))


async def test_unknown_words_are_refused(world: World) -> None:
    viewer = await three_children(world)
    for population in (
        Population(values={Dimension.NEIGHBORHOOD: ("atlantis",)}),
        Population(values={Dimension.GRADE: ("3",)}),
        Population(values={Dimension.AGE_BAND: ("old",)}),
        Population(in_need_of=("MAGIC",)),
        Population(none_of=Population(ages=Ages(9, 2))),
    ):
        with pytest.raises(InputInvalid):
            await count(world, viewer, "TUTORING", population)
    with pytest.raises(InputInvalid):
        await count(world, viewer, "MAGIC")
    with pytest.raises(InputInvalid):
        await count(world, viewer, "TUTORING", by=(Dimension.SEX, Dimension.SEX))


async def test_two_services_of_which_one_is_for_a_few_more_do_not_tell_how_few(world: World) -> None:
    def some(number: int, grade: str, born: int) -> list[dict[str, Any]]:
        letters = [chr(65 + each) for each in range(number)]
        born_on = {"birth_date": f"{born}-03-09"}
        return [
            child(f"{grade}{each}", f"{each}da", grade=grade, neighborhood="north", **born_on) for each in letters
        ]

    # Three of the thirty are too old for after school, and fifteen too young for either.
    await world.roster(
        "club", *some(15, "PK", 2022), *some(12, "03", 2018), *some(15, "04", 2017), *some(3, "11", 2010)
    )
    viewer = Viewer("x", (Membership(world.harbor.community_id, Role.CABINET_STAFF),))
    about = world.harbor.community_id, Population()
    for by in ((), (Dimension.NEIGHBORHOOD,)):
        answer = await coverage(world.database, viewer, *about, ["WEEKEND", "AFTER_SCHOOL"], DAY, by)
        weekend, after_school = (service.total.eligible.value for service in answer.services)
        assert answer.population.value == 45
        assert None in (weekend, after_school)
        assert {weekend, after_school} & {30, 27}


@pytest.mark.parametrize(
    ("dimension", "value", "hint"),
    [
        (Dimension.AGE_BAND, "5-11", "It has 0-2, 11-13, 14-17, 18+, 3-4, 5-10, UNKNOWN."),
        (Dimension.SECTORS_SERVING, "4", "It has 0, 1, 2, 3."),
        (Dimension.NEIGHBORHOOD, "atlantis", "`community { neighborhoods { nodes { code name } } }` lists"),
        (Dimension.SCHOOL, "atlantis", "`community { schools { nodes { code name } } }` lists"),
    ],
)
async def test_who_names_a_value_there_is_not_is_told_which_there_are(
    world: World, dimension: Dimension, value: str, hint: str
) -> None:
    mistyped = Population(values={dimension: (value,)})
    with pytest.raises(InputInvalid) as refused:
        await count(world, await steward(world, "EDUCATION"), "TUTORING", mistyped)
    assert refused.value.hint.startswith(hint)
