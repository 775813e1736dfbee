"""A file by the same door: what is taken, what is said, and that a second load changes nothing."""

from pathlib import Path

import orjson
import pytest

from cabinet.errors import FileUnreadable, NotFound
from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from tests.world import LOADER, World

HEADER = "record_id,program,status,begins,ends,child_id,given_name,family_name,birth_date,sex,favourite\n"


async def take(world: World, name: str, path: Path, source: str | None = None) -> Report:
    return await load(world.database, LOADER, world.harbor, find_format(name), path, source=source)


def counts(report: Report, kind: Kind) -> dict[str, int]:
    return {str(verdict): count for verdict, count in report.counts[kind].items()}


async def test_every_bad_row_is_said_with_its_place_and_the_rest_is_taken(world: World, tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    good = "".join(f"{n},after,ENROLLED,2026-09-01,,c{n},Kid{n},Li,2018-01-01,F,\n" for n in range(1500))
    bad = "x,after,ENROLLED,2026-02-30,,cx,Xi,Li,2018-01-01,F,blue\n"
    path.write_text(HEADER + good + bad)
    report = await take(world, "enrollments", path, "club")
    assert counts(report, Kind.ENROLLMENT) == {"CREATED": 1500, "REJECTED": 1}
    said = {(remark.code, remark.file, remark.line, remark.column) for remark in report.remarks}
    assert ("DATE_INVALID", "march.csv", 1502, "begins") in said
    assert any(code == "COLUMN_UNKNOWN" and column == "favourite" for code, _, _, column in said)
    again = await take(world, "enrollments", path, "club")
    assert counts(again, Kind.ENROLLMENT) == {"UNCHANGED": 1500, "REJECTED": 1}


async def test_a_file_needs_to_be_somebodys(world: World, tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text(HEADER + "1,after,ENROLLED,2026-09-01,,c1,Ana,Li,2018-01-01,F,\n")
    with pytest.raises(NotFound, match="whose records"):
        await take(world, "enrollments", path)
    with pytest.raises(NotFound, match="nobody"):
        await take(world, "enrollments", path, "nobody")
    with pytest.raises(NotFound, match="no format"):
        find_format("spreadsheet")
    with pytest.raises(FileUnreadable):
        await take(world, "enrollments", tmp_path / "absent.csv", "club")


async def test_another_agencys_program_is_refused_in_a_file_too(world: World, tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text(HEADER + "1,after,ENROLLED,2026-09-01,,c1,Ana,Li,2018-01-01,F,\n")
    report = await take(world, "enrollments", path, "arts")
    assert [remark.code for remark in report.remarks if remark.is_rejection] == ["PROGRAM_NOT_YOURS"]


async def test_patients_and_their_visits_come_with_a_source_of_their_own(world: World, tmp_path: Path) -> None:
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Li", "given": ["Ana"]}],
        "gender": "female",
        "birthDate": "2018-01-01",
        "address": [{"line": ["1 Elm St"], "postalCode": "02101-1234"}],
    }
    shot = {
        "resourceType": "Immunization",
        "id": "i1",
        "status": "completed",
        "vaccineCode": {"coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "08"}]},
        "patient": {"reference": "Patient/p1"},
        "occurrenceDateTime": "2026-10-01T09:00:00-04:00",
    }
    (tmp_path / "Patient.ndjson").write_bytes(orjson.dumps(patient))
    (tmp_path / "Immunization.ndjson").write_bytes(orjson.dumps(shot))
    report = await take(world, "fhir", tmp_path)
    assert (counts(report, Kind.CHILD), counts(report, Kind.ENCOUNTER)) == ({"CREATED": 1}, {"CREATED": 1})
    source = await world.source("fhir")
    async with world.database.transaction(source.scope) as connection:
        place = await connection.fetchval(
            "SELECT n.code FROM child_year y JOIN neighborhood n"
            " ON n.community_id = y.community_id AND n.neighborhood_id = y.neighborhood_id"
        )
    assert (source.sector, place) == ("HEALTH", "north")
    again = await take(world, "fhir", tmp_path)
    assert again.total(Verdict.UNCHANGED) == 2
    assert again.total(Verdict.CREATED) == again.total(Verdict.UPDATED) == 0
