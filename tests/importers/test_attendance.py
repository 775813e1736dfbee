"""What an after-school program is promised of its attendance export, whatever its system makes of it."""

from pathlib import Path

import pytest

from cabinet.errors import ColumnTaken, ColumnUnknown, FileUnreadable, LayoutTaken, RowInvalid
from cabinet.importers.tabular import MAX_LINE
from cabinet.intake.rows import Kind
from cabinet.tables.terms import AttendanceCategory, EnrollmentStatus
from tests.importers.reading import Reading, read

WIDE = """Site,Activity,Session,Participant ID,Grade Level,9/8/2026,9/9/2026,9/10/2026
PS 11,Homework Club,Fall,4711,3rd,1,0,
PS 11,Homework Club,Fall,4712,Kindergarten,2:30,0:00,1:05
"""
DAYS = """Program,Student ID,Date,Attendance,Hours
Homework Club,4711,2026-09-08,Present,
Homework Club,4711,9/9/2026,Excused,
Homework Club,4712,2026-09-08,Late,1.5
Homework Club,4712,2026-09-09,,0:45
"""
PERIODS = """First Name,Last Name,DOB,Gender,Program,Start Date,End Date,Status,Exit Reason
Ana,Rivera,3/9/2018,F,Homework Club,9/8/2026,,Active,
Bo,Lind,2017-02-01,M,Homework Club,9/8/2026,10/2/2026,Withdrew,moved
"""

Marks = list[tuple[int, str, str, int | None]]


def attendance(folder: Path, content: str | bytes) -> Reading:
    path = folder / "sheet.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read("attendance", path)


def marks(reading: Reading) -> Marks:
    rows = zip(reading.of(Kind.ATTENDANCE), reading.rows(Kind.ATTENDANCE), strict=True)
    return [(raw.line, str(row.attended_on), str(row.category), row.minutes) for raw, row in rows]


def one_mark(folder: Path, mark: str) -> Reading:
    return attendance(folder, f'Program,Student ID,2026-09-08\nChess,4711,"{mark}"\n')


def layout(reading: Reading) -> str:
    (told,) = (o.problem.message for o in reading.oddities if isinstance(o.problem, LayoutTaken))
    return told


def test_a_sheet_with_a_column_a_date_is_read_day_by_day(tmp_path: Path) -> None:
    reading = attendance(tmp_path, WIDE)
    assert marks(reading) == [
        (2, "2026-09-08", "PRESENT", None),
        (2, "2026-09-09", "ABSENT", None),
        (3, "2026-09-08", "PRESENT", 150),
        (3, "2026-09-09", "ABSENT", None),
        (3, "2026-09-10", "PRESENT", 65),
    ]
    first = reading.rows(Kind.ATTENDANCE)[0]
    assert (first.program, first.session, first.grade) == ("Homework Club", "PS 11 / Fall", "03")
    assert first.child.identity.identifiers == {"DISTRICT_STUDENT_ID": "4711"}
    assert [raw.column for raw in reading.raws[:2]] == ["9/8/2026", "9/9/2026"]
    assert "3 dates from 2026-09-08 to 2026-09-10" in layout(reading)
    assert len({row.record_id for row in reading.rows(Kind.ATTENDANCE)}) == 5


def test_a_row_a_date_is_a_day_of_its_own(tmp_path: Path) -> None:
    reading = attendance(tmp_path, DAYS)
    assert marks(reading) == [
        (2, "2026-09-08", "PRESENT", None),
        (3, "2026-09-09", "EXCUSED_ABSENCE", None),
        (4, "2026-09-08", "TARDY", 90),
        (5, "2026-09-09", "PRESENT", 45),
    ]
    assert "one row a child, program and date" in layout(reading)
    bare = attendance(tmp_path, "Program,Student ID,Date\nChess,4711,2026-09-08\n")
    assert marks(bare) == [(2, "2026-09-08", "PRESENT", None)]


def test_a_row_with_start_and_end_is_an_enrollment(tmp_path: Path) -> None:
    reading = attendance(tmp_path, PERIODS)
    first, second = reading.rows(Kind.ENROLLMENT)
    assert (first.status, str(first.begins), first.ends) == (EnrollmentStatus.ENROLLED, "2026-09-08", None)
    assert (second.status, str(second.ends), second.exit_reason) == ("WITHDRAWN", "2026-10-02", "moved")
    assert (second.child.identity.given_name, str(second.child.identity.birth_date)) == ("Bo", "2017-02-01")
    assert "with its start and end" in layout(reading)
    assert first.record_id != second.record_id


def test_records_keep_the_ids_and_versions_that_a_source_gives_them(tmp_path: Path) -> None:
    content = "Record ID,Record Version,Program,Client ID,Date\nr1,3,Chess,c1,2026-09-08\n"
    (row,) = attendance(tmp_path, content).rows(Kind.ATTENDANCE)
    assert (row.record_id, row.record_version, row.child.source_id) == ("r1", 3, "c1")


@pytest.mark.parametrize(
    ("written", "category", "minutes"),
    [
        *((mark, "PRESENT", None) for mark in ("1", "1.0", "X", "y", "P", "Present", "TRUE", '=""1""', "'1")),
        *((mark, "ABSENT", None) for mark in ("0", "0.0", "n", "A", "absent", "0:00", "00:00:00")),
        *((mark, "TARDY", None) for mark in ("T", "late", "Tardy")),
        ("Excused Absence", "EXCUSED_ABSENCE", None),
        ("unexcused", "UNEXCUSED_ABSENCE", None),
        ("3:15", "PRESENT", 195),
        ("02:15:40", "PRESENT", 135),
    ],
)
def test_a_mark_is_read_as_it_is_meant(tmp_path: Path, written: str, category: str, minutes: int | None) -> None:
    assert marks(one_mark(tmp_path, written)) == [(2, "2026-09-08", category, minutes)]


@pytest.mark.parametrize("written", ["2", "1.5", "1:75", "-1", "?", "#REF!", "99:00", "1;0"])
def test_a_mark_that_is_none_is_left_for_its_row_to_refuse(tmp_path: Path, written: str) -> None:
    (raw,) = one_mark(tmp_path, written).raws
    assert (raw.line, raw.column) == (2, "2026-09-08")
    fields = {"category", "minutes"} & raw.fields.keys()
    assert raw.fields["category"] == written or raw.fields["minutes"] > 24 * 60, fields


@pytest.mark.parametrize("nothing", ["", " ", "-9999", "NULL", "N/A"])
def test_an_empty_cell_says_nothing_and_is_told_if_its_row_says_nothing_at_all(
    tmp_path: Path, nothing: str
) -> None:
    reading = attendance(
        tmp_path, f"Program,Student ID,9/8/2026,9/9/2026\nChess,1,{nothing},1\nChess,2,{nothing},\n"
    )
    assert [(raw.line, raw.fields["attended_on"]) for raw in reading.raws] == [(2, "2026-09-09")]
    assert [(o.line, o.count) for o in reading.oddities if "does not say" in o.problem.message] == [(3, 1)]


@pytest.mark.parametrize(
    ("written", "guessed"),
    [
        *((text, False) for text in ("2026-09-08", "9/8/2026", "09/08/2026", "2026/9/8", "9-8-2026", "20260908")),
        *((text, False) for text in ("Tue 9/8/2026", "8-Sep-2026", "Sep 8, 2026", "Tuesday, September 8 2026")),
        *((text, False) for text in ("9/8/2026 12:00:00 AM", "2026-09-08T15:30:00Z", "2026-09-08 15:30")),
        *((text, True) for text in ("46273", "46273.0", "46273.65", "9/8/26", "8-Sep-26")),
    ],
)
def test_a_date_is_found_as_a_header_and_as_a_value(tmp_path: Path, written: str, guessed: bool) -> None:  # noqa: FBT001
    wide = attendance(tmp_path, f'Program,Student ID,"{written}"\nChess,4711,1\n')
    days = attendance(tmp_path, f'Program,Student ID,Date\nChess,4711,"{written}"\n')
    for reading in (wide, days):
        assert marks(reading) == [(2, "2026-09-08", "PRESENT", None)]
        assert [isinstance(o.problem, ColumnTaken) for o in reading.oddities[1:]] == [True] * guessed


def test_a_birth_date_from_a_spreadsheet_is_read_and_told_once(tmp_path: Path) -> None:
    content = "Program,First,Last,DOB,Date\nChess,Ana,Rivera,43168,9/8/2026\nChess,Bo,Lind,43169,9/8/2026\n"
    reading = attendance(tmp_path, content)
    births = [str(row.child.identity.birth_date) for row in reading.rows(Kind.ATTENDANCE)]
    assert births == ["2018-03-09", "2018-03-10"]
    assert [(o.line, o.column, o.count) for o in reading.oddities[1:]] == [(2, "DOB", 2)]


def test_a_date_that_no_calendar_has_reaches_its_row_with_its_line(tmp_path: Path) -> None:
    reading = attendance(tmp_path, "Program,Student ID,Date\nChess,1,2/30/2026\nChess,1,13/9/2026\nChess,1,soon\n")
    assert [(raw.line, raw.fields["attended_on"]) for raw in reading.raws] == [
        (2, "2/30/2026"),
        (3, "13/9/2026"),
        (4, "soon"),
    ]


def test_headers_are_found_in_any_spelling_and_one_slip_is_mended_and_told(tmp_path: Path) -> None:
    content = "PROGRAM_NAME,studnet id,Atendance Date,Attendnce,birth-date\nChess,4711,9/8/2026,P,2018-03-09\n"
    reading = attendance(tmp_path, content)
    (row,) = reading.rows(Kind.ATTENDANCE)
    assert (row.program, str(row.attended_on), row.category) == ("Chess", "2026-09-08", AttendanceCategory.PRESENT)
    assert str(row.child.identity.birth_date) == "2018-03-09"
    assert [(o.column, type(o.problem)) for o in reading.oddities[1:]] == [
        ("studnet id", ColumnTaken),
        ("Atendance Date", ColumnTaken),
        ("Attendnce", ColumnTaken),
    ]


def test_a_participant_id_is_the_districts_unless_the_file_has_that_too(tmp_path: Path) -> None:
    alone = attendance(tmp_path, "Program,Participant ID,Date\nChess,4711,9/8/2026\n")
    assert alone.raws[0].fields["child"] == {"identity": {"identifiers": {"DISTRICT_STUDENT_ID": "4711"}}}
    beside = attendance(tmp_path, "Program,Participant ID,OSIS,Date\nChess,17,4711,9/8/2026\n")
    both = {"source_id": "17", "identity": {"identifiers": {"DISTRICT_STUDENT_ID": "4711"}}}
    assert beside.raws[0].fields["child"] == both
    for reading in (alone, beside):
        assert [o.column for o in reading.oddities if isinstance(o.problem, ColumnTaken)] == ["Participant ID"]


def test_a_participant_id_beside_both_other_numbers_has_no_meaning(tmp_path: Path) -> None:
    reading = attendance(tmp_path, "Program,Participant ID,OSIS,Child ID,Date\nChess,17,4711,c1,9/8/2026\n")
    assert reading.raws[0].fields["child"]["source_id"] == "c1"
    assert [(type(o.problem), o.column) for o in reading.oddities[1:]] == [(ColumnUnknown, "Participant ID")]


@pytest.mark.parametrize(
    ("written", "grade"),
    [
        ("3rd", "03"),
        ("Grade 11", "11"),
        ("5th Grade", "05"),
        ("0", "KG"),
        ("Pre-K", "PK"),
        ("kg", "KG"),
        ("Ungraded", "UG"),
    ],
)
def test_a_grade_is_read_as_people_write_it(tmp_path: Path, written: str, grade: str) -> None:
    reading = attendance(tmp_path, f"Program,Student ID,Date,Grade\nChess,1,9/8/2026,{written}\n")
    assert reading.rows(Kind.ATTENDANCE)[0].grade == grade


@pytest.mark.parametrize("written", ["-1", "99", "6 and up", "3-5", "K-2"])
def test_what_is_no_grade_is_told_and_the_day_taken_without_it(tmp_path: Path, written: str) -> None:
    reading = attendance(tmp_path, f"Program,Student ID,Date,Grade\nChess,1,9/8/2026,{written}\n")
    assert reading.rows(Kind.ATTENDANCE)[0].grade is None
    assert reading.about("sheet.csv")[1:] == [(2, "Grade", 1)]


def test_a_name_in_one_column_needs_its_comma(tmp_path: Path) -> None:
    content = 'Program,Student ID,Name,Date\nChess,1,"Rivera, Ana",9/8/2026\nChess,2,Bo Lind,9/8/2026\n'
    reading = attendance(tmp_path, content)
    first, second = (row.child.identity for row in reading.rows(Kind.ATTENDANCE))
    assert (first.given_name, first.family_name, second.family_name) == ("Ana", "Rivera", None)
    assert reading.about("sheet.csv")[-1] == (3, "Name", 1)


def test_what_has_no_meaning_is_told_by_its_column_with_the_number_of_its_values(tmp_path: Path) -> None:
    content = "Program,Program ID,Student ID,Date,Attendance,Status,Teacher\nChess,7,4711,9/8/2026,P,Active,Ms X\n"
    reading = attendance(tmp_path, content)
    unknown = [(o.column, o.count) for o in reading.oddities if isinstance(o.problem, ColumnUnknown)]
    assert unknown == [("Program ID", 1), ("Status", 1), ("Teacher", 1)]
    assert reading.all_sound()


def test_what_is_wrong_with_a_child_is_told_once_and_not_for_every_day(tmp_path: Path) -> None:
    reading = attendance(tmp_path, WIDE + "Total,,,,,2,1,1\nPS 11,Homework Club,Fall,4713,12th and up,1,1,\n")
    (refused,) = (raw for raw in reading.raws if raw.line == 4)
    assert refused.fields["child"] == {}
    told = {(o.line, o.column, o.count) for o in reading.oddities if isinstance(o.problem, RowInvalid)}
    assert told == {(4, "", 2), (5, "Grade Level", 1)}
    assert [raw.fields.get("grade") for raw in reading.raws if raw.line == 5] == [None, None]


def test_a_formula_is_told_by_its_cell_and_costs_what_depends_on_it(tmp_path: Path) -> None:
    content = (
        "Program,Student ID,9/8/2026,9/9/2026\nChess,1,=B2,1\nChess,=1+1,1,1\nChess,'=2,1,1\nChess,'0042,1,\n"
    )
    reading = attendance(tmp_path, content)
    assert [(raw.line, raw.column) for raw in reading.raws] == [
        (2, "9/9/2026"),
        (4, "9/8/2026"),
        (4, "9/9/2026"),
        (5, "9/8/2026"),
    ]
    formulas = [(o.line, o.column) for o in reading.oddities if "formula" in o.problem.message]
    assert formulas == [(2, "9/8/2026"), (3, "Student ID")]
    assert reading.raws[-1].fields["child"]["identity"]["identifiers"] == {"DISTRICT_STUDENT_ID": "0042"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_and_delimiter_a_spreadsheet_writes_is_read(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    content = PERIODS.replace("Rivera", "Núñez").replace(",", delimiter)
    reading = attendance(tmp_path, content.encode(encoding))
    assert reading.rows(Kind.ENROLLMENT)[0].child.identity.family_name == "Núñez"
    assert reading.counts() == {"enrollment": 2}


def test_lines_may_end_in_any_way_and_in_several(tmp_path: Path) -> None:
    lines = DAYS.splitlines()
    mixed = "".join(line + end for line, end in zip(lines, ("\r\n", "\n", "\r", "\r\n", ""), strict=True))
    assert marks(attendance(tmp_path, mixed)) == marks(attendance(tmp_path, DAYS))


def test_a_field_of_ten_megabytes_costs_its_row_only(tmp_path: Path) -> None:
    huge = "x" * 10 * 1024**2
    several = "\n".join(["y" * (MAX_LINE // 2)] * 20)
    rows = f'Chess,1,9/8/2026,{huge}\nChess,2,9/8/2026,\nChess,3,9/8/2026,"{several}"\nChess,4,9/8/2026,\n'
    reading = attendance(tmp_path, "Program,Student ID,Date,Notes\n" + rows)
    assert [(raw.line, raw.fields["child"]["identity"]["identifiers"]) for raw in reading.raws] == [
        (3, {"DISTRICT_STUDENT_ID": "2"}),
        (24, {"DISTRICT_STUDENT_ID": "4"}),
    ]
    refused = [o.line for o in reading.oddities if isinstance(o.problem, RowInvalid)]
    assert refused[:2] == [2, 4]


def test_a_line_too_long_within_an_open_quote_costs_no_row_after_it(tmp_path: Path) -> None:
    rows = 'Chess,1,9/8/2026,"open\n' + "x" * 3 * MAX_LINE + "\nChess,2,9/8/2026,\n"
    reading = attendance(tmp_path, "Program,Student ID,Date,Notes\n" + rows)
    assert [raw.line for raw in reading.raws] == [4]
    assert [o.line for o in reading.oddities if isinstance(o.problem, RowInvalid)] == [2]


def test_a_ragged_row_and_a_broken_quote_cost_themselves_only(tmp_path: Path) -> None:
    reading = attendance(tmp_path, DAYS + 'Chess,1\nChess,"2,2026-09-08,P,\nChess,3,2026-09-08,P,\n')
    assert [(o.line, type(o.problem)) for o in reading.oddities[1:]] == [(6, RowInvalid), (7, RowInvalid)]
    assert reading.raws[-1].line == 8


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Program,Student ID,Status", "columns named by dates, or a column Date or Start Date"),
        ("Student ID,Date", "a column Program or Activity"),
        ("Program,Date,DOB", "which child"),
        ("Program,Student ID,Date,9/8/2026", "leave out what is not meant"),
        ("Program,Student ID,9/8/2026,2026-09-08", "mean the same"),
        ("Program,Student ID,13/9/2026,14/9/2026", "13/9/2026 is no date of the calendar"),
        ('"Program,Student ID', "no header"),
    ],
)
def test_a_header_that_can_mean_several_things_or_none_is_refused(tmp_path: Path, header: str, why: str) -> None:
    with pytest.raises(FileUnreadable, match=why) as refused:
        attendance(tmp_path, f"{header}\n1,2,3,4\n")
    assert refused.value.hint


def test_the_same_facts_are_the_same_records_in_every_layout(tmp_path: Path) -> None:
    wide = attendance(tmp_path, "Activity,OSIS,9/8/2026,46274\nChess,4711,1,0:45\n")
    days = attendance(
        tmp_path, 'Date,Program,Minutes,Student Number\n9/9/2026,Chess,45,="4711"\n9/8/26,Chess,,4711\n'
    )
    assert len(days.raws) == 1
    assert {raw.fields["record_id"] for raw in days.raws} < {raw.fields["record_id"] for raw in wide.raws}
