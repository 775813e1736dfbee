"""Measures of small worlds counted by hand. The day is 15 October 2026, school year 2027."""

from datetime import date
from typing import Any

import pytest

from cabinet.coverage import measures
from cabinet.coverage.answers.compare import compare
from cabinet.coverage.answers.disparity import Beside, disparity
from cabinet.coverage.answers.gaps import gaps
from cabinet.coverage.answers.overlap import overlap
from cabinet.coverage.answers.trend import trend
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.figure import Figure, Measured
from cabinet.coverage.gather import Asked
from cabinet.coverage.population import Population
from cabinet.errors import Forbidden, InputInvalid
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.world import DAY, World, child, enrollment

NORTH = Population(values={Dimension.NEIGHBORHOOD: ("north",)})


def steward(world: World, sector: str = "OUT_OF_SCHOOL_TIME") -> Viewer:
    return Viewer("s", (Membership(world.harbor.community_id, Role.SECTOR_STEWARD, sector=sector),))


def staff(world: World) -> Viewer:
    return Viewer("x", (Membership(world.harbor.community_id, Role.CABINET_STAFF),))


def asked(*by: Dimension, services: tuple[str, ...] | None = ("AFTER_SCHOOL",), **how: Any) -> Asked:
    return Asked(how.pop("population", Population()), services, how.pop("as_of", DAY), by)


def values(answer: Measured) -> dict[tuple[str, ...], tuple[int | None, float | None]]:
    """Return numerator and value of every figure, by measure, population and group."""
    return {name(figure): (numerator(figure), figure.value) for figure in answer.figures}


def name(figure: Figure) -> tuple[str, ...]:
    of = (figure.about.of,) if figure.about.of else ()
    return (figure.measure.name, *of, *(value.value for value in figure.about.group))


def numerator(figure: Figure) -> int | None:
    return figure.numerator.value if figure.numerator else None


async def two_neighborhoods(world: World) -> None:
    """Five children in need in the north, of whom three are served; four in the south, one; two nowhere known."""
    places = {"north": 5, "south": 4, None: 2}
    served, number = {"north": 3, "south": 1, None: 0}, 0
    for place, children in places.items():
        for position in range(children):
            number += 1
            said = {"neighborhood": place} if place else {}
            await world.roster("club", child(f"C{number}", f"Child{number}", grade="03", **said))
            if position < served[place]:
                await world.enroll(
                    "club", enrollment(f"e{number}", f"C{number}", "after", begins=f"2026-09-{number:02}")
                )


async def test_gaps_come_largest_first_with_where_and_how_many(world: World) -> None:
    await two_neighborhoods(world)
    question = (world.database, steward(world), world.harbor.community_id, asked(Dimension.NEIGHBORHOOD))
    answer = await gaps(*question, 20)
    found = [(name(f)[1], numerator(f), f.denominator.value if f.denominator else 0) for f in answer.figures]
    assert found == [("south", 3, 4), ("UNKNOWN", 2, 2), ("north", 2, 5)]
    assert [figure.value for figure in answer.figures] == [0.75, 1.0, 0.4]
    assert answer.figures[0].about.service is not None
    assert answer.figures[0].about.service.code == "AFTER_SCHOOL"
    assert [unknown.share for unknown in answer.basis.unknown] == [0.182]
    assert len((await gaps(*question, 1)).figures) == 1
    for outside in (0, 501):
        with pytest.raises(InputInvalid):
            await gaps(*question, outside)


async def test_who_is_missed_by_a_service_nobody_may_tell_is_unknown_and_not_a_gap(world: World) -> None:
    await two_neighborhoods(world)
    question = asked(services=("TUTORING", "AFTER_SCHOOL"))
    answer = await gaps(world.database, steward(world), world.harbor.community_id, question, 20)
    assert [service.code for service in answer.unknown_services] == ["TUTORING"]
    assert {f.about.service.code for f in answer.figures if f.about.service} == {"AFTER_SCHOOL"}


async def test_a_trend_counts_every_day_by_itself(world: World) -> None:
    await two_neighborhoods(world)
    days = [date(2026, 9, 2), DAY, date(2026, 6, 30), date(2026, 9, 2)]
    wanted = [measures.SERVED, measures.COVERAGE_RATE]
    question = (world.database, steward(world), world.harbor.community_id, asked())
    answer = await trend(*question, days, wanted)
    found = [(f.measure.name, f.about.as_of.isoformat(), f.value) for f in answer.figures]
    assert found == [
        ("served", "2026-06-30", 0),
        ("served", "2026-09-02", 2),
        ("served", "2026-10-15", 4),
        # In the school year before nobody is there, and so nobody in need.
        ("coverageRate", "2026-06-30", None),
        ("coverageRate", "2026-09-02", 0.1818),
        ("coverageRate", "2026-10-15", 0.3636),
    ]
    assert (answer.basis.as_of, answer.withheld) == (DAY, 0)
    with pytest.raises(InputInvalid):
        await trend(*question, [], wanted)
    with pytest.raises(InputInvalid):
        await trend(*question, [date(2026, 9, day) for day in range(1, 26)], wanted)


async def test_every_group_of_a_trend_stands_on_every_day_whoever_asks(world: World) -> None:
    await two_neighborhoods(world)
    question = (world.database, steward(world), world.harbor.community_id, asked(Dimension.NEIGHBORHOOD))
    # Of the year before nobody is known, and of the next one only who is still enrolled.
    for other in (date(2026, 6, 30), date(2027, 10, 15)):
        answer = await trend(*question, [other, DAY], [measures.POPULATION])
        found: dict[str, set[tuple[str, ...]]] = {}
        for figure in answer.figures:
            found.setdefault(figure.about.as_of.isoformat(), set()).add(name(figure))
        assert found[other.isoformat()] == found[DAY.isoformat()]
        assert ("population", "south") in found[DAY.isoformat()]


async def test_a_group_that_is_empty_on_a_day_of_the_series_stands_there_with_zeros(world: World) -> None:
    left = child("C1", "Ana", grade="03", neighborhood="north", ends="2026-09-30")
    await world.roster("club", left, child("C2", "Bo", grade="03", neighborhood="south", school_year=2026))
    question = (world.database, steward(world), world.harbor.community_id, asked(Dimension.NEIGHBORHOOD))
    answer = await trend(*question, [date(2026, 6, 1), date(2026, 9, 1), DAY], [measures.IN_NEED])
    assert [(name(figure)[1:], figure.value) for figure in answer.figures] == [
        *(((), 1), ((), 1), ((), 0)),
        *((("north",), 0), (("north",), 1), (("north",), 0)),
        *((("south",), 1), (("south",), 0), (("south",), 0)),
    ]


async def test_a_population_beside_the_whole_community_and_beside_another(world: World) -> None:
    await two_neighborhoods(world)
    question = (world.database, steward(world), world.harbor.community_id, asked(population=NORTH))
    wanted = [measures.POPULATION, measures.IN_NEED, measures.COVERAGE_RATE]
    assert values(await compare(*question, Population(), wanted)) == {
        ("population", "population"): (5, 5),
        ("population", "against"): (11, 11),
        ("inNeed", "population"): (5, 5),
        ("inNeed", "against"): (11, 11),
        ("coverageRate", "population"): (3, 0.6),
        ("coverageRate", "against"): (4, 0.3636),
        ("rateDifference", "population"): (None, 0.2364),
    }
    elsewhere = await compare(*question, Population(none_of=NORTH), wanted)
    assert values(elsewhere)["coverageRate", "against"] == (1, 0.1667)
    assert elsewhere.figures[-1].standing == "AHEAD"
    assert {name(figure) for figure in elsewhere.figures} == set(
        values(await compare(*question, Population(), wanted))
    )


async def test_each_population_compared_has_its_own_share_unknown(world: World) -> None:
    await two_neighborhoods(world)
    third_graders = Population(values={Dimension.GRADE: ("03",)})
    somewhere = Population(values={Dimension.NEIGHBORHOOD: ("south", "UNKNOWN")})
    where = (world.database, steward(world), world.harbor.community_id)
    by_place = asked(Dimension.NEIGHBORHOOD, Dimension.SEX, population=somewhere)
    answer = await compare(*where, by_place, third_graders, [measures.POPULATION])
    assert [(each.of, each.dimension, each.share) for each in answer.basis.unknown] == [
        ("population", "NEIGHBORHOOD", 0.333),
        ("population", "SEX", 0.0),
        ("against", "NEIGHBORHOOD", 0.182),
        ("against", "SEX", 0.0),
    ]
    alone = await gaps(*where, by_place, 20)
    assert [each.of for each in alone.basis.unknown] == [None, None]


async def test_disparity_between_neighborhoods_by_hand(world: World) -> None:
    await two_neighborhoods(world)
    question = (world.database, steward(world), world.harbor.community_id, asked(Dimension.NEIGHBORHOOD))
    against = Beside("north", ("south", "north"))
    answer = await disparity(*question, measures.COVERAGE_RATE, against)
    found = values(answer)
    assert found["coverageRate",] == (4, 0.3636)
    assert found["coverageRate", "UNKNOWN"] == (0, 0)
    assert found["rateDifference", "south"] == (None, -0.35)
    assert found["rateRatio", "south"] == (None, 0.4167)
    assert ("rateDifference", "north") not in found
    # One group beside the reference: 0.35 of 0.6. Whose neighborhood is unknown is in no index.
    assert found["indexOfDisparity",] == (None, 58.3333)
    # p = 4/9, L = 1/4: 4/9 * 1 - 1 * 1/4, so more of the service goes to the better off.
    assert found["concentrationIndex",] == (None, 0.1944)
    stands = {name(figure)[0]: figure.standing for figure in answer.figures if figure.standing}
    assert stands == {"rateDifference": "BEHIND", "concentrationIndex": "BEHIND"}
    gap = await disparity(*question, measures.GAP_RATE, against)
    assert {f.standing for f in gap.figures if name(f)[0] == "rateDifference"} == {"BEHIND"}


async def test_a_disparity_needs_one_dimension_and_groups_there_are(world: World) -> None:
    await two_neighborhoods(world)
    where = (world.database, steward(world), world.harbor.community_id)
    by_place = asked(Dimension.NEIGHBORHOOD)
    for question, against in (
        (asked(), Beside()),
        (asked(Dimension.NEIGHBORHOOD, Dimension.SEX), Beside()),
        (by_place, Beside("atlantis")),
        (by_place, Beside(worst_off_first=("south",))),
    ):
        with pytest.raises(InputInvalid):
            await disparity(*where, question, measures.COVERAGE_RATE, against)


async def children_of_sectors(world: World) -> None:
    """Sixty third graders: 15 served by two sectors, 20 by one, 25 by none."""
    pupils = [child(f"D{n}", f"Kid{n}", family=f"F{n}", grade="03") for n in range(60)]
    await world.roster("district", *pupils)
    tutored = [enrollment(f"t{n}", f"D{n}", "tutoring") for n in range(35)]
    await world.enroll("district", *tutored)
    # Twice in the sector is once: after school and painting are of one.
    await world.enroll("club", *(enrollment(f"e{n}", pupils[n], "after") for n in range(15)))
    await world.enroll("arts", *(enrollment(f"p{n}", pupils[n], "paint") for n in range(15)))


async def test_overlap_counts_each_child_once_by_its_sectors(world: World) -> None:
    await children_of_sectors(world)
    where = (world.database, staff(world), world.harbor.community_id)
    answer = await overlap(*where, asked(services=("AFTER_SCHOOL",)))
    assert values(answer) == {
        ("population",): (60, 60),
        ("sectorsServing", "0"): (25, 0.4167),
        # After school is for all of them, so whom no sector serves has a need.
        ("noneDespiteNeed", "0"): (25, 0.4167),
        ("sectorsServing", "1"): (20, 0.3333),
        ("sectorsServing", "2"): (15, 0.25),
        ("sectorsServing", "3"): (0, 0),
    }
    with pytest.raises(Forbidden):
        await overlap(world.database, steward(world), world.harbor.community_id, asked(services=None))


async def test_none_despite_a_need_is_withheld_with_what_it_follows_from(world: World) -> None:
    await world.roster("district", *(child(f"D{n}", f"Kid{n}", family=f"F{n}", grade="03") for n in range(30)))
    await world.roster("district", *(child(f"S{n}", f"Sen{n}", family=f"G{n}", grade="12") for n in range(4)))
    where = (world.database, staff(world), world.harbor.community_id)
    answer = await overlap(*where, asked(services=("AFTER_SCHOOL",)))
    found = values(answer)
    # All 34 are served by none; 30 of them have a need: either number would tell of the other four.
    assert (found["population",][0], found["noneDespiteNeed", "0"][0]) != (34, 30)
    assert (found["sectorsServing", "0"][0], found["noneDespiteNeed", "0"][0]) != (34, 30)
    assert answer.withheld


@pytest.mark.parametrize(
    ("population", "expected"),
    [
        (Population(values={Dimension.SECTORS_SERVING: ("0",)}), 25),
        (Population(values={Dimension.SECTORS_SERVING: ("1", "2")}), 35),
        (Population(none_of=Population(values={Dimension.SECTORS_SERVING: ("0",)})), 35),
        (Population(none_of=Population(served_by=("AFTER_SCHOOL",))), 45),
    ],
)
async def test_a_population_by_how_many_sectors_serve(world: World, population: Population, expected: int) -> None:
    await children_of_sectors(world)
    where = (world.database, staff(world), world.harbor.community_id)
    answer = await trend(*where, asked(population=population), [DAY], [measures.POPULATION])
    assert [figure.value for figure in answer.figures] == [expected]
    if population.values:
        with pytest.raises(Forbidden):
            await gaps(world.database, steward(world), world.harbor.community_id, asked(population=population), 1)
