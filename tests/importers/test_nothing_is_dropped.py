"""Nothing recognisable is dropped silently: what a reader does not know is counted, wherever it stands."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import orjson
import pytest

from cabinet.importers.fhir_elements import ELEMENTS
from cabinet.importers.format import Oddity
from cabinet.importers.hsds_tables import COLUMNS, FILES
from tests.importers.edfi_events import program_event, section_event
from tests.importers.edfi_samples import ELM, program, said_of
from tests.importers.oneroster_samples import attending, classes
from tests.importers.reading import Reading, read, write
from tests.importers.samples import MADE, put

ZZZ = "zzz"
Edit = Callable[[str], str]


def with_column(text: str) -> str:
    header, *rows = text.splitlines()
    return "\n".join([f"{header},{ZZZ}", *(f"{row},seen" for row in rows)]) + "\n"


def within(*elements: str) -> Edit:
    """Return what puts an element of its own into the first of each of these elements."""

    def edit(text: str) -> str:
        for element in elements:
            text, times = re.subn(rf"(<{element}(?: [^>]*)?>)", rf"\1<{ZZZ}>seen</{ZZZ}>", text, count=1)
            assert times == 1, element
        return text

    return edit


def into_first(text: str) -> str:
    return text.replace("{", f'{{"{ZZZ}":"seen",', 1)


EDITS: Mapping[str, tuple[Edit, ...]] = {
    "enrollments csv": (with_column,),
    "enrollments ndjson": (into_first,),
    "attendance csv": (with_column,),
    "oneroster csv": (with_column,),
    "edfi xml": (
        *(
            within(element)
            for element in (
                *("LocalEducationAgency", "Student", "Name", "BirthData", "StudentSchoolAssociation"),
                *("StudentProgramAssociation", "StudentSchoolAttendanceEvent", "AttendanceEvent"),
            )
        ),
        lambda text: text.replace("</InterchangeStudent>", f"<{ZZZ}/></InterchangeStudent>"),
    ),
    "fhir ndjson": (into_first, lambda text: f'{text}{{"resourceType":"{ZZZ}","id":"1"}}\n'),
    "fhir json": (lambda text: text.replace('"resource":{', f'"resource":{{"{ZZZ}":[1],', 1),),
    "hsds csv": (with_column,),
    "hsds json": (into_first, lambda text: text.replace('"organization":{', f'"organization":{{"{ZZZ}":[1,2],')),
    "hsds ndjson": (into_first,),
    "neighborhoods json": (
        lambda text: text.replace('"properties":{', f'"properties":{{"{ZZZ}":"seen",'),
        lambda text: text.replace('"type":"Feature",', f'"type":"Feature","{ZZZ}":7,'),
    ),
}
"""What is added to the sample of each format."""
CASES = [(name, number) for name, edits in EDITS.items() for number in range(len(edits))]
PACKAGES = [name for name in MADE if MADE[name][0] in ("oneroster", "edfi", "fhir", "hsds", "neighborhoods")]


def about_zzz(reading: Reading, file: str = "") -> list[Oddity]:
    """Return what was said of the addition; every such remark has its place and its number."""
    said = [o for o in reading.oddities if ZZZ in f"{o.column} {o.problem.message}".casefold()]
    assert all(oddity.file and oddity.line >= 1 and oddity.count >= 1 for oddity in said)
    return [oddity for oddity in said if not file or oddity.file == file]


def test_every_format_has_its_additions() -> None:
    assert EDITS.keys() == MADE.keys()


@pytest.mark.parametrize(("name", "number"), CASES)
def test_what_is_added_to_a_file_is_counted_and_changes_no_row(tmp_path: Path, name: str, number: int) -> None:
    format_name, files = MADE[name][0], MADE[name][1](tmp_path)
    edit = EDITS[name][number]
    clean = read(format_name, put(tmp_path / "clean", files))
    for file in files:
        if file == "manifest.csv":
            continue
        edited = {**files, file: edit(files[file])}
        found = read(format_name, put(tmp_path / f"edited-{file}", edited))
        assert about_zzz(found, file), file
        assert [raw.kind for raw in found.raws] == [raw.kind for raw in clean.raws]


@pytest.mark.parametrize("name", PACKAGES)
def test_a_file_that_no_reader_looks_into_is_told(tmp_path: Path, name: str) -> None:
    format_name, files = MADE[name][0], MADE[name][1](tmp_path)
    for more in (f"{ZZZ}.csv", f"{ZZZ}.pdf"):
        found = read(format_name, put(tmp_path / more, {**files, more: "a,b\n1,2\n"}))
        assert about_zzz(found, more), more


@pytest.mark.parametrize(
    "noun",
    ["academicSessions", "orgs", "courses", "classes", "users", "demographics", "enrollments"],
)
def test_a_column_of_every_file_of_a_roster_is_counted(tmp_path: Path, noun: str) -> None:
    path = classes(tmp_path / "roster", attending(1, "k1"), attending(2, "k1"))
    if noun == "demographics":
        manifest = (path / "manifest.csv").read_text().replace("demographics,absent", "demographics,bulk")
        write(path, demographics="sourcedId,birthDate,sex\nu1,2018-03-04,male\n", manifest=manifest)
    text = (path / f"{noun}.csv").read_text()
    write(path, **{noun: with_column(text)})
    (told,) = about_zzz(read("oneroster", path))
    assert (told.file, told.line, told.count) == (f"{noun}.csv", 2, len(text.splitlines()) - 1)


@pytest.mark.parametrize(
    ("record", "element"),
    [
        (ELM, "School"),
        (program("Chess", "Other"), "Program"),
        (said_of("4711"), "StudentEducationOrganizationAssociation"),
        (program_event("4711", "2026-09-08", "Tardy"), "StudentProgramAttendanceEvent"),
        (section_event("4711", "2026-09-08", "Tardy", "MATH"), "StudentSectionAttendanceEvent"),
    ],
)
def test_an_element_of_every_record_of_edfi_is_counted(tmp_path: Path, record: str, element: str) -> None:
    (text,) = MADE["edfi xml"][1](tmp_path).values()
    whole = text.replace("</InterchangeStudent>", f"{record}</InterchangeStudent>")
    found = read("edfi", put(tmp_path / "edfi", {"All.xml": within(element)(whole)}))
    assert [oddity.problem.message for oddity in about_zzz(found)] == [f"{element}/{ZZZ} has no home here."]


@pytest.mark.parametrize("table", FILES)
def test_a_column_of_every_table_of_a_directory_is_counted(tmp_path: Path, table: str) -> None:
    files = dict(MADE["hsds csv"][1](tmp_path))
    columns = ",".join(COLUMNS[table])
    files[f"{table}.csv"] = with_column(f"{columns}\n{','.join('x' for _ in COLUMNS[table])}\n")
    for needed in ("organization", "service"):
        files.setdefault(f"{needed}.csv", "id,name\n")
    (told,) = about_zzz(read("hsds", put(tmp_path / "hsds", files)))
    assert (told.file, told.line, told.column, told.count) == (f"{table}.csv", 2, ZZZ, 1)


def test_an_element_of_a_resource_that_is_taken_is_counted_and_a_patients_is_kept(tmp_path: Path) -> None:
    (text,) = MADE["fhir ndjson"][1](tmp_path).values()
    lines = [orjson.dumps({**orjson.loads(line), ZZZ: "seen"}).decode() for line in text.splitlines()]
    found = read("fhir", put(tmp_path / "fhir", {"All.ndjson": "\n".join(lines)}))
    assert [oddity.problem.message for oddity in about_zzz(found)] == [
        f"Patient.{ZZZ} has no home here; it is kept as received.",
        f"Encounter.{ZZZ} has no home here.",
    ]
    assert found.raws[0].fields["payload"][ZZZ] == "seen"
    assert ZZZ not in {element for elements in ELEMENTS.values() for element in elements}
