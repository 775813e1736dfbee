"""What a district is promised of the classes on its roster whose course is one of its programs."""

from pathlib import Path

import pytest

from cabinet.errors import TooManyAbsent
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from tests.importers.oneroster_loading import ENROLLED, changed, fetch, take, with_program
from tests.importers.oneroster_samples import DAY, attending, classes, package
from tests.world import World, child, enrollment


async def statuses(world: World) -> dict[str, str]:
    return {row["record_id"].removeprefix("oneroster:"): row["status"] for row in await fetch(world, ENROLLED)}


async def test_a_class_whose_course_is_a_program_is_an_enrollment_in_it(world: World, tmp_path: Path) -> None:
    await with_program(world)
    rows = [attending(n, "k1") for n in range(11)]
    path = classes(tmp_path / "a", *rows, attending(1, "k2"), attending(11, "k1", begins=""))
    report = await take(world, path, source="district")
    assert report.counts[Kind.ENROLLMENT] == {Verdict.CREATED: 12}
    assert [r.count for r in report.remarks if "no program of the source" in r.message] == [1]
    enrolled = await fetch(world, ENROLLED)
    assert {(row["code"], row["status"]) for row in enrolled} == {("RI", "ENROLLED")}
    assert {row["begins"] for row in enrolled} == {"2026-09-01", "2026-08-15"}
    assert changed(await take(world, path, source="district")) == 0


async def test_an_enrollment_a_complete_file_no_longer_holds_is_withdrawn(world: World, tmp_path: Path) -> None:
    await with_program(world)
    await world.roster("district", child("own", "Ola"))
    await world.enroll("district", enrollment("mine", "own", "RI"))
    first = classes(tmp_path / "a", *(attending(n, "k1") for n in range(12)))
    await take(world, first, source="district")
    second = classes(tmp_path / "b", *(attending(n, "k1") for n in range(11)))
    await take(world, second, source="district")
    ended = [row for row in await fetch(world, ENROLLED) if row["status"] == "WITHDRAWN"]
    assert [(row["record_id"], row["exit_reason"], row["ends"]) for row in ended] == [
        ("oneroster:e11k1", "No longer in enrollments.csv", str(world.harbor.today))
    ]
    assert changed(await take(world, second, source="district")) == 0
    await take(world, first, source="district")
    assert {row["status"] for row in await fetch(world, ENROLLED)} == {"ENROLLED"}
    with pytest.raises(TooManyAbsent, match=r"enrollments\.csv says it is complete"):
        await take(world, classes(tmp_path / "c"), source="district")


async def test_an_older_part_changes_no_enrollment(world: World, tmp_path: Path) -> None:
    await with_program(world)
    await take(world, classes(tmp_path / "a", attending(1, "k1")), source="district")
    gone = attending(1, "k1", status="tobedeleted", modified=DAY.format(5))
    back = attending(1, "k1", status="active", modified=DAY.format(4))
    for number, row in enumerate((gone, back, gone)):
        part = package(tmp_path / f"p{number}", mode="delta", enrollments=(row,))
        await take(world, part, source="district")
        (stored,) = await fetch(world, ENROLLED)
        assert (stored["status"], stored["ends"]) == ("WITHDRAWN", "2026-09-05")


async def test_a_complete_file_corrects_what_its_source_never_dates_anew(world: World, tmp_path: Path) -> None:
    await with_program(world)
    one_day = DAY.format(1)
    begun = [attending(n, "k1", modified=one_day) for n in range(12)]
    later = [attending(n, "k1", modified=one_day, begins="2026-09-15") for n in range(12)]
    await take(world, classes(tmp_path / "a", *begun), source="district")
    report = await take(world, classes(tmp_path / "b", *later), source="district")
    assert report.counts[Kind.ENROLLMENT] == {Verdict.UPDATED: 12}
    await take(world, classes(tmp_path / "c", *later[:11]), source="district")
    assert (await statuses(world))["e11k1"] == "WITHDRAWN"
    await take(world, classes(tmp_path / "d", *later), source="district")
    assert set((await statuses(world)).values()) == {"ENROLLED"}


async def test_parts_and_complete_files_come_to_the_latest_word_on_an_enrollment(
    world: World, tmp_path: Path
) -> None:
    await with_program(world)
    many = [attending(n, "k1") for n in range(10)]
    await take(world, classes(tmp_path / "a", *many, attending(11, "k1")), source="district")
    # A complete file of the 5th no longer holds the enrollment; a part of the 4th that still does comes too late.
    dated = [attending(n, "k1", modified=DAY.format(5)) for n in range(10)]
    await take(world, classes(tmp_path / "b", *dated), source="district")
    late = attending(11, "k1", status="active", modified=DAY.format(4))
    await take(world, package(tmp_path / "c", mode="delta", enrollments=(late,)), source="district")
    assert (await statuses(world))["e11k1"] == "WITHDRAWN"
    # A part of the 7th brings it back; a complete file of the 5th neither ends nor changes it.
    back = attending(11, "k1", status="active", modified=DAY.format(7))
    await take(world, package(tmp_path / "d", mode="delta", enrollments=(back,)), source="district")
    await take(world, classes(tmp_path / "b", *dated), source="district")
    undated = attending(11, "k1", begins="2026-10-01")
    await take(world, classes(tmp_path / "e", *dated, undated), source="district")
    (row,) = [row for row in await fetch(world, ENROLLED) if row["record_id"] == "oneroster:e11k1"]
    assert (row["status"], row["begins"]) == ("ENROLLED", "2026-09-01")


async def test_an_enrollment_marked_as_deleted_without_a_date_ends_today(world: World, tmp_path: Path) -> None:
    await with_program(world)
    row = attending(1, "k1") + "2027-06-10"
    await take(world, classes(tmp_path / "a", row), source="district")
    for name in ("b", "c"):
        gone = row.replace("e1k1,,", "e1k1,tobedeleted,")
        await take(world, classes(tmp_path / name, gone), source="district")
        (stored,) = await fetch(world, ENROLLED)
        assert (stored["status"], stored["ends"]) == ("WITHDRAWN", str(world.harbor.today))
    assert changed(await take(world, classes(tmp_path / "c", gone), source="district")) == 0


async def test_an_enrollment_that_goes_before_it_began_never_was(world: World, tmp_path: Path) -> None:
    await with_program(world)
    planned = attending(11, "k1", begins="2027-02-01")
    many = [attending(n, "k1") for n in range(10)]
    await take(world, classes(tmp_path / "a", *many, planned), source="district")
    await take(world, classes(tmp_path / "b", *many), source="district")
    assert (await statuses(world))["e11k1"] == "NOT_ENROLLED"
    assert changed(await take(world, classes(tmp_path / "b", *many), source="district")) == 0
