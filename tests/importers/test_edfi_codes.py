"""What a community is promised of its own codes: they are said in a file, and none is passed over in silence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cabinet.errors import FileUnreadable, InputInvalid
from cabinet.importers.code_files import CodeFile
from cabinet.importers.edfi_codes import read_codes
from cabinet.importers.format import Oddity
from cabinet.importers.load import find_format
from cabinet.intake.rows import Kind, Raw
from tests.importers.edfi_samples import association, export, interchange, said_of, stay
from tests.importers.reading import Reading, read

MAPPING = """
[grades]
"1" = "01"
[races]
"uri://gbisd.edu/RaceDescriptor#W" = "WHITE"
White = ""
[program_types]
"Homework" = "TUTORING"
[kinds]
StudentHomelessProgramAssociation = "CARE_COORDINATION"
[identifiers]
StudentUniqueId = "STATE_STUDENT_ID"
"""


def mapped(folder: Path, mapping: str, export_: Path) -> Reading:
    path = folder / "ours.toml"
    path.write_text(mapping)
    items: Iterator[Raw | Oddity] = find_format("edfi").reader(None, CodeFile.at(path))(export_)
    found = list(items)
    return Reading([i for i in found if isinstance(i, Raw)], [i for i in found if isinstance(i, Oddity)])


def own_codes(folder: Path) -> Path:
    more = interchange(
        stay("4711", "500002", "2026-10-01", "1"),
        said_of(
            "4711",
            "\n<Race>uri://gbisd.edu/RaceDescriptor#W</Race>",
            "<Race>uri://ed-fi.org/RaceDescriptor#White</Race>",
        ),
        association("Homeless", "4711", "Help", "Homework"),
        association("", "4712", "Help", "Homework"),
        "<CalendarDate/>",
    )
    return export(folder, StudentMore=more)


def test_a_code_nobody_knows_is_reported_with_its_place_and_counted(tmp_path: Path) -> None:
    reading = read("edfi", own_codes(tmp_path))
    unknown = [o for o in reading.oddities if o.problem.code == "CODE_UNKNOWN"]
    assert {(o.file, o.line, o.column, o.count) for o in unknown} == {
        ("StudentMore.xml", 3, "EntryGradeLevel", 1),
        ("StudentMore.xml", 5, "Race", 1),
        ("StudentMore.xml", 6, "ProgramType", 2),
    }
    assert all("--mapping" in o.problem.hint for o in unknown)
    # They come before the many that nobody can do anything about.
    assert [o.problem.code for o in reading.oddities][:3] == ["CODE_UNKNOWN"] * 3


def test_a_community_says_what_its_codes_mean_and_its_word_counts_before_ours(tmp_path: Path) -> None:
    reading = mapped(tmp_path, MAPPING, own_codes(tmp_path))
    ana = next(row for row in reading.rows(Kind.CHILD) if row.record_id == "4711")
    assert (ana.grade, ana.race_ethnicity) == ("01", ("WHITE",))
    assert ana.identity.identifiers == {"STATE_STUDENT_ID": "4711"}
    kinds = {s.service_type for s in reading.rows(Kind.SERVICE) if s.program == "500-help-homework"}
    assert kinds == {"TUTORING", "CARE_COORDINATION"}
    assert not [o for o in reading.oddities if o.problem.code == "CODE_UNKNOWN"]
    assert "The code 'White' of Race has no home here." in reading.messages()


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ("[grades]\n'1' = '1st'\n", r"\[grades\] '1' cannot mean '1st'"),
        ("[characteristics]\nX = 'INSURANCE'\n", "cannot mean 'INSURANCE'"),
        ("[exit_reasons]\nX = 'ENROLLED'\n", "cannot mean 'ENROLLED'"),
        ("[grades]\n'1' = 1\n", "cannot mean 1"),
        ("[colours]\nred = 'x'\n", r"no section \[colours\]"),
        ("grades = 'x'\n", r"no section \[grades\]"),
        ("[grades\n", "not TOML"),
        ("[grades]\n'1' = '01'\n'1' = '02'\n", "not TOML"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_by_line_or_code(
    tmp_path: Path, mapping: str, problem: str
) -> None:
    with pytest.raises(FileUnreadable, match=problem) as refused:
        mapped(tmp_path, mapping, tmp_path)
    assert refused.value.message.startswith("ours.toml")


def test_a_mapping_that_is_not_there_or_not_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"ours\.toml cannot be read"):
        find_format("edfi").reader(None, CodeFile.at(tmp_path / "ours.toml"))
    with pytest.raises(InputInvalid, match="no codes to map"):
        find_format("neighborhoods").reader(None, CodeFile("ours.toml", b""))


def test_a_code_is_found_in_any_case_with_and_without_its_namespace() -> None:
    codes = read_codes()
    for written in ("First grade", "FIRST GRADE", "uri://ed-fi.org/GradeLevelDescriptor#First grade"):
        assert codes.find("grades", written) == "01"
    assert codes.find("grades", "Other") == ""
    assert codes.find("grades", "年") is codes.find("grades", "") is codes.find("grades", "#") is None
