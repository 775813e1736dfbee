"""What any partner is promised of our own enrollment file."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from cabinet.errors import ColumnUnknown, FileUnreadable, RowInvalid
from cabinet.intake.rows import MODELS, Kind
from cabinet.tables.terms import EnrollmentStatus, Sex
from tests.importers.reading import Reading, read, write

SAMPLE = """record_id,record_version,program,status,begins,ends,exit_reason,child_id,given_name,middle_name,\
family_name,birth_date,sex,address,postal_code,district_student_id,grade,neighborhood
r1,2,BGC-AFTER,Enrolled,2026-09-01,,,c1,Ana,Luz,Reyes,2018-03-04,F,1 Elm St,02903,4711,3,NORTH
r2,,BGC-AFTER,exited,9/1/2026,12/18/2026,moved,,Bo,,Lind,3/4/2018,Male,,,,,
"""
SHORT = "record_id,program,status,begins,child_id\n"


def enrollments(folder: Path, content: str | bytes, name: str = "enrollments.csv") -> Reading:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read("enrollments", path)


def test_a_row_becomes_an_enrollment_with_all_it_says(tmp_path: Path) -> None:
    first, second = enrollments(tmp_path, SAMPLE).rows(Kind.ENROLLMENT)
    assert (first.record_id, first.record_version, first.program) == ("r1", 2, "BGC-AFTER")
    assert (first.status, str(first.begins), first.ends) == (EnrollmentStatus.ENROLLED, "2026-09-01", None)
    assert (first.child.source_id, first.grade, first.neighborhood) == ("c1", "03", "NORTH")
    assert (first.child.identity.sex, first.child.identity.postal_code) == (Sex.FEMALE, "02903")
    assert first.child.identity.identifiers == {"DISTRICT_STUDENT_ID": "4711"}
    assert (second.record_id, second.status) == ("r2", EnrollmentStatus.WITHDRAWN)
    assert (str(second.begins), str(second.ends), second.exit_reason) == ("2026-09-01", "2026-12-18", "moved")
    assert (second.child.source_id, str(second.child.identity.birth_date)) == (None, "2018-03-04")


def test_what_is_empty_is_left_out(tmp_path: Path) -> None:
    raw = enrollments(tmp_path, SHORT + "r1,P,ENROLLED,2026-09-01,c1\n").raws[0]
    assert raw.fields["child"] == {"source_id": "c1"}
    assert (raw.file, raw.line) == ("enrollments.csv", 2)
    assert "ends" not in raw.fields


def test_headers_are_found_in_any_spelling(tmp_path: Path) -> None:
    content = "RecordID,Program Code,STATUS,start-date,First Name,last_name,DateOfBirth,Zip\n"
    (row,) = enrollments(tmp_path, content + "r1,P,active,2026-09-01,Ana,Reyes,2018-03-04,02903\n").rows(
        Kind.ENROLLMENT
    )
    assert (row.program, row.status, row.child.identity.given_name) == ("P", EnrollmentStatus.ENROLLED, "Ana")


@pytest.mark.parametrize(("encoding", "oddities"), [("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 0), ("cp1252", 1)])
def test_a_name_survives_the_encodings_spreadsheets_write(tmp_path: Path, encoding: str, oddities: int) -> None:
    content = SAMPLE.replace("Reyes", "Núñez").encode(encoding)
    reading = enrollments(tmp_path, content)
    assert reading.rows(Kind.ENROLLMENT)[0].child.identity.family_name == "Núñez"
    assert len(reading.oddities) == oddities


def test_quoted_zeros_and_words_for_nothing_are_read_as_meant(tmp_path: Path) -> None:
    content = SHORT.replace("child_id", "child_id,zip,middle_name,grade,exit_reason,last_name")
    raw = enrollments(
        tmp_path, content + 'r1,P,ENROLLED,2026-09-01,="0042","=""02903""",-9999,NULL,N/A,Null\n'
    ).raws[0]
    assert raw.fields["child"] == {
        "source_id": "0042",
        "identity": {"postal_code": "02903", "family_name": "Null"},
    }
    assert not {"grade", "exit_reason"} & raw.fields.keys()


def test_a_date_that_does_not_exist_reaches_the_row_with_its_line(tmp_path: Path) -> None:
    reading = enrollments(tmp_path, SHORT + "r1,P,ENROLLED,2026-02-30,c1\nr2,P,ENROLLED,02/30/2026,c1\n")
    assert [(raw.line, raw.fields["begins"]) for raw in reading.raws] == [
        (2, "2026-02-30"),
        (3, "02/30/2026"),
    ]
    for raw in reading.raws:
        with pytest.raises(ValidationError, match="not a date of the calendar"):
            MODELS[Kind.ENROLLMENT].model_validate(raw.fields)


def test_a_row_that_names_no_child_is_left_for_its_row_to_refuse(tmp_path: Path) -> None:
    raw = enrollments(tmp_path, SHORT + "r1,P,ENROLLED,2026-09-01,\n").raws[0]
    with pytest.raises(ValidationError) as refused:
        MODELS[Kind.ENROLLMENT].model_validate(raw.fields)
    assert refused.value.errors()[0]["type"] == "identity_incomplete"


def test_an_unknown_column_is_reported_once_with_its_number_of_values(tmp_path: Path) -> None:
    content = "record_id,program,status,begins,child_id,gradee,notes\n"
    reading = enrollments(tmp_path, content + "r1,P,ENROLLED,2026-09-01,c1,3,\nr2,P,ENROLLED,2026-09-01,c2,4,\n")
    assert reading.all_sound()
    assert [(type(o.problem), o.column, o.count) for o in reading.oddities] == [
        (ColumnUnknown, "gradee", 2),
        (ColumnUnknown, "notes", 0),
    ]


@pytest.mark.parametrize("column", ["record_id", "program", "status", "begins"])
def test_a_file_without_a_needed_column_is_refused_by_name(tmp_path: Path, column: str) -> None:
    with pytest.raises(FileUnreadable, match=f"the column {column} is missing"):
        enrollments(tmp_path, SHORT.replace(column, "x"))


def test_two_columns_that_mean_the_same_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="program and Program Code mean the same"):
        enrollments(tmp_path, SHORT.replace("child_id", "Program Code"))


def test_a_ragged_row_costs_itself_only(tmp_path: Path) -> None:
    rows = "r1,P,ENROLLED\nr2,P,ENROLLED,2026-09-01,c2,more\n\n,,,,\nr3,P,ENROLLED,2026-09-01,c3,\n"
    reading = enrollments(tmp_path, SHORT + rows)
    assert [(o.line, type(o.problem)) for o in reading.oddities] == [(2, RowInvalid), (3, RowInvalid)]
    assert [(raw.line, raw.fields["record_id"]) for raw in reading.raws] == [(6, "r3")]


def test_a_quote_that_is_never_closed_costs_its_row_only(tmp_path: Path) -> None:
    rows = 'r1,P,ENROLLED,2026-09-01,"c1\nr2,P,ENROLLED,2026-09-01,"c2"x\nr3,P,ENROLLED,2026-09-01,"c\n3"\n'
    reading = enrollments(tmp_path, SHORT + rows + "r4,P,ENROLLED,2026-09-01,c4\n")
    assert [oddity.line for oddity in reading.oddities] == [2, 3]
    assert [(raw.line, raw.fields["record_id"]) for raw in reading.raws] == [(4, "r3"), (6, "r4")]


def test_ndjson_is_read_line_by_line(tmp_path: Path) -> None:
    sound = '{"recordId": "r1", "Program": "P", "status": "wait-listed", "begins": "2026-09-01", "childId": 7}\n'
    broken = '{"recordId": \n["r3"]\n{"recordId": {"a": 1}}\n{"program": "a", "program_code": "b"}\n'
    reading = enrollments(tmp_path, sound + broken + "\n" + sound, "enrollments.ndjson")
    assert [row.child.source_id for row in reading.rows(Kind.ENROLLMENT)] == ["7", "7"]
    assert reading.rows(Kind.ENROLLMENT)[0].status is EnrollmentStatus.WAITLISTED
    assert [raw.line for raw in reading.raws] == [1, 7]
    assert [(o.line, type(o.problem)) for o in reading.oddities] == [(line, RowInvalid) for line in (2, 3, 4, 5)]


def test_a_value_that_is_no_word_of_ours_is_left_for_its_row_to_refuse(tmp_path: Path) -> None:
    raw = enrollments(tmp_path, SHORT + "r1,P,sort of,2026-09-01,c1\n").raws[0]
    with pytest.raises(ValidationError, match="status"):
        MODELS[Kind.ENROLLMENT].model_validate(raw.fields)


def test_a_formula_costs_its_row_and_is_told_by_its_cell(tmp_path: Path) -> None:
    header = "record_id,program,status,begins,child_id,note\n"
    bad = "1,after,ENROLLED,=TODAY(),c1,\n2,after,ENROLLED,2026-09-01,=A1,\n"
    rows = bad + '3,after,ENROLLED,2026-09-01,"=""007""",=1+1\n'
    reading = read("enrollments", write(tmp_path, club=header + rows) / "club.csv")
    assert [raw.fields["child"]["source_id"] for raw in reading.raws] == ["007"]
    told = [(o.line, o.column) for o in reading.oddities if "formula" in o.problem.message]
    assert told == [(2, "begins"), (3, "child_id")]


def test_what_keeps_a_spreadsheet_from_running_a_text_is_not_of_the_text(tmp_path: Path) -> None:
    header = "record_id,program,status,begins,child_id,family_name\n"
    rows = "'-1,after,ENROLLED,2026-09-01,'0042,'=Li\n2,after,ENROLLED,2026-09-01,c2,O'Neil\n"
    first, second = read("enrollments", write(tmp_path, club=header + rows) / "club.csv").raws
    assert (first.fields["record_id"], first.fields["child"]["source_id"]) == ("-1", "0042")
    assert first.fields["child"]["identity"] == {"family_name": "=Li"}
    assert second.fields["child"]["identity"] == {"family_name": "O'Neil"}
    said = '{"record_id": "1", "program": "after", "status": "ENROLLED", "begins": "2026-09-01", "child_id": "=x"}'
    (raw,) = read("enrollments", write(tmp_path, club__ndjson=said) / "club.ndjson").raws
    assert raw.fields["child"] == {"source_id": "=x"}


def test_a_spreadsheets_number_of_days_is_read_as_a_date_and_told(tmp_path: Path) -> None:
    header = "record_id,program,status,begins,ends,birth_date,child_id\n"
    rows = "1,after,ENROLLED,46274,Sep 30 2026,43163,c1\n2,after,ENROLLED,9/8/26,,soon,c2\n"
    reading = read("enrollments", write(tmp_path, club=header + rows) / "club.csv")
    first, second = (raw.fields for raw in reading.raws)
    assert (first["begins"], first["ends"], second["begins"]) == ("2026-09-09", "2026-09-30", "2026-09-08")
    assert first["child"]["identity"] == {"birth_date": "2018-03-04"}
    assert second["child"]["identity"] == {"birth_date": "soon"}
    assert [(o.column, o.problem.code) for o in reading.oddities] == [
        ("begins", "COLUMN_TAKEN"),
        ("birth_date", "COLUMN_TAKEN"),
        ("begins", "COLUMN_TAKEN"),
    ]
