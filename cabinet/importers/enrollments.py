"""Our own enrollment file, for every partner that has no standard export: CSV, or NDJSON by its file name.

Only record_id, program, status and begins are required, and a way to say which child: child_id, or a
district_student_id, or given name, family name and birth date.
"""

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

from cabinet.errors import RowInvalid
from cabinet.importers.ahead import read_ahead
from cabinet.importers.documents import Document, read_ndjson
from cabinet.importers.format import Format, Oddity
from cabinet.importers.package import Package, open_package
from cabinet.importers.tabular import Record, Strangers, named, read_table
from cabinet.importers.values import clean, fold, iso_date, present, sex_word
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import EnrollmentStatus

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

STATUS_WORDS: Mapping[str, EnrollmentStatus] = {
    **{fold(status): status for status in EnrollmentStatus},
    "active": EnrollmentStatus.ENROLLED,
    "waitlist": EnrollmentStatus.WAITLISTED,
    "complete": EnrollmentStatus.COMPLETED,
    "exited": EnrollmentStatus.WITHDRAWN,
    "withdrew": EnrollmentStatus.WITHDRAWN,
    "dropped": EnrollmentStatus.WITHDRAWN,
}


def read(path: Path) -> Generator[Raw | Oddity]:
    """Yield one enrollment a row, and at the end one oddity for each column that has no meaning here."""
    unknown = Strangers(KNOWN)
    with open_package(path) as package:
        name = package.only(path.name)
        for record in _records(package, name):
            if isinstance(record, Record):
                unknown.count(record)
                yield Raw(Kind.ENROLLMENT, _enrollment(record), record.file, record.line)
            else:
                yield record
    yield from unknown.oddities(name)


def _records(package: Package, name: str) -> Iterator[Record | Oddity]:
    if not name.casefold().endswith((".ndjson", ".jsonl")):
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


def _enrollment(record: Record) -> dict[str, Any]:
    as_written = ("record_id", "record_version", "program", "exit_reason", "grade", "neighborhood")
    fields = present(
        **{column: record[column] for column in as_written},
        status=STATUS_WORDS.get(fold(record["status"]), record["status"]),
        begins=iso_date(record["begins"]),
        ends=iso_date(record["ends"]),
    )
    # An empty child stays in, so that the row is refused for not saying who it is about.
    return {**fields, "child": present(source_id=record["child_id"], identity=_identity(record))}


def _identity(record: Record) -> dict[str, Any]:
    return present(
        **{column: record[column] for column in IDENTITY},
        birth_date=iso_date(record["birth_date"]),
        sex=sex_word(record["sex"]),
        identifiers=present(DISTRICT_STUDENT_ID=record["district_student_id"]),
    )


ENROLLMENTS = Format(
    name="enrollments",
    help=f"Our own CSV or NDJSON: {', '.join(REQUIRED)}, and who the child is.",
    read=read_ahead(read),
)
