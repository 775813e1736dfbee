"""An Ed-Fi export through the door: what is taken, that it is taken once, and in whatever pieces it comes."""

from pathlib import Path
from typing import Any

import pytest

from cabinet.errors import InputInvalid
from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from tests.importers.edfi_samples import (
    ANA,
    DISTRICT,
    association,
    export,
    interchange,
    said_of,
    service,
    stay,
)
from tests.importers.reading import write
from tests.world import LOADER, World

ENROLLED = """
SELECT p.code, e.status, e.begins::text, e.ends::text FROM enrollment e
JOIN program p ON p.community_id = e.community_id AND p.program_id = e.program_id ORDER BY p.code, e.begins
"""
YEARS = """
SELECT i.given_name, y.school_year, y.grade, s.code FROM child_year y
JOIN child_identity i ON i.community_id = y.community_id AND i.child_id = y.child_id
LEFT JOIN school s ON s.community_id = y.community_id AND s.school_id = y.school_id
ORDER BY i.given_name, y.school_year
"""
CHARACTERISTICS = "SELECT kind, value, begins::text, ends::text FROM characteristic ORDER BY kind, begins"


async def take(world: World, path: Path, **how: Any) -> Report:
    return await load(world.database, LOADER, world.harbor, find_format("edfi"), path, **how)


async def rows(world: World, organization: str, sql: str) -> list[tuple[Any, ...]]:
    source = await world.source(organization)
    async with world.database.transaction(source.scope) as connection:
        return [tuple(row) for row in await connection.fetch(sql)]


def verdicts(report: Report) -> dict[str, dict[str, int]]:
    return {str(kind): {str(v): n for v, n in found.items() if n} for kind, found in report.counts.items()}


def codes(report: Report) -> list[str]:
    return [remark.code for remark in report.remarks if remark.is_rejection]


async def test_an_export_goes_in_whole_and_a_second_time_changes_nothing(world: World, tmp_path: Path) -> None:
    report = await take(world, export(tmp_path))
    assert verdicts(report) == {
        "organization": {"CREATED": 1},
        "location": {"CREATED": 1},
        "school": {"CREATED": 2},
        "program": {"CREATED": 6},
        "service": {"CREATED": 3},
        "child": {"CREATED": 2},
        "enrollment": {"CREATED": 5},
    }
    before = [await rows(world, "rio-verde-schools", sql) for sql in (ENROLLED, YEARS, CHARACTERISTICS)]
    assert ("Ana", 2027, "01", "500001") in before[1]
    assert ("IEP", "YES", "2026-09-01", None) in before[2]
    assert ("500-neglected-neglected-and-delinquent-program--mentoring", "ENROLLED", "2026-10-01", None) in before[
        0
    ]
    again = await take(world, export(tmp_path))
    assert again.total(Verdict.UNCHANGED) == 20
    assert {verdict for counter in again.counts.values() for verdict in counter} == {Verdict.UNCHANGED}
    assert before == [await rows(world, "rio-verde-schools", sql) for sql in (ENROLLED, YEARS, CHARACTERISTICS)]


async def test_another_order_of_the_same_records_changes_nothing(world: World, tmp_path: Path) -> None:
    await take(world, export(tmp_path))
    files = sorted((tmp_path / "edfi").iterdir(), reverse=True)
    renamed = {f"{number}__xml": file.read_text() for number, file in enumerate(files)}
    again = await take(world, write(tmp_path / "renamed", **renamed))
    assert again.total(Verdict.UNCHANGED) == 20


async def test_an_end_that_comes_later_ends_the_enrollment_and_the_characteristic(
    world: World, tmp_path: Path
) -> None:
    def in_special_education(ends: str) -> str:
        return interchange(association("SpecialEducation", "4712", "Special Education", "IDEA", ends=ends))

    await take(world, export(tmp_path, StudentProgram=in_special_education("")))
    again = await take(world, export(tmp_path, StudentProgram=in_special_education("2026-11-20")))
    assert verdicts(again)["enrollment"] == {"UPDATED": 1}
    assert await rows(world, "rio-verde-schools", ENROLLED) == [
        ("500-special-education-idea", "ENROLLED", "2026-09-01", "2026-11-20")
    ]
    assert await rows(world, "rio-verde-schools", CHARACTERISTICS) == [("IEP", "YES", "2026-09-01", "2026-11-20")]


async def test_the_files_may_come_one_by_one_with_the_name_of_their_source(world: World, tmp_path: Path) -> None:
    """The organization is there from the first file on; a later file forgets nothing that an earlier one said."""
    files = export(tmp_path)
    for stem in ("EducationOrganization", "Student", "StudentEnrollment", "StudentProgram"):
        report = await take(world, files / f"{stem}.xml", source="rio-verde-schools")
        assert codes(report) == [], stem
    assert ("Ana", 2027, "01", "500001") in await rows(world, "rio-verde-schools", YEARS)
    assert len(await rows(world, "rio-verde-schools", ENROLLED)) == 5
    (organization,) = await rows(
        world, "rio-verde-schools", "SELECT name FROM organization WHERE code = 'rio-verde-schools'"
    )
    assert organization == ("Río Verde Schools",)


async def test_programs_alone_bring_in_children_by_their_student_ids(world: World, tmp_path: Path) -> None:
    await world.roster("clinic", {**_patient(), "record_id": "P1"})
    only = write(tmp_path / "some", StudentProgram__xml=interchange(association("", "4711", "Chess", "Other")))
    report = await take(world, only, source="district")
    assert verdicts(report)["enrollment"] == {"CREATED": 1}
    assert await rows(world, "district", "SELECT count(*) FROM child") == [(1,)]


async def test_a_named_source_is_the_district(world: World, tmp_path: Path) -> None:
    report = await take(world, export(tmp_path), source="district")
    assert codes(report) == []
    (organization,) = await rows(
        world, "district", "SELECT name, source_id FROM organization WHERE code = 'district'"
    )
    assert organization == ("Río Verde Schools", "500")


async def test_another_sectors_organization_is_not_taken_for_the_district(world: World, tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="'club' is an organization of OUT_OF_SCHOOL_TIME"):
        await take(world, export(tmp_path), source="club")
    assert await rows(world, "club", "SELECT name FROM organization WHERE code = 'club'") == [("club",)]


async def test_every_bad_row_is_said_with_its_place_and_the_rest_is_taken(world: World, tmp_path: Path) -> None:
    bad = (
        association("", "4711", "A", "Other", begins="2026-02-30"),
        association("", "4711", "B", "Other", begins="2026-10-01", ends="2026-09-01"),
        association("", "4711", "C", "Other", begins="2025-09-01"),
        association("", "4711", "C", "Other", begins="2026-09-01"),
        association("", "4711", "D", "Other", begins=""),
        association(
            "Homeless", "4711", "E", "Other", service("HomelessProgramService", "Zzz"), begins="2026-09-01"
        ),
    )
    student = ANA.replace("4711", "9").replace("2018-03-04", "2099-01-01")
    path = export(tmp_path, StudentProgram=interchange(*bad), StudentMore=interchange(student))
    report = await take(world, path)
    rejected = {(r.code, r.file, r.line, r.column) for r in report.remarks if r.is_rejection}
    assert rejected == {
        ("DATE_INVALID", "StudentProgram.xml", 3, "begins"),
        ("ENDS_BEFORE_BEGINS", "StudentProgram.xml", 4, ""),
        ("ALREADY_ENROLLED", "StudentProgram.xml", 6, "record_id"),
        ("ROW_INVALID", "StudentProgram.xml", 7, "begins"),
        ("DATE_INVALID", "StudentMore.xml", 3, "identity.birth_date"),
    }
    assert verdicts(report)["enrollment"] == {"CREATED": 2, "REJECTED": 4}
    (unknown,) = [remark for remark in report.remarks if remark.code == "CODE_UNKNOWN"]
    assert (unknown.file, unknown.line, unknown.column) == ("StudentProgram.xml", 8, "HomelessProgramService")
    again = await take(world, path)
    assert verdicts(again)["enrollment"] == {"UNCHANGED": 2, "REJECTED": 4}


async def test_a_broken_file_costs_what_comes_after_the_break(world: World, tmp_path: Path) -> None:
    broken = interchange(said_of("4711"), stay("4711", "500002", "2026-10-05", "Second grade")) + "<"
    report = await take(world, export(tmp_path, StudentMore=broken))
    assert ("Ana", 2027, "02", "500002") in await rows(world, "rio-verde-schools", YEARS)
    (said,) = [remark for remark in report.remarks if "cannot be read to its end" in remark.message]
    assert (said.file, said.line, said.code) == ("StudentMore.xml", 6, "ROW_INVALID")


async def test_a_mapping_is_for_formats_that_have_codes(world: World, tmp_path: Path) -> None:
    mapping = tmp_path / "ours.toml"
    mapping.write_text("[program_types]\n'Other' = 'STEM'\n")
    path = export(tmp_path, StudentProgram=interchange(association("", "4711", "Robots", "Other")))
    await take(world, path, mapping=mapping)
    sql = "SELECT p.sector FROM program p WHERE p.code = '500-robots-other'"
    assert await rows(world, "rio-verde-schools", sql) == [("OUT_OF_SCHOOL_TIME",)]
    with pytest.raises(InputInvalid, match="no codes to map"):
        await load(world.database, LOADER, world.harbor, find_format("neighborhoods"), path, mapping=mapping)


async def test_a_district_keeps_its_name_whichever_format_brings_it(world: World, tmp_path: Path) -> None:
    orgs = "sourcedId,name,type,identifier,parentSourcedId\nd,Río Verde Schools,district,500,\n"
    package = write(
        tmp_path / "roster",
        manifest="propertyName,value\noneroster.version,1.1\n",
        orgs=orgs,
        users="sourcedId,givenName,familyName,role\n",
    )
    await load(world.database, LOADER, world.harbor, find_format("oneroster"), package)
    report = await take(world, write(tmp_path / "edfi", a__xml=interchange(DISTRICT)))
    assert report.counts[Kind.ORGANIZATION][Verdict.CREATED] == 0


def _patient() -> dict[str, Any]:
    identity = {"given_name": "Ana", "family_name": "Reyes", "birth_date": "2018-03-04"}
    return {"identity": {**identity, "identifiers": {"DISTRICT_STUDENT_ID": "4711"}}, "school_year": 2027}
