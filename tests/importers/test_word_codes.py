"""What a community is promised of its own words in tables: they count before ours, in every format with words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers import FORMATS
from cabinet.importers.code_files import MAX_BYTES, CodeFile
from cabinet.importers.format import Oddity
from cabinet.importers.word_codes import read_words
from cabinet.intake.rows import MODELS, Kind, Raw
from tests.importers.oneroster_samples import CLASSES, COURSES, district
from tests.importers.reading import Reading, write


def mapped(name: str, path: Path, mapping: str) -> Reading:
    """Read a file with a mapping of a community's own."""
    items = list(FORMATS[name].reader(None, CodeFile("ours.toml", mapping.encode()))(path))
    return Reading([i for i in items if isinstance(i, Raw)], [i for i in items if isinstance(i, Oddity)])


def only(reading: Reading, kind: Kind) -> Mapping[str, Any]:
    (raw,) = reading.of(kind)
    MODELS[kind].model_validate(raw.fields)
    return raw.fields


def test_an_enrollment_file_is_read_with_its_communitys_words(tmp_path: Path) -> None:
    header = "record_id,program,status,begins,grade,child_id,sex\n"
    path = write(tmp_path, club=f"{header}1,chess,On Roster,2026-09-01,Klasse 3,7,V\n") / "club.csv"
    said = "[statuses]\n'on-roster' = 'ENROLLED'\n[grades]\n'KLASSE 3' = '03'\n[sexes]\n'v' = 'FEMALE'\n"
    found = only(mapped("enrollments", path, said), Kind.ENROLLMENT)
    assert (found["status"], found["grade"]) == ("ENROLLED", "03")
    assert found["child"]["identity"]["sex"] == "FEMALE"


def test_a_status_that_has_no_home_is_counted_and_its_rows_are_not_taken(tmp_path: Path) -> None:
    header = "record_id,program,status,begins,child_id\n"
    rows = [f"{n},chess,{status},2026-09-01,7\n" for n, status in enumerate(("Inquiry", "inquiry", "Active"))]
    path = write(tmp_path, club=header + "".join(rows)) / "club.csv"
    reading = mapped("enrollments", path, "[statuses]\nInquiry = ''\n")
    assert only(reading, Kind.ENROLLMENT)["record_id"] == "2"
    told = [(o.line, o.column, o.count, o.problem.message) for o in reading.oddities]
    # Both are the same word, told as the first row writes it.
    assert told[0][:2] == (2, "status")
    assert sum(count for *_, count, _ in told) == 2


@pytest.mark.parametrize(
    "layout",
    ["Program,Student ID,9/8/2026\nChess,1,{}\n", "Program,Student ID,Date,Attendance\nChess,1,9/8/2026,{}\n"],
)
def test_marks_are_read_with_their_communitys_words(tmp_path: Path, layout: str) -> None:
    path = write(tmp_path, sheet=layout.format("H")) / "sheet.csv"
    assert only(mapped("attendance", path, "[marks]\nh = 'PRESENT'\n"), Kind.ATTENDANCE)["category"] == "PRESENT"
    # One that counts before ours, and one that has no home.
    path = write(tmp_path, sheet=layout.format("x")) / "sheet.csv"
    assert only(mapped("attendance", path, "[marks]\nX = 'ABSENT'\n"), Kind.ATTENDANCE)["category"] == "ABSENT"
    reading = mapped("attendance", path, "[marks]\nX = ''\n")
    assert reading.raws == []
    assert [m for m in reading.messages() if m == "The mark 'x' has no home here."]
    assert "The row does not say on which day the child attended or was absent." not in reading.messages()


def test_statuses_and_grades_of_an_ost_export_are_read_with_their_communitys_words(tmp_path: Path) -> None:
    content = "Program,Student ID,Start Date,Status,Grade\nChess,1,9/8/2026,Signed up,Rising 3rd\n"
    path = write(tmp_path, sheet=content) / "sheet.csv"
    said = "[statuses]\n'signed up' = 'REFERRED'\n[grades]\n'Rising 3rd' = '02'\n"
    found = only(mapped("attendance", path, said), Kind.ENROLLMENT)
    assert (found["status"], found["grade"]) == ("REFERRED", "02")
    assert mapped("attendance", path, "[statuses]\n'signed up' = ''\n").raws == []


def test_roles_grades_sexes_and_races_of_a_roster_are_read_with_their_communitys_words(tmp_path: Path) -> None:
    user = "u1,,,true,s1,Pupil,ana,Ana,Reyes,4711,Third,secret"
    path = district(
        tmp_path / "roster", user, demographics=("u1,,,2018-03-04,w,true",), classes=CLASSES, courses=COURSES
    )
    header = (path / "demographics.csv").read_text().replace("white", "metadata.mena")
    write(path, demographics=header)
    assert not mapped("oneroster", path, "").of(Kind.CHILD)
    said = "[roles]\nPUPIL = 'STUDENT'\n[grades]\nThird = '03'\n[sexes]\nw = 'FEMALE'\n[races]\n"
    found = only(
        mapped("oneroster", path, f"{said}'metadata.mena' = 'MIDDLE_EASTERN_OR_NORTH_AFRICAN'\n"), Kind.CHILD
    )
    assert (found["grade"], found["identity"]["sex"]) == ("03", "FEMALE")
    assert found["race_ethnicity"] == ("MIDDLE_EASTERN_OR_NORTH_AFRICAN",)


@pytest.mark.parametrize(
    ("name", "mapping", "problem"),
    [
        ("enrollments", "[marks]\nx = 'PRESENT'\n", "no section \\[marks\\]"),
        ("oneroster", "[statuses]\nx = 'ENROLLED'\n", "no section \\[statuses\\]"),
        ("attendance", "[marks]\nx = 'HERE'\n", "cannot mean 'HERE'"),
        ("attendance", "[marks]\nx = 1\n", "cannot mean 1"),
        ("attendance", "marks = 'x'\n", "no section"),
        ("attendance", "[marks\n", "is not TOML"),
        ("attendance", "\udcff", "is not TOML"),
        ("oneroster", "[roles]\nx = 'TEACHER'\n", "cannot mean 'TEACHER'"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(name: str, mapping: str, problem: str) -> None:
    data = mapping.encode("utf-8", "surrogateescape")
    with pytest.raises(FileUnreadable, match=problem):
        FORMATS[name].reader(None, CodeFile("ours.toml", data))


def test_a_mapping_that_is_no_file_of_codes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(FileUnreadable, match="is larger than"):
        CodeFile.at(tmp_path / "large.toml")
    with pytest.raises(FileUnreadable, match="is not TOML"):
        FORMATS["attendance"].reader(None, CodeFile("deep.toml", b"a = " + b"[" * 100_000))


def test_of_several_mappings_the_last_counts_first() -> None:
    files = (
        CodeFile("a.toml", b"[marks]\nq = 'PRESENT'\nz = 'TARDY'\n"),
        CodeFile("b.toml", b"[marks]\nq = 'ABSENT'\n"),
    )
    words = read_words({"marks"}, *files)
    assert (words.find("marks", "Q"), words.find("marks", "Z"), words.find("marks", "P")) == (
        "ABSENT",
        "TARDY",
        "PRESENT",
    )
