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
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from cabinet.viewer import Membership, Viewer
from tests.client import Client
from tests.importers.oneroster_loading import YEARS, changed, fetch, left, take, with_program
from tests.importers.oneroster_samples import DAY, ORGS, SECRET, YEAR, class_of, district, package, student
from tests.world import World, child, enrollment

ABSENT = "No longer among the students of users.csv"
DELETED = "Marked to be deleted in users.csv"


async def test_whom_a_complete_file_no_longer_holds_has_left_with_a_reason(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(20)))
    report = await take(world, district(tmp_path / "b", *class_of(19)))
    assert (await left(world)).items() >= {("u18", None), ("u19", ABSENT)}
    assert any("no longer holds a record" in remark.message and remark.count == 1 for remark in report.remarks)
    assert report.counts[Kind.CHILD] == {Verdict.UPDATED: 1, Verdict.UNCHANGED: 19}
    (row,) = [row for row in await fetch(world, YEARS) if row["ends"]]
    assert (row["record_id"], row["given_name"], row["ends"]) == ("u19", "Kid19", str(world.harbor.today))
    assert changed(await take(world, district(tmp_path / "b", *class_of(19)))) == 0
    await take(world, district(tmp_path / "c", *class_of(20)))
    assert set((await left(world)).values()) == {None}


async def test_a_file_that_would_end_more_than_a_tenth_is_refused_unless_it_is_meant(
    world: World, tmp_path: Path
) -> None:
    await take(world, district(tmp_path / "a", *class_of(20)))
    before = await fetch(world, YEARS)
    half = district(tmp_path / "b", *class_of(17), student(99, "New"))
    with pytest.raises(TooManyAbsent, match=r"3 of 20 records") as refused:
        await take(world, half)
    assert refused.value.detail == {"file": "users.csv", "absent": 3, "there": 20}
    assert await fetch(world, YEARS) == before
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
        rows = await fetch(world, YEARS)
        assert {row["exit_reason"] for row in rows} == {None}
        assert {row["record_id"] for row in rows} >= {"u11", "new"}


async def test_a_steward_reads_when_and_why_a_child_left(client: Client, tmp_path: Path) -> None:
    world = client.world
    await take(world, district(tmp_path / "a", *class_of(2)))
    await take(world, district(tmp_path / "b", *class_of(1)), accept=True)
    token = await client.token(Role.SECTOR_STEWARD, world.harbor, sector="EDUCATION")
    query = '{ children(community: "harbor") { nodes { years { schoolYear ends exitReason } } } }'
    nodes = (await client.data(query, token))["children"]["nodes"]
    years = [year for node in nodes for year in node["years"]]
    assert sorted((year["ends"] or "", year["exitReason"] or "") for year in years) == [
        ("", ""),
        (str(world.harbor.today), ABSENT),
    ]


async def test_a_number_that_goes_after_the_new_one_came_takes_nobody_along(world: World, tmp_path: Path) -> None:
    await take(world, district(tmp_path / "a", *class_of(3)))
    gone = student(2, status="tobedeleted", modified=DAY.format(2))
    new = student(2, status="active", modified=DAY.format(1)).replace("u2,", "new,")
    await take(world, district(tmp_path / "b", new, gone, mode="delta"))
    await take(world, district(tmp_path / "c", gone, mode="delta"))
    assert {row["exit_reason"] for row in await fetch(world, YEARS)} == {None}
    last = new.replace("active", "tobedeleted").replace(DAY.format(1), DAY.format(3))
    await take(world, district(tmp_path / "d", last, mode="delta"))
    assert {row["exit_reason"] for row in await fetch(world, YEARS) if row["record_id"] in ("u2", "new")} == {
        DELETED
    }


async def test_a_club_that_goes_on_does_not_keep_a_child_on_the_roster(world: World, tmp_path: Path) -> None:
    await with_program(world)
    await take(world, district(tmp_path / "a", *class_of(11)), source="district")
    by_number = {"identity": {"identifiers": {"DISTRICT_STUDENT_ID": "4710"}}}
    await world.enroll("district", {**enrollment("mine", "", "RI"), "child": by_number})
    await take(world, district(tmp_path / "b", *class_of(10)), source="district")
    assert (await left(world))["u10"] == ABSENT


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
    """Return five parts: a name corrected twice, a birth date, and one child that goes, and goes again."""
    first = student(1, "Ana", status="active", modified=DAY.format(2), org="s2")
    second = student(1, "Anna", status="active", modified=DAY.format(4))
    gone = student(2, status="tobedeleted", modified=DAY.format(3))
    born = f"u1,active,{DAY.format(3)},2018-03-04,female,true"
    return [
        district(tmp_path / "1", first, mode="delta"),
        district(tmp_path / "2", second, mode="delta"),
        district(tmp_path / "3", gone, mode="delta"),
        district(tmp_path / "4", mode="delta", demographics=(born,)),
        district(tmp_path / "5", gone.replace(DAY.format(3), DAY.format(5)), mode="delta"),
    ]


@pytest.mark.parametrize("order", [*permutations(range(5))][::13])
async def test_parts_come_to_the_same_in_any_order_and_again(
    world: World, tmp_path: Path, order: Sequence[int]
) -> None:
    every = [student(n, status="active", modified=DAY.format(1)) for n in range(4)]
    await take(world, district(tmp_path / "0", *every))
    parts = deltas(tmp_path)
    for number in order:
        await take(world, parts[number])
    rows = {str(row["record_id"]): row for row in await fetch(world, YEARS)}
    assert (rows["u1"]["given_name"], rows["u1"]["birth_date"], rows["u1"]["school"]) == (
        "Anna",
        "2018-03-04",
        "1001",
    )
    assert (rows["u2"]["ends"], rows["u2"]["exit_reason"]) == ("2026-09-05", DELETED)
    assert [changed(await take(world, parts[number])) for number in order] == [0] * 5
    assert changed(await take(world, district(tmp_path / "0", *every))) == 0
    assert {str(row["record_id"]): row for row in await fetch(world, YEARS)} == rows


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


async def test_who_is_in_a_newer_complete_file_is_back_however_old_the_row(world: World, tmp_path: Path) -> None:
    old = [student(n, modified=DAY.format(1)) for n in range(11)]
    for name, number, kept in (("a", 2, old), ("b", 5, old[:10]), ("c", 7, old)):
        newest = student(90, modified=DAY.format(number))
        await take(world, district(tmp_path / name, *kept, newest))
        assert ((await left(world))["u10"] is None) == (name != "b")


async def test_a_complete_file_without_dates_does_not_forget_how_new_a_part_was(
    world: World, tmp_path: Path
) -> None:
    newer = student(1, "Newer", status="active", modified=DAY.format(5))
    older = student(1, "Older", status="active", modified=DAY.format(3))
    await take(world, district(tmp_path / "a", newer, mode="delta"))
    await take(world, district(tmp_path / "b", student(1, "Whole")))
    await take(world, district(tmp_path / "c", older, mode="delta"))
    assert [row["given_name"] for row in await fetch(world, YEARS)] == ["Whole"]


async def test_a_part_that_is_loaded_again_years_later_moves_nobody_into_a_new_year(
    world: World, tmp_path: Path
) -> None:
    row = student(1, status="active", modified=DAY.format(1))
    then = YEAR.replace("2027", "2021")
    await take(world, district(tmp_path / "a", row, mode="delta", academicSessions=(then,)))
    await take(world, package(tmp_path / "b", mode="delta", orgs=ORGS, users=(row,)))
    assert await fetch(world, "SELECT school_year FROM child_year") == [{"school_year": 2021}]


async def test_a_date_that_has_not_come_does_not_win_over_every_later_word(world: World, tmp_path: Path) -> None:
    for number, (name, modified) in enumerate((("Typo", "2089-01-01T00:00:00Z"), ("Later", DAY.format(1)))):
        row = student(1, name, status="active", modified=modified)
        await take(world, district(tmp_path / str(number), row, mode="delta"))
    assert [row["given_name"] for row in await fetch(world, YEARS)] == ["Later"]


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
    rows = {row["record_id"]: row["school"] for row in await fetch(world, YEARS)}
    assert rows == {"u0": "1001", "u1": "1002"}


async def test_no_word_of_a_status_is_taken_for_one_of_ours(world: World, tmp_path: Path) -> None:
    await take(
        world, district(tmp_path / "a", student(1, status="absent"), student(2, status="inactive"), student(3))
    )
    assert await left(world) == {"u1": None, "u3": None}


async def test_a_deleted_student_nobody_knew_is_reported_and_not_taken(world: World, tmp_path: Path) -> None:
    gone = student(2, status="tobedeleted", modified=DAY.format(1))
    report = await take(world, district(tmp_path / "a", student(1), gone, mode=""))
    assert set(await left(world)) == {"u1"}
    assert ("users.csv", 3, "status") in {(r.file, r.line, r.column) for r in report.remarks}


async def test_no_password_is_kept_anywhere(world: World, tmp_path: Path, database_url: str) -> None:
    await take(world, district(tmp_path / "a", *class_of(3)))
    await take(world, district(tmp_path / "b", *class_of(2)), accept=True)
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        rows = await connection.fetch(f"SELECT t::text AS line FROM {table} t")
        assert not [row for row in rows if SECRET in row["line"]], table
    await connection.close()
