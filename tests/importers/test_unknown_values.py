"""A value nobody knows is told with its row and column: by the reader, or by the door that refuses the row."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pydantic import ValidationError

from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Oddity
from cabinet.importers.load import find_format
from cabinet.intake.rows import MODELS, Raw
from tests.importers.edfi_events import program_event, school_event
from tests.importers.edfi_samples import ANA, DISTRICT, ELM, association, interchange, program, said_of, stay
from tests.importers.edfi_samples import service as given
from tests.importers.oneroster_samples import HEADERS, district, student
from tests.importers.reading import write

Told = set[tuple[str, int, str]]
OF_CHILD: Mapping[str, str] = {"Program": "Chess", "Student ID": "1", "Grade": "3", "Sex": "F"}
ENROLLMENT = {
    "record_id": "1",
    "program": "after",
    "status": "ENROLLED",
    "begins": "2026-09-01",
    "child_id": "7",
    "grade": "03",
    "sex": "F",
}
DAY = {**OF_CHILD, "Date": "9/8/2026", "Attendance": "P"}
WIDE = {**OF_CHILD, "9/8/2026": "1"}
LONG = {**OF_CHILD, "Start Date": "9/8/2026", "Status": "Active"}


def table(name: str, sound: Mapping[str, str]) -> Callable[[Path, Mapping[str, str]], tuple[str, Path]]:
    def make(folder: Path, cells: Mapping[str, str]) -> tuple[str, Path]:
        row = {**sound, **cells}
        return name, write(folder / "t", a=f"{','.join(row)}\n{','.join(row.values())}\n") / "a.csv"

    return make


def ndjson(folder: Path, cells: Mapping[str, str]) -> tuple[str, Path]:
    pairs = ",".join(f'"{key}":"{value}"' for key, value in {**ENROLLMENT, **cells}.items() if value)
    return "enrollments", write(folder / "t", a__ndjson=f"{{{pairs}}}\n") / "a.ndjson"


def roster(folder: Path, cells: Mapping[str, str]) -> tuple[str, Path]:
    user = dict(zip(HEADERS["users 1.1"].split(","), student(1, "Ana").split(","), strict=True))
    said = {
        "sourcedId": "u1",
        "status": "",
        "birthDate": "2018-03-04",
        "sex": "male",
        "white": "true",
        "asian": "",
    }
    for column, value in cells.items():
        (user if column in user else said)[column] = f'"{value}"'
    path = district(folder / "t", ",".join(user.values()), demographics=())
    return "oneroster", write(path, demographics=f"{','.join(said)}\n{','.join(said.values())}\n")


def hsds(folder: Path, cells: Mapping[str, str]) -> tuple[str, Path]:
    service = {"id": "v1", "name": "Tutoring", "organization_id": "o1", "status": "active", "taxonomy_ids": ""}
    link = {"link_id": "v1", "link_entity": "service", "taxonomy_term_id": "t1"}
    for column, value in cells.items():
        (link if column in link else service)[column] = value
    tables = {"service": service, "attribute": link}
    files = {name: f"{','.join(row)}\n{','.join(row.values())}\n" for name, row in tables.items()}
    return "hsds", write(
        folder / "t", organization="id,name\no1,L\n", taxonomy_term="id,name\nt1,Mentoring\n", **files
    )


def edfi(folder: Path, cells: Mapping[str, str]) -> tuple[str, Path]:
    """Write an export whose last line is the record that says it."""
    ((element, xml),) = cells.items()
    sound = stay("4711", "500001", "2026-08-24", "First grade")
    before = (
        DISTRICT,
        ELM,
        ANA,
        program("Chess", "Other"),
        *(() if element in ("EntryGradeLevel", "PrimarySchool") else (sound,)),
    )
    return "edfi", write(folder / "t", a__xml=interchange(*before, xml))


def told(name: str, path: Path, mapping: bytes = b"") -> Told:
    """Return the places of what the reader tells and of what the door refuses."""
    found: Told = set()
    for item in find_format(name).reader(None, CodeFile("ours.toml", mapping))(path):
        if isinstance(item, Oddity):
            found.add((item.file, item.line, item.column))
        elif isinstance(item, Raw):
            try:
                MODELS[item.kind].model_validate(item.fields)
            except ValidationError as refused:
                where = (str(error["loc"][-1]) for error in refused.errors())
                found |= {(item.file, item.line, item.column or column) for column in where}
    return found


ZORB = "uri://x/Descriptor#Zorb"
TABLES = {
    "enrollments": table("enrollments", ENROLLMENT),
    "ndjson": ndjson,
    "days": table("attendance", DAY),
    "wide": table("attendance", WIDE),
    "long": table("attendance", LONG),
    "roster": roster,
    "hsds": hsds,
}
CASES = [
    *(
        (name, column, "Zorb", column)
        for name in ("enrollments", "ndjson")
        for column in ("status", "grade", "sex", "zzz")
    ),
    ("days", "Grade", "Zorb", "Grade"),
    ("days", "Sex", "Zorb", "sex"),
    ("days", "Attendance", "Zorb", "category"),
    ("days", "Language", "Zorb", "Language"),
    ("wide", "Grade", "Zorb", "Grade"),
    ("wide", "Sex", "Zorb", "sex"),
    ("wide", "9/8/2026", "Zorb", "9/8/2026"),
    ("wide", "Race", "Zorb", "Race"),
    ("long", "Grade", "Zorb", "Grade"),
    ("long", "Sex", "Zorb", "sex"),
    ("long", "Status", "Zorb", "status"),
    ("long", "Race", "Zorb", "Race"),
    ("roster", "grades", "Zorb", "grade"),
    ("roster", "grades", "03,04", "grades"),
    ("roster", "sex", "Zorb", "sex"),
    ("roster", "white", "Zorb", "white"),
    ("roster", "demographicRaceTwoOrMoreRaces", "true", "demographicRaceTwoOrMoreRaces"),
    ("roster", "status", "Zorb", "status"),
    ("roster", "dateLastModified", "Zorb", "dateLastModified"),
    ("roster", "role", "Zorb", "role"),
    ("roster", "languages", "Zorb", "languages"),
    # A spreadsheet's number of days is read where people type tables, and refused where a standard says how.
    ("roster", "birthDate", "43163", "birth_date"),
    *((name, "begins", "46266", "begins") for name in ("enrollments", "ndjson")),
    ("days", "Date", "46273", "Date"),
    ("long", "Start Date", "46273", "Start Date"),
    # A formula's value is not in the file.
    ("enrollments", "begins", "=TODAY()", "begins"),
    ("days", "Sex", "=A1", "Sex"),
    ("wide", "9/8/2026", "=A1", "9/8/2026"),
    ("long", "Status", "=A1", "Status"),
    ("roster", "sex", "=A1", "sex"),
    ("hsds", "status", "Zorb", "status"),
    ("hsds", "status", "temporarily closed", "status"),
    ("hsds", "languages", "Zorb", "languages"),
    ("hsds", "taxonomy_term_id", "Zorb", "taxonomy_term_id"),
    ("hsds", "taxonomy_ids", "Zorb", "taxonomy_ids"),
    ("hsds", "link_id", "Zorb", "link_id"),
    ("hsds", "link_entity", "Zorb", "link_entity"),
]


@pytest.mark.parametrize(("name", "column", "value", "where"), CASES)
def test_a_value_nobody_knows_is_told_with_its_row_and_column(
    tmp_path: Path, name: str, column: str, value: str, where: str
) -> None:
    (tmp_path / "sound").mkdir()
    more = told(*TABLES[name](tmp_path, {column: value})) - told(*TABLES[name](tmp_path / "sound", {}))
    lines = {line for _, line, at in more if at == where}
    assert lines in ({1}, {2})


SAID: Mapping[str, str] = {
    "Sex": said_of("4711", f"<Sex>{ZORB}</Sex>"),
    "Race": said_of("4711", f"<Race><Race>{ZORB}</Race></Race>"),
    "Language": said_of("4711", f"<Language><Language>{ZORB}</Language></Language>"),
    "LimitedEnglishProficiency": said_of("4711", f"<LimitedEnglishProficiency>{ZORB}</LimitedEnglishProficiency>"),
    "StudentCharacteristic": said_of(
        "4711",
        f"<StudentCharacteristic><StudentCharacteristic>{ZORB}</StudentCharacteristic></StudentCharacteristic>",
    ),
    "HispanicLatinoEthnicity": said_of("4711", "<HispanicLatinoEthnicity>Zorb</HispanicLatinoEthnicity>"),
    "EntryGradeLevel": stay("4711", "500001", "2026-08-24", "Zorb"),
    "PrimarySchool": stay("4711", "500001", "2026-08-24", "First grade", "<PrimarySchool>Zorb</PrimarySchool>"),
    "ProgramType": association("", "4711", "Zorb", "Zorb"),
    "Service": association("", "4711", "Chess", "Other", given("Service", "Zorb")),
    "ReasonExited": association(
        "", "4711", "Chess", "Other", f"<ReasonExited>{ZORB}</ReasonExited>", ends="2026-10-01"
    ),
    "IdeaEligibility": association(
        "SpecialEducation", "4711", "Chess", "Other", "<IdeaEligibility>Zorb</IdeaEligibility>"
    ),
    "DirectCertification": association(
        "SchoolFoodService", "4711", "Chess", "Other", "<DirectCertification>Zorb</DirectCertification>"
    ),
    "AttendanceEventCategory": school_event("4711", "2026-09-08", "Zorb"),
    "AttendanceEventCategory of a program": program_event("4711", "2026-09-08", "Zorb"),
    "StudentZorbProgramAssociation": association("Zorb", "4711", "Chess", "Other"),
}
"""Records with something nobody knows, by the element it stands in."""


@pytest.mark.parametrize("element", SAID)
def test_what_nobody_knows_of_ed_fi_is_told_with_its_line_and_element(tmp_path: Path, element: str) -> None:
    name, path = edfi(tmp_path, {element: SAID[element]})
    text = (path / "a.xml").read_text()
    line = text[: text.index(SAID[element][:80])].count("\n") + 1
    assert ("a.xml", line, element.partition(" ")[0]) in told(name, path)


def test_an_unknown_sex_at_birth_is_told_beside_a_known_sex(tmp_path: Path) -> None:
    born = ANA.replace("</BirthData>", f"<BirthSex>{ZORB}</BirthSex></BirthData>")
    text = interchange(DISTRICT, ELM, born, said_of("4711", "<Sex>uri://x#Male</Sex>"))
    assert "BirthSex" in {column for _, _, column in told("edfi", write(tmp_path / "t", a__xml=text))}


@pytest.mark.parametrize(
    ("name", "column", "word", "mapping"),
    [
        *((name, "sex", "Zorb", "[sexes]\nzorb = ''\n") for name in ("enrollments", "ndjson", "roster")),
        *((name, "grade", "Zorb", "[grades]\nzorb = ''\n") for name in ("enrollments", "ndjson")),
        *((name, "Sex", "Zorb", "[sexes]\nzorb = ''\n") for name in ("days", "wide", "long")),
        *((name, "Grade", "Zorb", "[grades]\nzorb = ''\n") for name in ("days", "wide", "long")),
        ("roster", "grades", "Zorb", "[grades]\nzorb = ''\n"),
    ],
)
def test_a_word_a_community_has_no_home_for_is_told_and_costs_no_row(
    tmp_path: Path, name: str, column: str, word: str, mapping: str
) -> None:
    format_name, path = TABLES[name](tmp_path, {column: word})
    found = told(format_name, path, mapping.encode())
    assert column in {at for _, line, at in found if line == 2 or name == "ndjson"}
    reader = find_format(format_name).reader(None, CodeFile("ours.toml", mapping.encode()))
    raws = [item for item in reader(path) if isinstance(item, Raw)]
    assert len([MODELS[raw.kind].model_validate(raw.fields) for raw in raws]) > 0
