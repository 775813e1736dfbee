"""Our own enrollment file, for every partner that has no standard export: CSV, or NDJSON by its file name.

Only record_id, program, status and begins are required, and a way to say which child: child_id, or a
district_student_id, or given name, family name and birth date.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cabinet.errors import ColumnMissing, ColumnTaken, ColumnUnknown, RowInvalid
from cabinet.importers.attendance_values import DATES, FORMULA, read_day, unguarded
from cabinet.importers.code_files import CodeFile
from cabinet.importers.documents import Document, read_ndjson
from cabinet.importers.format import Format, Oddity, Reader
from cabinet.importers.guide import Guide, Part
from cabinet.importers.guide_limits import OF_CSV, OF_JSON, OF_PACKAGES
from cabinet.importers.package import Package, open_package
from cabinet.importers.tabular import Record, Strangers, named, read_table
from cabinet.importers.tally import Tally
from cabinet.importers.values import clean, fold, present
from cabinet.importers.word_codes import PACKAGED, Words, no_home, read_words, sections_of, without_home
from cabinet.intake.rows import Kind, Raw

NDJSON = (".ndjson", ".jsonl")
REQUIRED = ("record_id", "program", "status", "begins")
IDENTITY = ("given_name", "middle_name", "family_name", "address", "postal_code")
COLUMNS: Mapping[str, str] = {
    **named(*REQUIRED, "record_version", "ends", "exit_reason", "grade", "neighborhood"),
    **named("child_id", *IDENTITY, "birth_date", "sex", "district_student_id"),
    "programcode": "program",
    "startdate": "begins",
    "enddate": "ends",
    "firstname": "given_name",
    "lastname": "family_name",
    "dateofbirth": "birth_date",
    "zip": "postal_code",
    "zipcode": "postal_code",
}
KNOWN = frozenset(COLUMNS.values())

CODES = sections_of("statuses", "grades", "sexes")


def reader(_source: str | None, *mappings: CodeFile) -> Reader:
    """Return the reader of a file whose words mean what these mappings say."""
    words = read_words(CODES, *mappings)
    return lambda path: _read(path, words)


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield one enrollment a row, and at the end one oddity for each column that has no meaning here."""
    return _read(path, read_words(CODES))


def _read(path: Path, words: Words) -> Iterator[Raw | Oddity]:
    unknown = Strangers(KNOWN)
    with open_package(path) as package:
        name = package.only(path.name)
        rows = _Rows(words, is_table=not name.casefold().endswith(NDJSON))
        for record in _records(package, name):
            if isinstance(record, Record):
                unknown.count(record)
                yield from rows.of(record)
            else:
                yield record
    yield from rows.oddities()
    yield from unknown.oddities(name)


def _records(package: Package, name: str) -> Iterator[Record | Oddity]:
    if not name.casefold().endswith(NDJSON):
        yield from read_table(package, name, COLUMNS, REQUIRED)
        return
    for document in read_ndjson(package, name):
        yield document if isinstance(document, Oddity) else _flat(document)


def _flat(document: Document) -> Record | Oddity:
    said = {key: value for key, value in document.value.items() if value is not None}
    values = {COLUMNS.get(fold(key), key): value for key, value in said.items()}
    if len(values) < len(said):
        return Oddity(RowInvalid("Two keys of the row mean the same."), document.file, document.line)
    if any(isinstance(value, dict | list | bool) for value in values.values()):
        return Oddity(RowInvalid("A value is neither text nor a number."), document.file, document.line)
    return Record(document.file, document.line, {key: clean(str(value)) for key, value in values.items()})


class _Rows:
    """Reads the records of one file; what is met many times is told at the end, with its number."""

    def __init__(self, words: Words, *, is_table: bool) -> None:
        self._words, self._is_table = words, is_table
        self._met = Tally()

    def of(self, record: Record) -> Iterator[Raw | Oddity]:
        """Yield the enrollment that a record is, or why it is none."""
        formulas = [name for name in KNOWN if self._is_table and record[name].startswith("=")]
        for name in sorted(formulas):
            yield Oddity(FORMULA, record.file, record.line, name)
        if record["status"] and not self._words.read("statuses", record["status"]):
            self._met.add(no_home("status", record["status"]), record.file, record.line, "status")
        elif not formulas:
            for column, problem in without_home(self._words, record.values, sex="sexes", grade="grades"):
                self._met.add(problem, record.file, record.line, column)
            yield Raw(Kind.ENROLLMENT, self._enrollment(self._plain(record)), record.file, record.line)

    def oddities(self) -> Iterator[Oddity]:
        yield from self._met.oddities()

    def _plain(self, record: Record) -> Record:
        """Return a record without what keeps a spreadsheet from reading a text as a number or a formula."""
        if not self._is_table:
            return record
        return Record(record.file, record.line, {name: unguarded(text) for name, text in record.values.items()})

    def _enrollment(self, record: Record) -> dict[str, Any]:
        as_written = ("record_id", "record_version", "program", "exit_reason", "neighborhood")
        fields = present(
            **{column: record[column] for column in as_written},
            status=self._words.read("statuses", record["status"]),
            grade=self._words.read("grades", record["grade"]),
            begins=self._day(record, "begins"),
            ends=self._day(record, "ends"),
        )
        # An empty child stays in, so that the row is refused for not saying who it is about.
        return {**fields, "child": present(source_id=record["child_id"], identity=self._identity(record))}

    def _identity(self, record: Record) -> dict[str, Any]:
        return present(
            **{column: record[column] for column in IDENTITY},
            birth_date=self._day(record, "birth_date"),
            sex=self._words.read("sexes", record["sex"]),
            identifiers=present(DISTRICT_STUDENT_ID=record["district_student_id"]),
        )

    def _day(self, record: Record, column: str) -> str:
        """Return a date as YYYY-MM-DD; what is none stays, for its row to refuse."""
        day, guess = read_day(record[column])
        if guess:
            problem = ColumnTaken(f"Values of the column {column!r} were read as {guess}.")
            self._met.add(problem, record.file, record.line, column)
        return day


def _spellings(column: str) -> list[str]:
    """Return the names a column may have, in any case and with or without spaces, hyphens and underscores."""
    return [column, *(name for name, meant in COLUMNS.items() if meant == column and name != fold(column))]


ENROLLMENTS = Format(
    name="enrollments",
    help=f"Our own CSV or NDJSON: {', '.join(REQUIRED)}, and who the child is.",
    read=read,
    guide=Guide(
        about=__doc__ or "",
        part="column",
        parts=[
            Part("a row", "an enrollment", sorted(KNOWN), REQUIRED),
            *(Part(f"column {name}", "", _spellings(name)) for name in sorted(KNOWN) if len(_spellings(name)) > 1),
        ],
        without_home="Columns that are not read are counted with the values in them.",
        limits=(OF_PACKAGES, OF_CSV, OF_JSON, DATES),
        errors=(ColumnTaken, ColumnUnknown, ColumnMissing),
        packaged=PACKAGED,
        codes=CODES,
    ),
    tailored=reader,
)
