"""What is said of a format is what its reader goes by."""

import pytest
from typer.testing import CliRunner

from cabinet.cli.formats import page
from cabinet.cli.main import main
from cabinet.importers import FORMATS
from cabinet.importers.attendance_layout import NAMES, Layout
from cabinet.importers.edfi import FIRST, THEN
from cabinet.importers.edfi_attendance import EVENTS
from cabinet.importers.edfi_organizations import OTHERS
from cabinet.importers.enrollments import KNOWN
from cabinet.importers.fhir import READ_FIRST, READERS
from cabinet.importers.fhir_elements import ELEMENTS
from cabinet.importers.hsds_tables import FILES
from cabinet.importers.oneroster_columns import HOMES
from cabinet.importers.oneroster_package import NEEDED
from cabinet.importers.oneroster_standard import FILES as TABLES
from cabinet.importers.values import fold


def names(format_name: str) -> set[str]:
    return {part.name for part in FORMATS[format_name].guide.parts}


@pytest.mark.parametrize("name", FORMATS)
def test_a_page_says_all_there_is_to_say(name: str) -> None:
    format_ = FORMATS[name]
    text = page(format_)
    for heading in ("What is read", "What has no home here", "Limits", "What may be wrong"):
        assert f"\n## {heading}\n" in text
    assert ("\n## Codes\n" in text) is (format_.tailored is not None)
    for section in format_.guide.codes or {}:
        (line,) = [line for line in text.splitlines() if line.startswith(f"| `[{section}]`")]
        # What the codes of a section are is said where they stand.
        assert len([cell for cell in line.split("|") if cell.strip()]) == 3, section
    assert all(f"`{error.code}`" in text for error in format_.guide.errors)


@pytest.mark.parametrize("name", FORMATS)
def test_a_page_is_printed_by_the_command_and_every_format_is_listed(name: str) -> None:
    done = CliRunner().invoke(main, ["formats", name])
    assert (done.exit_code, done.output) == (0, page(FORMATS[name]))
    assert f"{name} " in CliRunner().invoke(main, ["formats"]).output


def test_a_format_there_is_none_of_is_said_to_be_none() -> None:
    done = CliRunner().invoke(main, ["formats", "spreadsheet"])
    assert done.exit_code == 1


def test_every_record_file_and_resource_that_is_read_has_its_line() -> None:
    assert names("edfi") >= (FIRST | THEN | EVENTS.keys()) - OTHERS
    assert names("fhir") == READERS.keys() | READ_FIRST
    assert READERS.keys() < ELEMENTS.keys()
    assert {part.name.split()[0] for part in FORMATS["hsds"].guide.parts} == FILES.keys()
    assert names("oneroster") == {"manifest.csv", *(f"{noun}.csv" for noun in HOMES)}
    assert names("attendance") > {*Layout}
    assert set(FORMATS["enrollments"].guide.parts[0].read) == KNOWN


def test_every_spelling_of_a_column_of_attendance_is_told() -> None:
    said = {fold(name) for part in FORMATS["attendance"].guide.parts for name in part.read}
    assert {spelling for spelling, name in NAMES.items() if spelling != fold(name)} <= said


def test_a_column_with_a_home_is_one_of_the_standard_or_of_version_1_1() -> None:
    for noun, columns in HOMES.items():
        assert {*columns} - TABLES[noun].keys() <= {"role", "orgSourcedIds"}, noun
        assert {*NEEDED[noun]} <= {*columns}
