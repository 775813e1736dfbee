"""How complete a small world's data are, counted by hand. The day is 15 October 2026, school year 2027."""

from datetime import date
from typing import Any

import pytest

from cabinet.coverage.answers.completeness import completeness
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.gather import Asked
from cabinet.coverage.population import Population
from cabinet.errors import Forbidden, InputInvalid
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.coverage.test_participation import Told, children, days_from, present, program, told, viewer
from tests.world import DAY, World, child, enrollment

GRADE, NEIGHBORHOOD, SCHOOL = Dimension.GRADE, Dimension.NEIGHBORHOOD, Dimension.SCHOOL


async def ask(
    world: World,
    *dimensions: Dimension,
    by: tuple[Dimension, ...] = (),
    role: Role = Role.SECTOR_STEWARD,
    **how: Any,
) -> Told:
    asked = Asked(how.get("population", Population()), how.get("services", ()), how.get("as_of", DAY), by)
    where = world.database, viewer(world, role), world.harbor.community_id
    return told(await completeness(*where, asked, dimensions))


async def town(world: World) -> None:
    """Four in the north, of whom two have a grade; two whose neighborhood nobody knows, of whom one has."""
    known = {"neighborhood": "north"}
    said = [{**known, "grade": "03"}, {**known, "grade": "KG", "school": "ES1"}, known, known, {"grade": "12"}, {}]
    rows = (child(f"C{n}", f"Child{n}", family=f"F{n}", **each) for n, each in enumerate(said))
    await world.roster("club", *rows)


async def test_a_dimension_is_known_of_so_many_of_the_population(world: World) -> None:
    await town(world)
    assert await ask(world, GRADE, NEIGHBORHOOD, SCHOOL) == {
        ("gradeKnown",): (3, 6, 0.5),
        ("neighborhoodKnown",): (4, 6, 0.6667),
        ("schoolKnown",): (1, 6, 0.1667),
        ("recordsLinked",): (None, None, 1),
    }
    by_place = await ask(world, GRADE, by=(NEIGHBORHOOD,))
    assert by_place["gradeKnown", "north"] == (2, 4, 0.5)
    assert by_place["gradeKnown", "UNKNOWN"] == (1, 2, 0.5)
    nobody = await ask(world, GRADE, population=Population(any_of=()))
    assert nobody["gradeKnown",] == (0, 0, None)


async def test_a_group_of_a_dimension_is_not_asked_whether_it_is_known(world: World) -> None:
    await town(world)
    for dimension in (NEIGHBORHOOD, Dimension.SECTORS_SERVING):
        with pytest.raises((InputInvalid, Forbidden)):
            await ask(world, dimension, by=(NEIGHBORHOOD,))
    where = world.database, world.harbor.community_id
    asked = Asked(Population(), (), DAY, (NEIGHBORHOOD,))
    agency = await world.source("club")
    club = Membership(where[1], Role.PARTNER_AGENCY, organization_id=agency.organization_id, sector=agency.sector)
    answer = await completeness(where[0], Viewer("a", (club,)), where[1], asked)
    names = {measure.name for measure in answer.measures}
    # All that the role sees but for what it is broken down by; an agency does not see race.
    assert {"gradeKnown", "iepKnown"} <= names
    assert not {"neighborhoodKnown", "raceEthnicityKnown", "sectorsServingKnown"} & names
    with pytest.raises(Forbidden):
        await completeness(where[0], Viewer("a", (club,)), where[1], asked, (Dimension.RACE_ETHNICITY,))


async def test_of_whom_nobody_knows_is_withheld_like_any_small_count(world: World) -> None:
    await world.roster("club", *(child(f"C{n}", f"Kid{n}", family=f"F{n}", grade="03") for n in range(40)))
    await world.roster("club", *(child(f"D{n}", f"Kid{n}", family=f"G{n}") for n in range(3)))
    found = await ask(world, GRADE, NEIGHBORHOOD, role=Role.CABINET_STAFF)
    # 40 of 43: either number would tell of the three. That nobody has a neighborhood is shown, of how many is not.
    assert None in found["gradeKnown",][:2]
    assert found["gradeKnown",][-1] is None
    assert found["neighborhoodKnown",][0] == 0


async def reporting(world: World, number: int) -> None:
    """Give the camp children from 10 July on, with days in July and September; a second program reports none."""
    await program(world, "camp", "SUMMER")
    await program(world, "late", "SUMMER")
    await children(world, number, grade="03")
    rows = [enrollment(f"s{n}", f"C{n}", "camp", begins="2026-07-10") for n in range(number)]
    late = enrollment("l0", "C0", "late", begins="2026-09-30")
    waits = enrollment("l1", "C1", "late", begins="2026-07-01", status="WAITLISTED")
    await world.enroll("club", *rows, late, waits)
    for first in (date(2026, 7, 13), date(2026, 9, 30), date(2026, 10, 1)):
        await present(world, 0, "camp", days_from(first, 1))


async def test_a_report_is_expected_for_each_month_in_which_a_child_was_enrolled(world: World) -> None:
    await reporting(world, 2)
    services = ("SUMMER", "STEM", "SUMMER_JOBS")
    found = await ask(world, GRADE, services=services)
    # July to September of the one and September of the other; October has not ended.
    assert found["reportsReceived", "SUMMER"] == (2, 4, 0.5)
    # Nobody gives the second, and of the third no days are counted.
    assert ("reportsReceived", "STEM") not in found
    assert ("reportsReceived", "SUMMER_JOBS") not in found
    end = await ask(world, GRADE, services=services, as_of=date(2026, 10, 31))
    assert end["reportsReceived", "SUMMER"] == (3, 6, 0.5)
    before = await ask(world, GRADE, services=services, as_of=date(2026, 7, 30))
    assert before["reportsReceived", "SUMMER"] == (0, 0, None)


@pytest.mark.parametrize("number", [10, 11])
async def test_reports_of_few_children_are_withheld(world: World, number: int) -> None:
    await reporting(world, number)
    found = await ask(world, GRADE, services=("SUMMER",), role=Role.CABINET_STAFF)
    assert found["reportsReceived", "SUMMER"] == ((2, 4, 0.5) if number == 11 else (None, None, None))
