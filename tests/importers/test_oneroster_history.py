"""What a district is promised of one export after another: complete files and parts, in any order, again."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import asyncpg
import pytest

from cabinet.coverage.coverage import coverage
from cabinet.coverage.population import Population
from cabinet.errors import NotFound, TooManyAbsent
from cabinet.importers.load import Report, find_format, load
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.importers.oneroster_samples import SECRET, district, package, student
from tests.world import LOADER, World, child, enrollment

ABSENT = "No longer among the students of users.csv"
DELETED = "Marked to be deleted in users.csv"
DAY = "2026-09-0{}T08:00:00Z"

_YEARS = """
SELECT r.record_id, n.given_name, n.birth_date::text, s.code AS school, y.grade, y.ends::text, y.exit_reason
FROM child_year y JOIN child_link l USING (community_id, child_id)
JOIN source_record r USING (community_id, source_record_id)
JOIN child_identity n USING (community_id, source_record_id)
LEFT JOIN school s ON s.community_id = y.community_id AND s.school_id = y.school_id
WHERE y.organization_id = r.organization_id ORDER BY r.record_id
"""
_ENROLLED = """
SELECT e.record_id, p.code, e.status, e.begins::text, e.ends::text, e.exit_reason FROM enrollment e
JOIN program p USING (community_id, program_id) ORDER BY e.record_id
"""


async def take(world: World, path: Path, *, accept: bool = False, source: str | None = None) -> Report:
    format_ = find_format("oneroster")
    return await load(world.database, LOADER, world.harbor, format_, path, source=source, accept_absences=accept)


async def fetch(world: World, sql: str) -> list[dict[str, str | None]]:
    source = await world.source("district")
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


async def left(world: World) -> dict[str, str | None]:
    """Return why each of the roster's children is there no more; None for those who are there."""
    return {str(row["record_id"]): row["exit_reason"] for row in await fetch(world, _YEARS)}


def class_of(n: int) -> tuple[str, ...]:
    return tuple(student(number) for number in range(n))


def changed(report: Report) -> int:
    return report.total(Verdict.CREATED) + report.total(Verdict.UPDATED)


async def test_whom_a_complete_file_no_longer_holds_has_left_with_a_reason(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(20)))
    report = await take(world, district(tmp_path / "b", *class_of(19)))
    assert (await left(world)).items() >= {("u18", None), ("u19", ABSENT)}
    assert any("no longer holds 1 of the records" in remark.message for remark in report.remarks)
    assert report.counts[Kind.CHILD] == {Verdict.UPDATED: 1, Verdict.UNCHANGED: 19}
    (row,) = [row for row in await fetch(world, _YEARS) if row["ends"]]
    assert (row["record_id"], row["given_name"], row["ends"]) == ("u19", "Kid19", str(world.harbor.today))
    assert changed(await take(world, district(tmp_path / "b", *class_of(19)))) == 0
    await take(world, district(tmp_path / "c", *class_of(20)))
    assert set((await left(world)).values()) == {None}


async def test_a_file_that_would_end_more_than_a_tenth_is_refused_unless_it_is_meant(
    world: World, tmp_path: Path
) -> None:
    await take(world, district(tmp_path / "a", *class_of(20)))
    before = await fetch(world, _YEARS)
    half = district(tmp_path / "b", *class_of(17), student(99, "New"))
    with pytest.raises(TooManyAbsent, match=r"3 of 20 records") as refused:
        await take(world, half)
    assert refused.value.detail == {"file": "users.csv", "absent": 3, "there": 20}
    assert await fetch(world, _YEARS) == before
    await take(world, half, accept=True)
    assert list((await left(world)).values()).count(ABSENT) == 3
    with pytest.raises(TooManyAbsent, match="18 of 18"):
        await take(world, district(tmp_path / "empty"))


async def test_a_complete_file_with_a_row_that_cannot_be_read_ends_nobody(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(20)))
    for name, bad in (("b", "u19,,,true"), ("c", student(19).replace("u19", ""))):
        report = await take(world, district(tmp_path / name, *class_of(18), bad))
        assert any("what it lacks was not ended" in remark.message for remark in report.remarks)
    assert set((await left(world)).values()) == {None}


async def test_who_was_only_mentioned_before_is_on_the_roster_from_then_on(world: World, tmp_path: Path) -> None:
    await with_program(world)
    kid = child("", "Kid11", "Li", birth_date="2018-01-01")
    mention = {**enrollment("mine", kid, "RI"), "child": {"source_id": "u11", "identity": kid["identity"]}}
    await world.enroll("district", mention)
    await take(world, district(tmp_path / "a", *class_of(12)), source="district")
    await take(world, district(tmp_path / "b", *class_of(11)), source="district")
    assert (await left(world))["u11"] == ABSENT


async def test_nobody_is_ended_by_a_file_that_does_not_say_it_is_complete(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(20)))
    for mode in ("delta", ""):
        await take(world, district(tmp_path / f"b{mode}", student(3), mode=mode))
    assert set((await left(world)).values()) == {None}


async def test_only_what_the_same_source_brought_by_oneroster_is_ended(world: World, tmp_path: Path) -> None:
    await world.roster("district", child("own", "Ola"))
    await world.roster("clinic", child("P1", "Kid5", "Li", identifiers={"DISTRICT_STUDENT_ID": "4705"}))
    await take(world, district(tmp_path / "a", *class_of(3)))
    other = ("d,,,Other,district,2000,", "s9,,,Ash,school,2001,d")
    await take(world, district(tmp_path / "b", student(50), student(51), orgs=other))
    await take(world, district(tmp_path / "c", student(50), orgs=other), accept=True)
    gone = {record_id for record_id, reason in (await left(world)).items() if reason}
    assert gone == {"u51"}


async def test_a_child_with_a_new_number_has_not_left(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(12)))
    again = student(11).replace("u11,", "new,")
    for name in ("b", "c"):
        await take(world, district(tmp_path / name, *class_of(11), again))
        rows = await fetch(world, _YEARS)
        assert {row["exit_reason"] for row in rows} == {None}
        assert {row["record_id"] for row in rows} >= {"u11", "new"}


async def test_who_has_left_is_counted_no_longer(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(3)))
    await take(world, district(tmp_path / "b", *class_of(2)), accept=True)
    community, today = world.harbor.community_id, world.harbor.today
    steward = Viewer("s", (Membership(community, Role.SECTOR_STEWARD, sector="EDUCATION"),))
    counts = []
    for day in (today, today + timedelta(days=1)):
        found = await coverage(world.database, steward, community, Population(), ["TUTORING"], day)
        counts.append(found.population.value)
    assert counts == [3, 2]


def deltas(tmp_path: Path) -> Sequence[Path]:
    """Return four parts: a name corrected twice, a birth date, and one child that goes."""
    first = student(1, "Ana", status="active", modified=DAY.format(2), org="s2")
    second = student(1, "Anna", status="active", modified=DAY.format(4))
    gone = student(2, status="tobedeleted", modified=DAY.format(3))
    born = f"u1,active,{DAY.format(3)},2018-03-04,female,true"
    return [
        district(tmp_path / "1", first, mode="delta"),
        district(tmp_path / "2", second, mode="delta"),
        district(tmp_path / "3", gone, mode="delta"),
        district(tmp_path / "4", mode="delta", demographics=(born,)),
    ]


@pytest.mark.parametrize("order", [*permutations(range(4))][::5])
async def test_parts_come_to_the_same_in_any_order_and_again(
    world: World, tmp_path: Path, order: Sequence[int]
) -> None:
    every = [student(n, status="active", modified=DAY.format(1)) for n in range(4)]
    await take(world, district(tmp_path / "0", *every))
    parts = deltas(tmp_path)
    for number in order:
        await take(world, parts[number])
    rows = {str(row["record_id"]): row for row in await fetch(world, _YEARS)}
    assert (rows["u1"]["given_name"], rows["u1"]["birth_date"], rows["u1"]["school"]) == (
        "Anna",
        "2018-03-04",
        "1001",
    )
    assert (rows["u2"]["ends"], rows["u2"]["exit_reason"]) == ("2026-09-03", DELETED)
    assert [await changes_of(world, parts[number]) for number in order] == [0] * 4
    assert changed(await take(world, district(tmp_path / "0", *every))) == 0
    assert {str(row["record_id"]): row for row in await fetch(world, _YEARS)} == rows


async def changes_of(world: World, path: Path) -> int:
    return changed(await take(world, path))


async def test_a_complete_file_older_than_what_is_known_ends_and_brings_back_nobody(
    world: World, tmp_path: Path
) -> None:
    old = [student(n, status="active", modified=DAY.format(1)) for n in range(10)]
    new = [student(n, status="active", modified=DAY.format(5)) for n in range(1, 11)]
    await take(world, district(tmp_path / "new", *new))
    await take(world, district(tmp_path / "old", *old), accept=True)
    assert (await left(world))["u10"] is None
    await take(world, district(tmp_path / "new", *new), accept=True)
    assert (await left(world))["u0"] == ABSENT
    assert changed(await take(world, district(tmp_path / "old", *old), accept=True)) == 0


async def test_an_older_part_does_not_bring_back_whom_a_complete_file_ended(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(11)))
    part = district(tmp_path / "b", student(10, status="active", modified=DAY.format(1)), mode="delta")
    await take(world, part)
    await take(world, district(tmp_path / "c", *class_of(10)))
    assert changed(await take(world, part)) == 0
    assert (await left(world))["u10"] == ABSENT
    again = student(10, status="active", modified=DAY.format(7))
    await take(world, district(tmp_path / "d", again, mode="delta"))
    assert (await left(world))["u10"] is None


async def test_roles_say_who_becomes_a_student_and_who_stops_being_one(world: World, tmp_path: Path) -> None:
    def user(n: int, modified: str = "") -> str:
        return f"u{n},{'active' if modified else ''},{modified},true,kid{n},Kid{n},Li,{4700 + n},3,{SECRET}"

    def role(n: int, role: str, status: str = "", modified: str = "") -> str:
        return f"r{n},{status},{modified},u{n},primary,{role},,,s1"

    year = ("y,{0},{1},Year,schoolYear,2026-08-15,2027-06-10,2027",)
    orgs = ("d,{0},{1},District,district,1000,", "s1,{0},{1},Elm,school,1001,d")
    whole = {
        "academicSessions": tuple(line.format("", "") for line in year),
        "orgs": tuple(line.format("", "") for line in orgs),
        "users": (user(1), user(2), user(3)),
        "roles": (role(1, "student"), role(2, "student"), role(3, "teacher")),
    }
    await take(world, package(tmp_path / "a", version="1.2", **whole))
    assert set(await left(world)) == {"u1", "u2"}
    roles = (
        role(1, "student", "tobedeleted", DAY.format(3)),
        role(3, "student", "active", DAY.format(3)),
        role(4, "teacher", "active", DAY.format(3)),
    )
    part = package(
        tmp_path / "b",
        version="1.2",
        mode="delta",
        users=(user(3, DAY.format(3)), user(4, DAY.format(3))),
        roles=roles,
        orgs=tuple(line.format("active", DAY.format(3)) for line in orgs),
    )
    report = await take(world, part)
    assert await left(world) == {"u1": "No longer has the role of a student", "u2": None, "u3": None}
    assert any("nobody who is known as a student" in remark.message for remark in report.remarks)
    assert changed(await take(world, part)) == 0


async def test_a_part_without_its_district_needs_to_be_somebodys(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(2)), source="district")
    moved = student(1, status="active", modified=DAY.format(2), org="1002")
    part = package(tmp_path / "b", mode="delta", users=(moved,))
    with pytest.raises(NotFound, match="whose records"):
        await take(world, part)
    await take(world, part, source="district")
    rows = {row["record_id"]: row["school"] for row in await fetch(world, _YEARS)}
    assert rows == {"u0": "1001", "u1": "1002"}


async def test_a_deleted_student_nobody_knew_is_reported_and_not_taken(world: World, tmp_path: Path) -> None:
    gone = student(2, status="tobedeleted", modified=DAY.format(1))
    report = await take(world, district(tmp_path / "a", student(1), gone, mode=""))
    assert set(await left(world)) == {"u1"}
    assert ("users.csv", 3, "status") in {(r.file, r.line, r.column) for r in report.remarks}


COURSES = ("c1,,,Read,RI,d", "c2,,,Math,MA,d")
CLASSES = ("k1,,,Read A,c1,RI-A,scheduled,s1,y", "k2,,,Math A,c2,MA-A,scheduled,s1,y")


def attending(number: int, cls: str, *, status: str = "", modified: str = "", begins: str = "2026-09-01") -> str:
    return f"e{number}{cls},{status},{modified},{cls},s1,u{number},student,,{begins},"


def classes(folder: Path, *enrollments: str, **options: str) -> Path:
    return district(folder, *class_of(12), courses=COURSES, classes=CLASSES, enrollments=enrollments, **options)


async def with_program(world: World) -> None:
    program = {"code": "RI", "name": "Reading", "organization": "district", "sector": "EDUCATION"}
    await world.fill("district", Kind.PROGRAM, [program])


async def test_a_class_whose_course_is_a_program_is_an_enrollment_in_it(world: World, tmp_path: Path) -> None:
    await with_program(world)
    rows = [attending(n, "k1") for n in range(11)]
    path = classes(tmp_path / "a", *rows, attending(1, "k2"), attending(11, "k1", begins=""))
    report = await take(world, path, source="district")
    assert report.counts[Kind.ENROLLMENT] == {Verdict.CREATED: 12}
    assert [r.count for r in report.remarks if "no program of the source" in r.message] == [1]
    enrolled = await fetch(world, _ENROLLED)
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
    ended = [row for row in await fetch(world, _ENROLLED) if row["status"] == "WITHDRAWN"]
    assert [(row["record_id"], row["exit_reason"], row["ends"]) for row in ended] == [
        ("oneroster:e11k1", "No longer in enrollments.csv", str(world.harbor.today))
    ]
    assert changed(await take(world, second, source="district")) == 0
    await take(world, first, source="district")
    assert {row["status"] for row in await fetch(world, _ENROLLED)} == {"ENROLLED"}
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
        (stored,) = await fetch(world, _ENROLLED)
        assert (stored["status"], stored["ends"]) == ("WITHDRAWN", "2026-09-05")


async def test_no_password_is_kept_anywhere(world: World, tmp_path: Path, database_url: str) -> None:
    await take(world, district(tmp_path / "a", *class_of(3)))
    await take(world, district(tmp_path / "b", *class_of(2)), accept=True)
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        rows = await connection.fetch(f"SELECT t::text AS line FROM {table} t")
        assert not [row for row in rows if SECRET in row["line"]], table
    await connection.close()
