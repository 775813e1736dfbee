"""Records nobody here wrote, on an after-school program's sheet; skipped where they are not at hand."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from bench.real_inputs import read_sector, write_csv, write_enrollments
from cabinet.errors import FileUnreadable
from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.rows import Kind
from tests.importers.reading import REAL, read, real
from tests.world import LOADER, World

FIRST_DAY, DAYS = date(2026, 9, 8), 20
CAME, NEVER_CAME = ("1", "", "0", "1:30"), ("0", "0", "")
ENROLLED = """
SELECT e.status, e.record_version < 0 AS made, count(DISTINCT e.enrollment_id), count(d.enrollment_id) AS days
FROM enrollment e LEFT JOIN attendance_event d USING (community_id, enrollment_id) GROUP BY e.status, made
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with every child of the sector's file on a sheet, and as the agency's own enrollments."""
    real("linkage", "children-3-sector")
    records = read_sector(REAL, "ost")
    write_csv(tmp_path / "sheet.csv", [on_sheet(number, record) for number, record in enumerate(records)])
    write_enrollments(records, "after", tmp_path / "made.csv")
    with (tmp_path / "made.csv").open() as stream:
        own = [{**row, "begins": "2026-09-01", "ends": "2026-10-10"} for row in csv.DictReader(stream)]
    write_csv(tmp_path / "own.csv", own)
    return tmp_path


def on_sheet(number: int, record: dict[str, str]) -> dict[str, str]:
    """Return a line of the sheet; every fourth child never came."""
    who = {"First Name": record["first_name"], "Last Name": record["last_name"], "Gender": record["sex"]}
    marks = CAME if number % 4 else NEVER_CAME
    days = [FIRST_DAY + timedelta(days=n) for n in range(DAYS)]
    cells = {f"{day.month}/{day.day}/{day.year}": marks[n % len(marks)] for n, day in enumerate(days)}
    return {"Activity": "After", **who, "DOB": record["date_of_birth"], **cells}


async def take(world: World, format_name: str, path: Path) -> Report:
    return await load(world.database, LOADER, world.harbor, find_format(format_name), path, source="club")


def counts(report: Report, kind: Kind) -> dict[str, int]:
    return {str(verdict): count for verdict, count in report.counts[kind].items()}


async def enrolled(world: World) -> dict[tuple[str, bool], tuple[int, int]]:
    """Return how many enrollments there are, and days under them, by status and whether they were made."""
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        rows = await connection.fetch(ENROLLED)
    return {(row["status"], row["made"]): (row["count"], row["days"]) for row in rows}


async def test_who_came_is_enrolled_until_the_agency_says_it_itself(world: World, folder: Path) -> None:
    """Of 537 records 45 lack a name or a birth date; 10 say no sex, so that nothing later is known as theirs."""
    first = await take(world, "attendance", folder / "sheet.csv")
    # One row for each of 44; the birth of one is yet to come, which only the door can know, each of 15 times.
    assert counts(first, Kind.ATTENDANCE) == {"CREATED": 7255, "REJECTED": 44 + 15}
    assert await enrolled(world) == {("ENROLLED", True): (367, 367 * 15), ("NOT_ENROLLED", True): (125, 125 * 14)}
    again = await take(world, "attendance", folder / "sheet.csv")
    assert counts(again, Kind.ATTENDANCE) == {"UNCHANGED": 7255, "REJECTED": 59}
    own = await take(world, "enrollments", folder / "own.csv")
    assert counts(own, Kind.ENROLLMENT) == {"UPDATED": 482, "CREATED": 10, "REJECTED": 45}
    left = await enrolled(world)
    assert left[("COMPLETED", False)] == (492, 7107)
    assert (left[("ENROLLED", True)][0], left[("NOT_ENROLLED", True)][0]) == (8, 2)


@pytest.mark.parametrize(
    "parts", [("ost", "nyc-dycd", "DYCD_after-school_programs.csv"), ("linkage", "children-3-sector", "ost.csv")]
)
def test_a_file_of_something_else_is_refused_and_not_taken_for_a_sheet(parts: tuple[str, ...]) -> None:
    with pytest.raises(FileUnreadable, match="lacks"):
        read("attendance", real(*parts))
