"""The Ed-Fi sample district, which nobody here wrote, goes in whole and once, and is counted beside its files."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from defusedxml.ElementTree import parse

from cabinet.app import create_app
from cabinet.communities import Community, add_community
from cabinet.db import Database, analyze
from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens, Viewer
from tests.client import Client, running
from tests.conftest import TEMPLATE, on_database, run_sql
from tests.importers.reading import real
from tests.world import find_world

NAMESPACE = "{http://ed-fi.org/5.2.0}"
DAY = date(2021, 10, 15)
"""A school day of the sample's year on which some have left their programs already."""

SPELLS = """
SELECT p.code, e.status, e.begins, e.ends FROM enrollment e
JOIN program p ON p.community_id = e.community_id AND p.program_id = e.program_id
WHERE e.community_id = $1 AND p.code NOT LIKE '%-school-day'
"""
CHARACTERISTICS = (
    "SELECT kind, count(*) FROM characteristic WHERE community_id = $1 AND value = 'YES' GROUP BY kind"
)
PLACED = """
SELECT count(*) FROM child_year y JOIN school s ON s.community_id = y.community_id AND s.school_id = y.school_id
JOIN child_identity i ON i.community_id = y.community_id AND i.child_id = y.child_id
WHERE y.community_id = $1 AND y.school_year = 2022 AND y.grade = '08' AND s.code = '255901044'
  AND i.family_name IS NOT NULL AND i.birth_date IS NOT NULL
"""
SCHOOL_YEARS = 227
"""Students who were absent or late, by school."""
DAYS = """
SELECT a.category, a.minutes, a.session, e.begins, e.ends FROM attendance_event a
JOIN enrollment e ON e.community_id = a.community_id AND e.enrollment_id = a.enrollment_id
WHERE a.community_id = $1
"""
COUNTS = "population { value } eligible { value } inNeed { value } served { value } gap { value }"


@dataclass
class District:
    url: str
    database: Database
    community: Community
    client: Client
    first: Report
    placed: Report

    async def load(self, *folder: str, **how: Any) -> Report:
        path = real("edfi", *folder)
        return await load(self.database, Viewer("test-loader"), self.community, find_format("edfi"), path, **how)

    async def rows(self, sql: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url)
        found: list[asyncpg.Record] = await connection.fetch(sql, self.community.community_id)
        await connection.close()
        return found


@pytest.fixture(scope="module")
async def district(postgres: str, template: str, settings: Settings) -> AsyncIterator[District]:
    """Load the sample district once, and then the excerpt of the file it lacks, into a community of its own."""
    real("edfi", "grand-bend-ds5.2"), real("edfi", "student-enrollment-excerpt")
    name = f"test_{uuid4().hex}"
    await run_sql(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = on_database(postgres, name)
    async with Database(url, settings) as database, running(create_app(url, settings)) as http:
        community = await add_community(database, "grand-bend", "Grand Bend")
        client = Client(http, await find_world(database), Tokens(settings))
        made = District(url, database, community, client, Report(), Report())
        made.first = await made.load("grand-bend-ds5.2")
        made.placed = await made.load("student-enrollment-excerpt", source="grand-bend-isd")
        await analyze(url)
        yield made
    await run_sql(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def verdicts(report: Report) -> dict[str, dict[str, int]]:
    return {str(kind): {str(v): n for v, n in found.items() if n} for kind, found in report.counts.items()}


def counted(report: Report) -> dict[str, int]:
    """Return how often each element had no home."""
    return {r.column: r.count for r in report.remarks if r.message == f"{r.column} has no home here."}


def associations() -> Iterator[Any]:
    yield from elements("StudentProgram")


def elements(stem: str) -> Iterator[Any]:
    """Yield the records of one of the sample's files by reading it in the plainest way."""
    yield from parse(Path(real("edfi", "grand-bend-ds5.2")) / f"{stem}.xml").getroot()


def text(element: Any, name: str) -> str:
    return element.findtext(f".//{NAMESPACE}{name}") or ""


def test_the_district_goes_in_whole(district: District) -> None:
    assert verdicts(district.first) == {
        "organization": {"CREATED": 1},
        "location": {"CREATED": 3},
        "school": {"CREATED": 3},
        "program": {"CREATED": 29},
        "service": {"CREATED": 17},
        "child": {"CREATED": 960},
        "enrollment": {"CREATED": 714 + SCHOOL_YEARS},
        "attendance": {"CREATED": 1916 + 66},
    }
    assert not [remark for remark in district.first.remarks if remark.code == "CODE_UNKNOWN"]


async def test_every_association_is_an_enrollment_from_when_to_when_its_file_says(district: District) -> None:
    rows = await district.rows(SPELLS)
    stored = Counter((str(row["begins"]), str(row["ends"] or "")) for row in rows if "--" not in row["code"])
    said = Counter(
        (text(each, "BeginDate"), text(each, "EndDate") or text(each, "SpecialEducationExitDate"))
        for each in associations()
    )
    assert stored == said
    assert said.total() == 706
    # Eight children of one program get dropout prevention there, which others of it do not.
    assert Counter(row["code"] for row in rows if "--" in row["code"]) == {
        "255901-neglected-and-delinquent-program--attendance-support": 8
    }


async def test_every_day_of_school_is_there_and_belongs_to_its_school_year(district: District) -> None:
    rows = await district.rows(DAYS)
    assert Counter(row["category"] for row in rows if row["session"] is None) == {
        "EXCUSED_ABSENCE": 1076,
        "UNEXCUSED_ABSENCE": 773,
        "TARDY": 67,
    }
    assert Counter(row["category"] for row in rows if row["session"] is not None) == {"TARDY": 66}
    assert {(str(row["begins"]), str(row["ends"])) for row in rows} == {("2021-07-01", "2022-06-30")}
    events = (*elements("StudentSchoolAttendance"), *elements("StudentSectionAttendance-Tardy"))
    assert len({(text(each, "StudentUniqueId"), text(each, "SchoolId")) for each in events}) == SCHOOL_YEARS
    # One day of one student is an absence and a part of a day; being there for a part counts, and both are told.
    assert [r.count for r in district.first.remarks if "stands twice and says" in r.message] == [1]
    # How late somebody was is not how long somebody was there, and the others were not there.
    assert {row["minutes"] for row in rows} == {None}


async def test_the_kinds_say_of_children_what_their_file_says(district: District) -> None:
    kinds = Counter(each.tag.removeprefix(NAMESPACE) for each in associations())
    cheap = sum(
        "Full" not in text(each, "SchoolFoodServiceProgramService")
        for each in associations()
        if "Food" in each.tag
    )
    assert {row["kind"]: row["count"] for row in await district.rows(CHARACTERISTICS)} == {
        "IEP": kinds["StudentSpecialEducationProgramAssociation"],
        "ENGLISH_LEARNER": kinds["StudentLanguageInstructionProgramAssociation"],
        "HOMELESS": kinds["StudentHomelessProgramAssociation"],
        "MIGRANT": kinds["StudentMigrantEducationProgramAssociation"],
        "SECTION_504": kinds["StudentSection504ProgramAssociation"],
        "ECONOMICALLY_DISADVANTAGED": cheap,
    }


def test_what_has_no_home_is_counted_as_often_as_it_stands_there(district: District) -> None:
    found = counted(district.first)
    assert (found["Contact"], found["StudentHealth"], found["Course"]) == (1873, 71, 84)


async def test_loading_it_again_changes_nothing(district: District) -> None:
    again = await district.load("student-enrollment-excerpt", source="grand-bend-isd")
    assert set(verdicts(again)["child"]) == {Verdict.UNCHANGED}
    for expected in ({"UNCHANGED", "UPDATED"}, {"UNCHANGED"}):
        # The excerpt's children are written back to what the district's own Student records say, once.
        again = await district.load("grand-bend-ds5.2")
        assert {verdict for found in verdicts(again).values() for verdict in found} == expected
    assert verdicts(again)["enrollment"] == {"UNCHANGED": 714 + SCHOOL_YEARS}
    assert verdicts(again)["attendance"] == {"UNCHANGED": 1916 + 66}


async def test_the_excerpt_places_children_that_are_known_and_makes_none(district: District) -> None:
    # One of the 29 students with a school is among the 9 of whom the district says something.
    assert verdicts(district.placed) == {"child": {"UPDATED": 37}}
    assert (await district.rows("SELECT count(*) FROM child WHERE community_id = $1"))[0]["count"] == 960
    assert (await district.rows(PLACED))[0]["count"] == 29
    assert counted(district.placed)["StudentSectionAssociation"] == 14


async def test_need_and_service_of_special_education_add_up_to_the_file(district: District) -> None:
    token = await district.client.token(Role.SECTOR_STEWARD, district.community, sector="EDUCATION")
    query = (
        f'{{ coverage(community: "grand-bend", asOf: "{DAY}", services: ["SPECIAL_EDUCATION"]) '
        f"{{ services {{ total {{ {COUNTS} }} }} }} }}"
    )
    data = await district.client.data(query, token)
    (service,) = data["coverage"]["services"]
    total = {name: count["value"] for name, count in service["total"].items()}
    assert total["inNeed"] == total["served"] + total["gap"]
    in_need = [each for each in associations() if "SpecialEducationProgram" in each.tag and has_an_iep(each)]
    assert total["inNeed"] == len(in_need)
    assert total["served"] == sum(day(each, "EndDate", "SpecialEducationExitDate") >= DAY for each in in_need)


def has_an_iep(association: Any) -> bool:
    ends = min(day(association, name) for name in ("EndDate", "SpecialEducationExitDate", "IEPEndDate"))
    return day(association, "IEPBeginDate") <= DAY <= ends


def day(association: Any, *names: str) -> date:
    """Return the first of these dates that the association has, or one that never comes."""
    return next((date.fromisoformat(found) for name in names if (found := text(association, name))), date.max)
