"""What a school district is promised of its attendance: of programs, of school, of sections."""

from itertools import permutations
from pathlib import Path

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers import FORMATS
from cabinet.importers.code_files import CodeFile
from cabinet.importers.edfi_codes import read_codes
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind, Raw
from tests.importers.edfi_events import program_event, school_event, section_event, share
from tests.importers.edfi_samples import association, export, interchange, stay
from tests.importers.reading import Reading, read, write
from tests.importers.test_edfi_load import rows, take, verdicts
from tests.world import World

ABSENT, UNEXCUSED, TARDY, HERE = "Excused Absence", "Unexcused Absence", "Tardy", "In Attendance"


def attendance(folder: Path, *events: str, **files: str) -> Reading:
    return read("edfi", export(folder, Attendance=interchange(*events, name="StudentAttendance"), **files))


def days(reading: Reading) -> list[tuple[str, str, str, object]]:
    return [
        (raw.fields["program"], raw.fields["attended_on"], str(raw.fields["category"]), raw.fields.get("minutes"))
        for raw in reading.of(Kind.ATTENDANCE)
    ]


def of_school(reading: Reading) -> list[tuple[object, ...]]:
    found = (raw for raw in reading.of(Kind.ENROLLMENT) if raw.fields["program"].endswith("school-day"))
    return [tuple(raw.fields.get(k) for k in ("record_id", "begins", "ends", "record_version")) for raw in found]


def told(reading: Reading) -> dict[str, int]:
    return {o.problem.message: o.count for o in reading.oddities if o.file == "Attendance.xml"}


def test_a_day_of_a_program_is_that_of_its_enrollment_with_the_minutes_attended(tmp_path: Path) -> None:
    events = (program_event("4711", "2026-09-08", HERE, minutes="90"), program_event("4711", "2026-09-09", ABSENT))
    in_it = interchange(association("", "4711", "Club", "Other"))
    reading = attendance(tmp_path, *events, StudentProgram=in_it)
    assert days(reading) == [
        ("500-club-other", "2026-09-08", "PRESENT", 90),
        ("500-club-other", "2026-09-09", "EXCUSED_ABSENCE", None),
    ]
    assert {raw.fields["program"] for raw in reading.of(Kind.ENROLLMENT)} == {"500-club-other"}
    assert reading.all_sound()


def test_a_day_of_school_belongs_to_the_school_year_of_the_school_association(tmp_path: Path) -> None:
    left = stay("4711", "500001", "2026-08-24", "First grade", "<ExitWithdrawDate>2026-11-20</ExitWithdrawDate>")
    event = school_event("4711", "2026-09-08", ABSENT, share("1"))
    reading = attendance(tmp_path, event, StudentEnrollment=interchange(left))
    assert of_school(reading) == [("4711/500001/2027", "2026-08-24", "2026-11-20", None)]
    (day,) = reading.of(Kind.ATTENDANCE)
    assert (day.fields["enrollment"], day.fields.get("session")) == ("4711/500001/2027", None)
    program = next(row for row in reading.rows(Kind.PROGRAM) if row.code == "500001-school-day")
    assert (program.organization, program.sector) == ("rio-verde-schools", "EDUCATION")
    assert not [row for row in reading.rows(Kind.SERVICE) if row.program == program.code]


def test_where_no_association_says_more_it_is_the_whole_school_year_below_every_version(tmp_path: Path) -> None:
    event = school_event("4711", "2027-01-08", ABSENT)
    reading = attendance(tmp_path, event, StudentEnrollment=interchange())
    assert of_school(reading) == [("4711/500001/2027", "2026-07-01", "2027-06-30", 0)]


def test_a_school_year_before_the_association_is_not_said_to_be_of_it(tmp_path: Path) -> None:
    events = (school_event("4711", "2026-05-08", ABSENT), school_event("4711", "2026-09-08", ABSENT))
    assert of_school(attendance(tmp_path, *events)) == [
        ("4711/500001/2026", "2025-07-01", "2026-06-30", 0),
        ("4711/500001/2027", "2026-08-24", "2027-06-30", None),
    ]


def test_a_section_is_a_session_of_the_school_day(tmp_path: Path) -> None:
    events = (
        section_event("4711", "2026-09-08", TARDY, "MATH-1"),
        section_event("4711", "2026-09-08", HERE, "ART"),
    )
    reading = attendance(tmp_path, *events, school_event("4711", "2026-09-08", HERE))
    rows = reading.rows(Kind.ATTENDANCE)
    assert {(row.program, row.session) for row in rows} == {
        ("500001-school-day", "MATH-1"),
        ("500001-school-day", "ART"),
        ("500001-school-day", None),
    }
    assert len({row.record_id for row in rows}) == 3
    assert len(of_school(reading)) == 1


def test_a_student_of_whom_the_export_says_nothing_else_is_named_by_the_id(tmp_path: Path) -> None:
    reading = attendance(tmp_path, school_event("99", "2026-09-08", HERE))
    identifiers = {"identity": {"identifiers": {"DISTRICT_STUDENT_ID": "99"}}}
    (day,) = reading.of(Kind.ATTENDANCE)
    year = next(raw for raw in reading.of(Kind.ENROLLMENT) if raw.fields["program"] == "500001-school-day")
    assert day.fields["child"] == year.fields["child"] == {"source_id": "99", **identifiers}


def test_how_late_somebody_was_is_not_how_long_somebody_was_there(tmp_path: Path) -> None:
    late = school_event("4711", "2026-09-08", TARDY, minutes="5")
    reading = attendance(tmp_path, late, school_event("4711", "2026-09-09", "Early departure", share("0.5")))
    assert [minutes for *_, minutes in days(reading)] == [None, None]
    assert all(count == 1 for count in told(reading).values())
    assert len(told(reading)) == 2


def test_a_share_of_a_day_is_minutes_once_a_mapping_says_how_long_the_day_is(tmp_path: Path) -> None:
    path = export(tmp_path, Attendance=interchange(school_event("4711", "2026-09-08", HERE, share("0.5"))))
    assert days(read("edfi", path))[0][3] is None
    mapping = CodeFile("ours.toml", b"[day_minutes]\nStudentSchoolAttendanceEvent = '390'\n")
    found = FORMATS["edfi"].reader(None, mapping)(path)
    (raw,) = [item for item in found if isinstance(item, Raw) and item.kind is Kind.ATTENDANCE]
    assert raw.fields["minutes"] == 195


@pytest.mark.parametrize("length", ["0", "1441", "many", "-5", "6.5"])
def test_a_day_is_as_long_as_a_day_can_be(length: str) -> None:
    with pytest.raises(FileUnreadable, match="cannot mean"):
        read_codes(CodeFile("ours.toml", f"[day_minutes]\nStudentSchoolAttendanceEvent = '{length}'\n".encode()))


@pytest.mark.parametrize("written", ["2", "-1", "half", "NaN", "1e999999"])
def test_what_is_no_share_of_a_day_is_told_and_the_day_taken(tmp_path: Path, written: str) -> None:
    reading = attendance(tmp_path, school_event("4711", "2026-09-08", HERE, share(written)))
    assert [minutes for *_, minutes in days(reading)] == [None]
    assert told(reading) == {"An EventDuration that is no share of a day was not used.": 1}


def test_an_absence_for_a_part_of_a_day_is_told(tmp_path: Path) -> None:
    reading = attendance(tmp_path, school_event("4711", "2026-09-08", UNEXCUSED, share("0.25")))
    assert days(reading)[0][2:] == ("UNEXCUSED_ABSENCE", None)
    assert [message for message in told(reading) if "for a part of a day" in message]


def test_of_several_words_on_one_day_the_same_one_is_taken_in_any_order_and_told(tmp_path: Path) -> None:
    events = [school_event("4711", "2026-09-08", category) for category in (UNEXCUSED, TARDY, HERE)]
    for order in permutations(events):
        reading = attendance(tmp_path, *order)
        assert [category for _, _, category, _ in days(reading)] == ["TARDY"]
        assert sum(count for message, count in told(reading).items() if "stands twice" in message) == 2
    again = attendance(tmp_path, events[0], events[0])
    assert (len(days(again)), told(again)) == (1, {})


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (school_event("", "2026-09-08", HERE), "without a student"),
        (school_event("4711", "2026-09-08", HERE, school=""), "without a student"),
        (school_event("4711", "", HERE), "without a student"),
        (school_event("4711", "2026-02-30", HERE), "not a date of the calendar"),
        (school_event("4711", "2026-09-08", "Zzz"), "has no meaning here"),
        (section_event("4711", "2026-09-08", HERE, ""), "without a student"),
        (program_event("4711", "2026-09-08", HERE, name=""), "names no program"),
        ("<StudentSchoolAttendanceEvent/>", "without a student"),
    ],
)
def test_an_event_that_does_not_say_enough_is_told_with_its_place(tmp_path: Path, event: str, why: str) -> None:
    reading = attendance(tmp_path, event)
    assert days(reading) == []
    assert [message for message in told(reading) if why in message]
    assert {o.line for o in reading.oddities if o.file == "Attendance.xml"} == {3}


def test_what_an_event_says_beside_is_counted(tmp_path: Path) -> None:
    reason = "<AttendanceEventReason>Ill</AttendanceEventReason>"
    events = [school_event("4711", f"2026-09-0{n}", ABSENT, reason) for n in (1, 2, 3)]
    assert told(attendance(tmp_path, *events)) == {"AttendanceEvent/AttendanceEventReason has no home here.": 3}


DAYS = """
SELECT a.attended_on::text, a.category, e.record_id, e.begins::text, e.ends::text FROM attendance_event a
JOIN enrollment e ON e.community_id = a.community_id AND e.enrollment_id = a.enrollment_id ORDER BY 1, 2
"""


async def test_attendance_goes_in_before_and_after_what_it_belongs_to(world: World, tmp_path: Path) -> None:
    events = (
        school_event("4711", "2026-09-08", ABSENT),
        school_event("4712", "2026-10-01", TARDY, school="500002"),
    )
    days = write(tmp_path / "days", a__xml=interchange(*events, name="StudentAttendance"))
    whole, sources = export(tmp_path), {"source": "rio-verde-schools"}
    expected = [
        ("2026-09-08", "EXCUSED_ABSENCE", "4711/500001/2027", "2026-08-24", "2027-06-30"),
        ("2026-10-01", "TARDY", "4712/500002/2027", "2026-08-24", "2027-06-30"),
    ]
    await take(world, whole)
    first = await take(world, days, **sources)
    assert verdicts(first)["attendance"] == {"CREATED": 2}
    supposed = [(*row[:3], "2026-07-01", "2027-06-30") for row in expected]
    assert await rows(world, "rio-verde-schools", DAYS) == supposed
    write(whole, Attendance__xml=(days / "a.xml").read_text())
    assert verdicts(await take(world, whole))["enrollment"] == {"UNCHANGED": 5, "UPDATED": 2}
    assert await rows(world, "rio-verde-schools", DAYS) == expected
    again = await take(world, days, **sources)
    assert {verdict for counter in again.counts.values() for verdict in counter} == {Verdict.UNCHANGED}
    assert await rows(world, "rio-verde-schools", DAYS) == expected


async def test_who_was_absent_and_yet_there_for_minutes_is_refused_with_its_line(
    world: World, tmp_path: Path
) -> None:
    events = (
        program_event("4711", "2026-09-08", ABSENT, minutes="30"),
        program_event("4711", "2026-09-09", ABSENT, minutes="0"),
        program_event("4711", "2026-09-10", HERE, minutes="1441"),
        program_event("4711", "2026-09-11", HERE, minutes="long"),
        program_event("4711", "2026-09-14", HERE, minutes="89.6"),
    )
    report = await take(world, export(tmp_path, Attendance=interchange(*events)))
    assert verdicts(report)["attendance"] == {"CREATED": 2, "REJECTED": 3}
    refused = {(r.line, r.column, r.code) for r in report.remarks if r.is_rejection}
    assert refused == {(3, "", "ROW_INVALID"), (5, "minutes", "ROW_INVALID"), (6, "minutes", "ROW_INVALID")}


async def test_a_corrected_day_is_the_same_record(world: World, tmp_path: Path) -> None:
    for category, verdict in ((UNEXCUSED, "CREATED"), (TARDY, "UPDATED"), (TARDY, "UNCHANGED")):
        event = school_event("4711", "2026-09-08", category)
        report = await take(world, export(tmp_path, Attendance=interchange(event)))
        assert verdicts(report)["attendance"] == {verdict: 1}


async def test_going_to_school_serves_nobody_and_keeps_nobody_in_the_population(
    world: World, tmp_path: Path
) -> None:
    await take(world, export(tmp_path, Attendance=interchange(school_event("4711", "2026-09-08", HERE))))
    found = await rows(world, "rio-verde-schools", "SELECT count(*) FROM enrollment WHERE ends IS NULL")
    open_ones = await rows(
        world, "rio-verde-schools", "SELECT count(*) FROM enrollment WHERE record_id ~ '/2027$'"
    )
    assert (found, open_ones) == ([(5,)], [(1,)])
