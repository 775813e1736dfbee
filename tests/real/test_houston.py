"""Seats and students of nine ZIP codes of Houston, counted by somebody else: an oracle for seat gaps."""

import json
from typing import Any

import asyncpg
import pytest

from cabinet.coverage.answers.capacity import capacity
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.gather import Asked
from cabinet.coverage.population import Population
from cabinet.coverage.seats import NeedPolicy, Seats, add_up, seat_gap
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.importers.reading import real
from tests.world import DAY, World

BANDS = {"gradeKto5": "03", "grade6to8": "07", "grade9to12": "10", "gradeKto12": "05"}
"""A grade for each band of the file; the last is of children whose band nobody wrote down."""
STUDENTS = """
WITH made AS (
  INSERT INTO child (community_id, child_id, sectors, organization_ids)
  SELECT $1, gen_random_uuid(), ARRAY['EDUCATION'], ARRAY[$2::uuid] FROM generate_series(1, $4::int)
  RETURNING child_id
)
INSERT INTO child_year (community_id, child_id, school_year, organization_id, sector, grade, neighborhood_id)
SELECT $1, child_id, 2027, $2, 'EDUCATION', $3, neighborhood_id
FROM made, neighborhood n WHERE n.community_id = $1 AND n.code = $5
"""


def zip_codes() -> list[dict[str, Any]]:
    file = real("ost", "houston", "zip-code-data.json")
    features: list[dict[str, Any]] = json.loads(file.read_text())["zipCodeData"]["features"]
    return [{**feature["properties"], "geometry": feature["geometry"]} for feature in features]


async def fill(world: World, url: str) -> None:
    """Post the supply by the door; the 30,444 students, known by place and grade only, beside it."""
    await world.fill(
        "district",
        Kind.NEIGHBORHOOD,
        [{"code": row["zip_code"], "name": row["zip_code"], "geometry": row["geometry"]} for row in zip_codes()],
    )
    sites = [{"code": row["zip_code"], "name": "Sites", "neighborhood": row["zip_code"]} for row in zip_codes()]
    await world.fill("club", Kind.LOCATION, sites)
    service = {"code": "after-s", "name": "After", "program": "after", "service_type": "WEEKEND"}
    await world.fill("club", Kind.SERVICE, [{**service, "locations": [site["code"] for site in sites]}])
    slots = [
        {"service": "after-s", "location": row["zip_code"], "maximum": row["total_slots"], "updated": "2026-09-01"}
        for row in zip_codes()
    ]
    await world.fill("club", Kind.CAPACITY, slots)
    district = (await world.source("district")).organization_id
    owner = await asyncpg.connect(url)
    for row in zip_codes():
        for band, grade in BANDS.items():
            many = row[f"students_{band}"]
            await owner.execute(STUDENTS, world.harbor.community_id, district, grade, many, row["zip_code"])
    await owner.execute("ANALYZE")
    await owner.close()


async def test_the_seat_gaps_of_houston_are_those_of_its_file(world: World, database_url: str) -> None:
    await fill(world, database_url)
    found = await ask(world, Population(), Dimension.NEIGHBORHOOD)
    students = {row["zip_code"]: (row["total_students"], row["total_slots"]) for row in zip_codes()}
    assert found == {"": (30_444, 8_859), **students}
    for band, grade in BANDS.items():
        students_of = sum(row[f"students_{band}"] for row in zip_codes())
        assert await ask(world, Population(values={Dimension.GRADE: (grade,)})) == {"": (students_of, 8_859)}


async def ask(world: World, population: Population, *by: Dimension) -> dict[str, tuple[int, int]]:
    """Return students and seats by ZIP code, the seats taken from the gap between the two."""
    viewer = Viewer("v", (Membership(world.harbor.community_id, Role.CABINET_STAFF),))
    asked = Asked(population, ("WEEKEND",), DAY, by)
    where = (world.database, viewer, world.harbor.community_id)
    answer = await capacity(*where, asked, NeedPolicy.ALL_ELIGIBLE)
    found = {}
    for figure in answer.figures:
        if figure.measure.name == "seatGapOfAllEligible":
            assert figure.numerator is not None
            assert figure.numerator.value is not None
            assert figure.value is not None
            place = figure.about.group[0].value if figure.about.group else ""
            found[place] = figure.numerator.value, figure.numerator.value - int(figure.value)
    return found


def test_a_surplus_in_one_band_does_not_fill_another() -> None:
    for row in zip_codes():
        seats = [Seats(maximum=row[f"slots_{band}"]) for band in BANDS]
        gaps = [
            seat_gap(row[f"students_{band}"], each.maximum or 0) for band, each in zip(BANDS, seats, strict=True)
        ]
        assert sum(gaps) == seat_gap(row["total_students"], add_up(seats).maximum or 0)
        # The file's own ratio of slots to students, in percent.
        share = 100 * (add_up(seats).maximum or 0) / row["total_students"]
        assert share == pytest.approx(row["slots_students_ratio"], abs=0.006)
