"""An attendance export by the same door: what it leaves behind, taken again, and in other layouts."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cabinet.communities import Community
from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.rows import Kind
from tests.world import LOADER, World, child, enrollment

HEADER = "Program,Student ID,9/8/2026,9/9/2026,9/10/2026\n"
STATE = """
SELECT e.record_id LIKE 'attendance:%' AS made, e.status, e.begins::text, e.ends::text,
  d.record_id, d.attended_on::text, d.category, d.minutes, d.session, i.value AS student
FROM enrollment e LEFT JOIN attendance_event d USING (community_id, enrollment_id)
LEFT JOIN child_identifier i ON i.community_id = e.community_id AND i.child_id = e.child_id
WHERE e.community_id = $1 ORDER BY student, begins, d.record_id
"""


async def take(world: World, content: str, source: str = "club", where: Community | None = None) -> Report:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        path.write_text(content)
        found = where or world.harbor
        return await load(world.database, LOADER, found, find_format("attendance"), path, source=source)


async def state(world: World, where: Community | None = None) -> list[dict[str, Any]]:
    source = await world.source("club", where)
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(STATE, source.community_id)]


def counts(report: Report, kind: Kind = Kind.ATTENDANCE) -> dict[str, int]:
    return {str(verdict): count for verdict, count in report.counts[kind].items()}


def said(report: Report) -> set[tuple[str, int, str]]:
    return {(remark.code, remark.line, remark.column) for remark in report.remarks}


async def test_a_sheet_enrolls_who_came_from_the_first_day_and_nobody_else(world: World) -> None:
    report = await take(world, HEADER + "After,1,0,1,0:45\nAfter,2,0,0,0\n")
    assert counts(report) == {"CREATED": 6}
    rows = {(row["student"], row["status"], row["begins"], row["ends"]) for row in await state(world)}
    assert rows == {("1", "ENROLLED", "2026-09-09", None), ("2", "NOT_ENROLLED", "2026-09-08", None)}
    assert ("LAYOUT_TAKEN", 1, "") in said(report)
    assert ("ENROLLMENT_MADE", 2, "9/9/2026") in said(report)


async def test_the_same_sheet_again_changes_nothing_and_a_corrected_one_only_what_it_corrects(
    world: World,
) -> None:
    sheet = HEADER + "After,1,0,1,0:45\nAfter,2,0,0,0\n"
    await take(world, sheet)
    before = await state(world)
    assert counts(await take(world, sheet)) == {"UNCHANGED": 6}
    assert await state(world) == before
    corrected = await take(world, sheet.replace("After,1,0,1", "After,1,1,0"))
    assert counts(corrected) == {"UNCHANGED": 4, "UPDATED": 2}
    assert {row["begins"] for row in await state(world) if row["student"] == "1"} == {"2026-09-08"}


async def test_the_district_students_number_finds_the_child_the_district_knows(world: World) -> None:
    await world.roster("district", child("D1", "Ana", identifiers={"DISTRICT_STUDENT_ID": "0042"}))
    await take(world, HEADER + 'After,="0042",1,,\n')
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        assert await connection.fetchval("SELECT count(*) FROM child") == 1


async def test_every_refused_day_is_told_with_its_line_and_column(world: World) -> None:
    rows = "After,1,2,1,2:75\nNowhere,1,1,,\nPaint,1,,1,\nAfter,,1,1,1\n"
    report = await take(world, HEADER + rows)
    assert counts(report) == {"CREATED": 1, "REJECTED": 5}
    assert {each for each in said(report) if each[1] > 1} == {
        ("ROW_INVALID", 2, "9/8/2026"),
        ("ROW_INVALID", 2, "9/10/2026"),
        ("ENROLLMENT_MADE", 2, "9/9/2026"),
        ("PROGRAM_UNKNOWN", 3, "9/8/2026"),
        ("PROGRAM_UNKNOWN", 4, "9/9/2026"),
        ("IDENTITY_INCOMPLETE", 5, "child"),
        ("ROW_INVALID", 5, ""),
    }


async def test_another_agencys_program_and_enrollment_are_left_alone(world: World) -> None:
    ana = child("", "", identifiers={"DISTRICT_STUDENT_ID": "1"})
    await world.enroll("arts", enrollment("e1", ana, "paint"))
    before = await state(world)
    report = await take(world, HEADER + "paint,1,1,1,1\n")
    assert counts(report) == {"REJECTED": 3}
    assert {code for code, line, _ in said(report) if line == 2} == {"PROGRAM_NOT_YOURS"}
    assert await state(world) == before


async def test_versions_out_of_order_and_an_enrollment_file_after_the_sheets(world: World) -> None:
    header = "Record ID,Version,Program,Student ID,Date,Attendance\n"
    await take(world, header + "r1,2,After,1,2026-09-09,P\nr2,1,After,1,2026-09-10,P\n")
    late = await take(world, header + "r1,1,After,1,2026-09-01,P\nr2,1,After,1,2026-09-11,P\n")
    assert counts(late) == {"UNCHANGED": 1, "REJECTED": 1}
    assert ("VERSION_CONFLICT", 3, "record_version") in said(late)
    periods = "Program,Student ID,Start Date,End Date,Status\nAfter,1,9/1/2026,10/1/2026,Withdrew\n"
    assert counts(await take(world, periods), Kind.ENROLLMENT) == {"UPDATED": 1}
    assert counts(await take(world, periods), Kind.ENROLLMENT) == {"UNCHANGED": 1}
    rows = {(row["made"], row["status"], row["begins"], row["ends"]) for row in await state(world)}
    assert rows == {(False, "WITHDRAWN", "2026-09-01", "2026-10-01")}


class Fact(NamedTuple):
    """What one cell of a sheet says."""

    student: int
    session: str
    day: date
    mark: str


MARKS = st.sampled_from(["1", "0", "0:00", "0:45", "2:30"])
FACTS = st.dictionaries(
    st.tuples(st.integers(1, 4), st.sampled_from(["", "Fall"]), st.dates(date(2026, 8, 1), date(2026, 10, 1))),
    MARKS,
    min_size=1,
    max_size=12,
)


def as_wide(facts: Sequence[Fact]) -> str:
    days = sorted({fact.day for fact in facts}, reverse=True)
    cells = {(fact.student, fact.session, fact.day): fact.mark for fact in facts}
    rows = dict.fromkeys((fact.student, fact.session) for fact in facts)
    lines = [
        f"After,{who},{when}," + ",".join(cells.get((who, when, day), "") for day in days) for who, when in rows
    ]
    return "\n".join(["Program,Student ID,Session," + ",".join(f"{day:%m/%d/%Y}" for day in days), *lines])


def as_days(facts: Sequence[Fact]) -> str:
    lines = [f"{fact.day},{fact.mark},{fact.session},{fact.student},After" for fact in facts]
    return "\n".join(["Date,Attendance,Session,OSIS,Activity", *lines])


@given(FACTS, st.randoms(use_true_random=False))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_wide_file_and_the_long_file_of_the_same_facts_leave_the_same_rows(
    world: World, drawn: dict[tuple[int, str, date], str], chance: Any
) -> None:
    """The one is loaded in one community, the other in another; then each where the other was."""
    facts = [Fact(*key, mark) for key, mark in drawn.items()]
    chance.shuffle(facts)
    wide, long = as_wide(facts), as_days(facts)
    await take(world, wide, where=world.harbor)
    await take(world, long, where=world.river)
    left = await state(world, world.harbor)
    assert left == await state(world, world.river)
    assert {"REJECTED", "NEEDS_REVIEW"}.isdisjoint(counts(await take(world, long, where=world.harbor)))
    assert counts(await take(world, wide, where=world.river)) == {"UNCHANGED": len(facts)}
    assert await state(world, world.harbor) == left
