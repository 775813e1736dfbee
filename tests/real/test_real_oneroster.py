"""OneRoster packages that nobody here wrote: the sound ones go in, the others are refused as their index says."""

import csv
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pytest

from cabinet.errors import PackageInvalid, TooManyAbsent
from cabinet.importers.load import find_format, load
from cabinet.importers.oneroster import read
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from tests.importers.reading import REAL, real
from tests.world import LOADER, World

CONFORMANCE = REAL / "oneroster" / "longsight-1.2-zips"
INDEX: list[dict[str, Any]] = (
    orjson.loads((CONFORMANCE / "index.json").read_bytes()) if CONFORMANCE.exists() else []
)
HEADERS_AND_MANIFESTS = 1
"""The row of a fault that is none of a row."""


def packages(*, valid: bool) -> list[Any]:
    """Return the packages of the index, or one that is skipped where they are not at hand."""
    found = [entry for entry in INDEX if entry["valid"] is valid]
    return [pytest.param(entry, id=Path(entry["file"]).stem) for entry in found or [{"file": "index.json"}]]


async def take(world: World, path: Path, *, accept: bool = False) -> Report:
    format_ = find_format("oneroster")
    return await load(world.database, LOADER, world.harbor, format_, path, accept_absences=accept)


async def count(world: World, table: str, where: str = "true") -> int:
    source = await world.source("district")
    async with world.database.transaction(source.scope) as connection:
        found: int = await connection.fetchval(f"SELECT count(*) FROM {table} WHERE {where}")
        return found


def changed(report: Report) -> int:
    return report.total(Verdict.CREATED) + report.total(Verdict.UPDATED)


@pytest.mark.parametrize("entry", packages(valid=True))
async def test_a_sound_package_is_loaded_and_tells_honestly_that_no_child_is_in_it(
    world: World, entry: dict[str, Any]
) -> None:
    path = real("oneroster", "longsight-1.2-zips", entry["file"])
    report = await take(world, path)
    has_orgs = entry["profile"] != "package"
    assert {kind: sum(counter.values()) for kind, counter in report.counts.items()} == (
        {Kind.ORGANIZATION: 1, Kind.SCHOOL: 1} if has_orgs else {}
    )
    said = [remark.message for remark in report.remarks]
    without = "nobody who is known as a student" if has_orgs else "There is no users.csv in the package."
    assert any(without in message for message in said)
    assert await count(world, "child") == 0
    assert changed(await take(world, path)) == 0


@pytest.mark.parametrize("entry", packages(valid=False))
async def test_an_unsound_package_is_refused_by_its_diagnostics_and_leaves_no_trace(
    world: World, entry: dict[str, Any]
) -> None:
    path = real("oneroster", "longsight-1.2-zips", entry["file"])
    before = await count(world, "organization"), await count(world, "outbox")
    with pytest.raises(PackageInvalid) as refused:
        await take(world, path)
    detail = refused.value.detail
    assert {problem["diagnostic"] for problem in detail["problems"]} == set(entry["expectedCodes"])
    assert detail["diagnostic"] in entry["expectedCodes"]
    for problem in detail["problems"]:
        assert problem["file"] in refused.value.message or len(detail["problems"]) > 1
        of_row = problem["diagnostic"].startswith(("row.", "reference.", "semantic."))
        assert (problem["row"] > HEADERS_AND_MANIFESTS and bool(problem["column"])) or not of_row
    assert (await count(world, "organization"), await count(world, "outbox")) == before


@pytest.mark.parametrize(("size", "students", "schools"), [("small", 248, 3), ("medium", 778, 8)])
async def test_a_district_of_version_1_1_is_loaded_as_a_folder_and_as_a_zip(
    world: World, size: str, students: int, schools: int
) -> None:
    folder = real("oneroster", "generated-1.1", f"district-{size}")
    report = await take(world, folder)
    assert {kind: dict(counter) for kind, counter in report.counts.items()} == {
        Kind.ORGANIZATION: {Verdict.CREATED: 1},
        Kind.SCHOOL: {Verdict.CREATED: schools},
        Kind.CHILD: {Verdict.CREATED: students},
    }
    assert not [remark for remark in report.remarks if remark.is_rejection]
    assert changed(await take(world, folder / f"oneroster-district-{size}.zip")) == 0


def without(folder: Path, made: Path, share: int) -> list[str]:
    """Write the package again without every so-and-so-many-th student; return the ids of those."""
    made.mkdir()
    rows = list(csv.DictReader((folder / "users.csv").read_text().splitlines()))
    gone = [row["sourcedId"] for row in rows if row["role"] == "student"][::share]
    with zipfile.ZipFile(made / "roster.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.glob("*.csv"):
            lines = file.read_text().splitlines(keepends=True)
            kept = [line for line in lines if not any(each in line for each in gone)]
            archive.writestr(f"export/{file.name}", "".join(kept))
    return gone


async def test_students_missing_from_a_real_district_have_left_and_come_back(world: World, tmp_path: Path) -> None:
    folder = real("oneroster", "generated-1.1", "district-medium")
    await take(world, folder)
    gone = without(folder, tmp_path / "later", 20)
    report = await take(world, tmp_path / "later" / "roster.zip")
    assert report.counts[Kind.CHILD] == {Verdict.UPDATED: len(gone), Verdict.UNCHANGED: 778 - len(gone)}
    assert await count(world, "child_year", "exit_reason IS NOT NULL") == len(gone) == 39
    assert await count(world, "child") == 778
    assert changed(await take(world, tmp_path / "later" / "roster.zip")) == 0
    without(folder, tmp_path / "half", 2)
    with pytest.raises(TooManyAbsent):
        await take(world, tmp_path / "half" / "roster.zip")
    assert await count(world, "child_year", "exit_reason IS NOT NULL") == 39
    await take(world, folder)
    assert await count(world, "child_year", "exit_reason IS NOT NULL") == 0


async def test_a_course_that_is_a_program_shows_whom_it_reaches(world: World) -> None:
    folder = real("oneroster", "generated-1.1", "district-small")
    raws = [item for item in read(folder) if getattr(item, "kind", None) is Kind.ENROLLMENT]
    codes = [raw.fields["program"] for raw in raws if hasattr(raw, "codes")]
    code = max(set(codes), key=codes.count)
    await take(world, folder)
    program = {"code": code, "name": "It", "organization": "cerulean-bluff-county-schools", "sector": "EDUCATION"}
    await world.fill("district", Kind.PROGRAM, [program])
    report = await take(world, folder)
    assert report.counts[Kind.ENROLLMENT] == {Verdict.CREATED: codes.count(code)}
    assert await count(world, "enrollment", "status = 'ENROLLED'") == codes.count(code)
    assert changed(await take(world, folder)) == 0
