"""Seats beside children, and seats within reach, in a small world counted by hand."""

from datetime import date
from typing import Any

import pytest

from cabinet.coverage.answer import Count
from cabinet.coverage.answers.access import AccessBy, Reach, access
from cabinet.coverage.answers.capacity import capacity
from cabinet.coverage.centroid import centroid
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Measured
from cabinet.coverage.gather import Asked
from cabinet.coverage.population import Ages, Population
from cabinet.coverage.seats import NeedPolicy
from cabinet.errors import InputInvalid
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.world import DAY, World, child, enrollment

BY_PLACE = (Dimension.NEIGHBORHOOD,)
NORTH, SOUTH = ({Dimension.NEIGHBORHOOD: (place,)} for place in ("north", "south"))


def square(west: float, south: float, side: float = 0.02) -> dict[str, Any]:
    corners = [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]
    return {"type": "Polygon", "coordinates": [[[west + x, south + y] for x, y in corners]]}


def viewer(world: World, role: Role = Role.SECTOR_STEWARD) -> Viewer:
    sector = "OUT_OF_SCHOOL_TIME" if role is Role.SECTOR_STEWARD else None
    return Viewer("v", (Membership(world.harbor.community_id, role, sector=sector),))


@pytest.fixture
async def town(world: World) -> World:
    """Give the north 12 third graders and a gym of 8 seats, the south 14 and a far hall; two live who knows where.

    The middles of north and south are some 11 km apart.
    """
    places = [("north", "02101", square(-71.07, 42.40)), ("south", "02102", square(-71.07, 42.30))]
    rows = [{"code": c, "name": c.title(), "postal_codes": [p], "geometry": g} for c, p, g in places]
    await world.fill("district", Kind.NEIGHBORHOOD, rows)
    gym = {"code": "gym", "name": "Gym", "postal_code": "02101", "latitude": 42.41, "longitude": -71.06}
    hall = {"code": "hall", "name": "Hall", "neighborhood": "south", "latitude": 42.31, "longitude": -71.06}
    await world.fill("club", Kind.LOCATION, [gym, hall, {"code": "tent", "name": "Tent"}])
    service = {"code": "after-s", "name": "After", "program": "after", "service_type": "AFTER_SCHOOL"}
    await world.fill("club", Kind.SERVICE, [{**service, "locations": ["gym", "hall", "tent"]}])
    await seats(world, "gym", "2026-08-01", available=90, maximum=90)
    await seats(world, "gym", "2026-09-01", available=2, maximum=8, funded=6)
    await seats(world, "hall", "2026-09-01", available=5, maximum=10)
    await seats(world, "tent", "2026-09-01", available=3, maximum=3)
    for place, many in (("north", 12), ("south", 14), (None, 2)):
        children = [
            child(f"{place}{n}", f"Kid{n}", family=f"F{place}", grade="03", neighborhood=place)
            for n in range(many)
        ]
        await world.roster("club", *children)
    await world.enroll("club", *(enrollment(f"e{n}", f"north{n}", "after") for n in range(5)))
    await world.enroll("club", *(enrollment(f"w{n}", f"south{n}", "after", status="WAITLISTED") for n in range(4)))
    return world


async def seats(world: World, place: str, day: str, **numbers: int) -> None:
    await world.fill("club", Kind.CAPACITY, [{"service": "after-s", "location": place, "updated": day, **numbers}])


async def ask_capacity(
    town: World, policy: NeedPolicy, by: tuple[Dimension, ...] = BY_PLACE, as_of: date = DAY, **who: Any
) -> Measured:
    asked = Asked(Population(), ("AFTER_SCHOOL",), as_of, by)
    return await capacity(town.database, viewer(town, **who), town.harbor.community_id, asked, policy)


def by_place(answer: Measured, measure: str) -> dict[str, float | None]:
    return {
        figure.about.group[0].value if figure.about.group else "": figure.value
        for figure in answer.figures
        if figure.measure.name == measure
    }


async def test_seats_are_those_last_posted_up_to_the_day_where_their_site_lies(town: World) -> None:
    answer = await ask_capacity(town, NeedPolicy.ALL_IN_NEED)
    assert by_place(answer, "seats") == {"": 21, "north": 8, "south": 10, "UNKNOWN": 3}
    assert by_place(answer, "seatsAvailable") == {"": 10, "north": 2, "south": 5, "UNKNOWN": 3}
    # Nobody said of the hall how many are paid for.
    assert by_place(answer, "seatsFunded") == {"": None, "north": 6, "south": None, "UNKNOWN": None}
    assert by_place(answer, "utilization") == {"": 0.5238, "north": 0.75, "south": 0.5, "UNKNOWN": 0}
    assert by_place(answer, "vacancy") == {"": 0.4762, "north": 0.25, "south": 0.5, "UNKNOWN": 1}
    earlier = await ask_capacity(town, NeedPolicy.ALL_IN_NEED, as_of=date(2026, 8, 31))
    assert by_place(earlier, "seats")["north"] == 90


async def test_the_seat_gap_goes_by_the_policy_named(town: World) -> None:
    found = {
        policy: by_place(await ask_capacity(town, policy), measure)
        for policy, measure in (
            (NeedPolicy.ALL_IN_NEED, "seatGapOfAllInNeed"),
            (NeedPolicy.NOT_SERVED, "seatGapOfNotServed"),
            (NeedPolicy.WAITING, "seatGapOfWaiting"),
        )
    }
    assert found == {
        NeedPolicy.ALL_IN_NEED: {"": 28 - 21, "north": 12 - 8, "south": 14 - 10},
        NeedPolicy.NOT_SERVED: {"": 23 - 10, "north": 7 - 2, "south": 14 - 5},
        NeedPolicy.WAITING: {"": 4 - 10, "north": 0 - 2, "south": 4 - 5},
    }


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (Population(values=SOUTH), 14 - 10),
        (Population(all_of=(Population(values=SOUTH),), values={Dimension.GRADE: ("03",)}), 14 - 10),
        (Population(any_of=(Population(values=SOUTH), Population(values=NORTH))), 26 - 18),
        (Population(any_of=(Population(values=SOUTH), Population(ages=Ages(3, 4)))), 14 - 21),
        (Population(none_of=Population(values=NORTH)), 16 - 13),
        (Population(none_of=Population(values=NORTH, ages=Ages(3, 4))), 28 - 21),
        (Population(none_of=Population(none_of=Population(values=SOUTH))), 14 - 10),
        (Population(values=SOUTH, all_of=(Population(values=NORTH),)), 0),
    ],
)
async def test_children_of_some_neighborhoods_are_set_against_the_seats_that_are_there(
    town: World, population: Population, expected: int
) -> None:
    asked = Asked(population, ("AFTER_SCHOOL",), DAY)
    here = town.harbor.community_id
    answer = await capacity(town.database, viewer(town), here, asked, NeedPolicy.ALL_IN_NEED)
    assert by_place(answer, "seatGapOfAllInNeed") == {"": expected}


async def test_a_neighborhood_is_the_same_by_itself_and_as_a_group(town: World) -> None:
    parted = by_place(await ask_capacity(town, NeedPolicy.ALL_IN_NEED), "seats")
    asked = Asked(Population(values=SOUTH), ("AFTER_SCHOOL",), DAY, BY_PLACE)
    here = town.harbor.community_id
    alone = by_place(await capacity(town.database, viewer(town), here, asked, NeedPolicy.ALL_IN_NEED), "seats")
    assert alone == {"": parted["south"], "south": parted["south"]}


async def test_a_seat_gap_is_withheld_where_its_children_are(town: World) -> None:
    answer = await ask_capacity(town, NeedPolicy.NOT_SERVED, role=Role.CABINET_STAFF)
    gaps = by_place(answer, "seatGapOfNotServed")
    # Seven are missed in the north. Seats are known to everybody, so that the gap would tell the seven.
    assert gaps["north"] is None
    assert by_place(answer, "seats")["north"] == 8
    assert answer.withheld == sum(value is None for value in gaps.values())


async def test_seats_are_by_place_or_not_at_all(town: World) -> None:
    assert by_place(await ask_capacity(town, NeedPolicy.ALL_IN_NEED, ()), "seats") == {"": 21}
    with pytest.raises(InputInvalid):
        await ask_capacity(town, NeedPolicy.ALL_IN_NEED, (Dimension.GRADE,))


async def ask_access(
    town: World, reach: float, role: Role = Role.SECTOR_STEWARD, by: AccessBy = AccessBy.NEIGHBORHOOD
) -> Measured:
    asked = Asked(Population(), ("AFTER_SCHOOL",), DAY)
    return await access(town.database, viewer(town, role), town.harbor.community_id, asked, Reach(reach, by))


@pytest.mark.parametrize(
    "population",
    [
        Population(values=SOUTH),
        Population(all_of=(Population(ages=Ages(0, 20)), Population(values=SOUTH))),
    ],
)
async def test_a_neighborhood_asked_about_shares_its_seats_with_the_others(
    town: World, population: Population
) -> None:
    asked = Asked(population, ("AFTER_SCHOOL",), DAY)
    answer = await access(town.database, viewer(town), town.harbor.community_id, asked, Reach(20))
    assert by_place(answer, "seatsPerChild") == {"south": 0.6923}
    mistyped = Asked(Population(values={Dimension.NEIGHBORHOOD: ("atlantis",)}), ("AFTER_SCHOOL",), DAY)
    with pytest.raises(InputInvalid):
        await access(town.database, viewer(town), town.harbor.community_id, mistyped, Reach(20))


async def test_seats_are_shared_by_who_reaches_them(town: World) -> None:
    near = await ask_access(town, 5)
    assert by_place(near, "seatsPerChild") == {"north": 0.6667, "south": 0.7143}
    assert by_place(near, "seatsWithoutPlace") == {"": 3}
    # Within 20 km everybody reaches both sites: 18 seats for 26 children.
    assert by_place(await ask_access(town, 20), "seatsPerChild") == {"north": 0.6923, "south": 0.6923}
    assert by_place(near, "serviceDesert") == {"north": 0, "south": 0}
    for reach in (0, 101):
        with pytest.raises(InputInvalid):
            await ask_access(town, reach)


async def test_a_withheld_neighborhood_is_in_nobodys_seats_per_child(town: World) -> None:
    west = {"code": "west", "name": "West", "geometry": square(-71.09, 42.30)}
    await town.fill("district", Kind.NEIGHBORHOOD, [west])
    await town.roster(
        "club",
        *(child(f"west{n}", f"Kid{n}", family="West", grade="03", neighborhood="west") for n in range(3)),
    )
    shares = by_place(await ask_access(town, 20, Role.CABINET_STAFF), "seatsPerChild")
    # 18 seats for 29 children: with the 26 that are shown, the three would be a division away.
    assert shares == {"north": None, "south": None, "west": None}
    assert by_place(await ask_access(town, 20), "seatsPerChild")["west"] == 0.6207


async def test_many_children_without_seats_live_in_a_desert(town: World) -> None:
    await town.roster("club", *(child(f"s{n}", f"More{n}", grade="03", neighborhood="south") for n in range(37)))
    assert by_place(await ask_access(town, 5), "serviceDesert") == {"north": 0, "south": 1}


@pytest.fixture
async def schools(town: World) -> World:
    """Put 12 third graders into a school beside the gym, 60 into one beside the hall, 20 into one who knows where.

    There is one without pupils beside the hall, too, and the children of the neighborhoods are of no known school.
    """
    gate = {"code": "gate", "name": "Gate", "latitude": 42.415, "longitude": -71.06}
    yard = {"code": "yard", "name": "Yard", "latitude": 42.315, "longitude": -71.06}
    await town.fill("district", Kind.LOCATION, [gate, yard])
    places = {"GATE": "gate", "YARD": "yard", "LOST": None, "NEW": "yard"}
    rows = [{"code": c, "name": c.title(), "organization": "district", "location": p} for c, p in places.items()]
    await town.fill("district", Kind.SCHOOL, rows)
    for code, pupils in (("GATE", 12), ("YARD", 60), ("LOST", 20)):
        children = [
            child(f"{code}{n}", f"Kid{n}", family=f"F{code}", grade="03", school=code) for n in range(pupils)
        ]
        await town.roster("club", *children)
    return town


async def by_school(schools: World, reach: float, role: Role = Role.SECTOR_STEWARD) -> Measured:
    return await ask_access(schools, reach, role, AccessBy.SCHOOL)


async def test_seats_are_shared_by_the_schools_that_reach_them(schools: World) -> None:
    near = await by_school(schools, 5)
    # The gym's 8 seats are for the 12 of the gate, the hall's 10 for the 60 of the yard; ES1 stands nowhere.
    assert by_place(near, "seatsPerPupil") == {
        "GATE": 0.6667,
        "YARD": 0.1667,
        "NEW": 0.1667,
        "LOST": None,
        "ES1": None,
    }
    assert by_place(near, "schoolServiceDesert") == {
        "GATE": 0,
        "YARD": 1,
        "NEW": 0,
        "LOST": None,
        "ES1": None,
    }
    assert near.withheld == 0
    assert {figure.measure.name for figure in near.figures if figure.about.group == ()} == {"seatsWithoutPlace"}
    # Within 20 km 72 pupils share 18 seats.
    assert by_place(await by_school(schools, 20), "seatsPerPupil")["GATE"] == 0.25
    # And within no reach of any there is none for anybody.
    nothing = await by_school(schools, 0.1)
    assert set(by_place(nothing, "seatsPerPupil").values()) == {0, None}
    assert by_place(nothing, "schoolServiceDesert")["YARD"] == 1


async def test_a_third_of_a_seat_each_is_no_desert(schools: World) -> None:
    await seats(schools, "hall", "2026-09-02", available=5, maximum=20)
    found = await by_school(schools, 5)
    assert by_place(found, "seatsPerPupil")["YARD"] == 0.3333
    assert by_place(found, "schoolServiceDesert")["YARD"] == 0
    await seats(schools, "hall", "2026-09-03", available=5, maximum=19)
    assert by_place(await by_school(schools, 5), "schoolServiceDesert")["YARD"] == 1


async def test_a_withheld_school_is_in_no_schools_seats_per_child(schools: World) -> None:
    await schools.roster(
        "club", *(child(f"NEW{n}", f"Kid{n}", family="New", grade="03", school="NEW") for n in range(3))
    )
    for reach in (5, 20):
        found = await by_school(schools, reach, Role.CABINET_STAFF)
        # The 60 of the yard are shown; what the hall has for each of them would tell the three beside them.
        figures = {f.about.group[0].value: f for f in found.figures if f.measure.name == "seatsPerPupil"}
        assert figures["YARD"].denominator == Count(60)
        assert figures["YARD"].is_withheld
        assert by_place(found, "schoolServiceDesert")["YARD"] is None
        assert figures["NEW"].is_withheld
        assert not figures["ES1"].is_withheld


def test_the_middle_of_a_neighborhood_is_that_of_its_area() -> None:
    outer, hole = square(0, 0, 4)["coordinates"][0], square(0, 0, 2)["coordinates"][0]
    middle = centroid({"type": "Polygon", "coordinates": [outer]})
    assert middle is not None
    assert (middle.latitude, middle.longitude) == (2, 2)
    # A square of 4 without its lower left quarter: (16 * 2 - 4 * 1) / 12.
    for ring in (hole, hole[::-1]):
        pierced = centroid({"type": "Polygon", "coordinates": [outer, ring]})
        assert pierced is not None
        assert pierced.latitude == pierced.longitude == pytest.approx(28 / 12)
    two = centroid({"type": "MultiPolygon", "coordinates": [[outer], [square(8, 0, 4)["coordinates"][0]]]})
    assert two is not None
    assert (two.latitude, two.longitude) == (2, 6)
    assert [centroid(none) for none in (None, {"type": "Point", "coordinates": [1, 2]}, {})] == [None] * 3
