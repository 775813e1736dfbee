"""The class enrollments of a OneRoster package. One has a home here if its course or class is a program's.

A district that wants to see whom reading intervention reaches gives the program the code of the course. All other
classes are no service, and their enrollments are only counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from cabinet.errors import RowProblem
from cabinet.importers.format import Oddity, Standing, Stored, Whole
from cabinet.importers.oneroster_history import PASSED_OVER
from cabinet.importers.oneroster_package import Roster
from cabinet.importers.oneroster_rows import instant
from cabinet.importers.oneroster_student import is_deleted
from cabinet.importers.standing import record_id_of
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import iso_date, present
from cabinet.importers.word_codes import STUDENT, Words
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import EnrollmentStatus

NAME = "oneroster"
REASON = "No longer in enrollments.csv"
NO_PROGRAM = RowProblem(
    "A class enrollment has no home here: no program of the source has the code of its course or class.", hint=""
)
NO_STUDENT = RowProblem("An enrollment of somebody who is not a student was passed over.", hint="")
_STEPS = 1000
"""Versions for each millisecond of dateLastModified, for what changed without saying when."""


@dataclass(frozen=True, kw_only=True)
class ClassRaw(Raw):
    """An enrollment in a class, with the codes that its program may have, as of when a complete file speaks."""

    codes: tuple[str, ...]
    is_gone: bool
    as_of: int | None


def version_of(modified: str) -> int | None:
    """Return the version of a record that was modified then; None where that is not known."""
    found = instant(modified)
    return round(found.astimezone(UTC).timestamp() * 1000) * _STEPS if found else None


class Classes:
    """Reads the courses and classes of one package, and who is enrolled in them."""

    def __init__(self, roster: Roster, words: Words) -> None:
        self._roster, self._words = roster, words
        self._passed_over = Tally()
        sessions = self._sound("academicSessions")
        self._begins = {session["sourcedId"]: session["startDate"] for session in sessions}
        self._courses = {course["sourcedId"]: course["courseCode"] for course in self._sound("courses")}
        self._classes = {each["sourcedId"]: each for each in self._sound("classes")}
        self._is_whole = roster.is_complete("enrollments")
        self._newest, self._held = "", frozenset[str]()
        if self._is_whole:
            self._look_through()

    def _look_through(self) -> None:
        versions: dict[int | None, str] = {}
        held = set()
        for record in self._sound("enrollments"):
            held.add(record_id_of(NAME, record["sourcedId"]))
            versions[version_of(record["dateLastModified"])] = record["dateLastModified"]
        self._newest = versions[max(filter(None, versions))] if any(versions) else ""
        self._held = frozenset(held)

    def whole(self, organization: str | None) -> Iterator[Whole]:
        """Yield the ids of all enrollments, if the manifest says that the file holds all of them."""
        if self._is_whole:
            yield Whole(Kind.ENROLLMENT, self._held, "enrollments.csv", REASON, self._newest, organization)

    def rows(self) -> Iterator[ClassRaw | Oddity]:
        for record in self._roster.records("enrollments"):
            if isinstance(record, Oddity):
                yield record
            elif self._words.find("roles", record["role"]) == STUDENT:
                yield self._enrollment(record)
            else:
                self._passed_over.add(NO_STUDENT, record.file, record.line)
        for noun, what in (("courses", "course"), ("classes", "class")):
            problem = RowProblem(f"A {what} has no home here; only its code was read.", hint="")
            for record in self._roster.records(noun):
                if isinstance(record, Oddity):
                    yield record
                else:
                    self._passed_over.add(problem, record.file, record.line)
        yield from self._passed_over.oddities()

    def _enrollment(self, record: Record) -> ClassRaw:
        codes = self._codes(record["classSourcedId"])
        fields = present(
            record_id=record_id_of(NAME, record["sourcedId"]) if record["sourcedId"] else None,
            record_version=version_of(record["dateLastModified"]),
            child={"source_id": record["userSourcedId"]},
            program=next(iter(codes), None),
            status=EnrollmentStatus.ENROLLED,
            begins=iso_date(record["beginDate"]) or self._term_begins(record["classSourcedId"]),
            ends=iso_date(record["endDate"]),
        )
        is_gone = is_deleted(record["status"])
        if is_gone:
            modified = instant(record["dateLastModified"])
            day = modified.date().isoformat() if modified else None
            fields = {**fields, "ends": day, "exit_reason": "Marked to be deleted in enrollments.csv"}
        as_of = (version_of(self._newest) or 0) if self._is_whole else None
        at = (record.file, record.line)
        return ClassRaw(Kind.ENROLLMENT, fields, *at, codes=codes, is_gone=is_gone, as_of=as_of)

    def _codes(self, class_id: str) -> tuple[str, ...]:
        found = self._classes.get(class_id)
        codes = (self._courses.get(found["courseSourcedId"], ""), found["classCode"]) if found else ()
        return tuple(filter(None, codes))

    def _term_begins(self, class_id: str) -> str:
        found = self._classes.get(class_id)
        terms = found["termSourcedIds"].split(",") if found else []
        begins = filter(None, (iso_date(self._begins.get(term.strip(), "")) for term in terms))
        return min(begins, default="")

    def _sound(self, noun: str) -> Iterator[Record]:
        return (record for record in self._roster.records(noun) if isinstance(record, Record))


def settle_enrollment(raw: ClassRaw, standing: Standing) -> Raw | Oddity:
    """Return the row of an enrollment in one of the source's programs, or say that it has no home."""
    stored = standing.records.get(str(raw.fields.get("record_id")))
    program = next(
        (code for code in raw.codes if code in standing.programs), stored["program"] if stored else None
    )
    if program is None:
        return Oddity(NO_PROGRAM, raw.file, raw.line)
    if raw.is_gone and stored is None:
        return Oddity(PASSED_OVER, raw.file, raw.line, "status")
    begins = raw.fields.get("begins") or (stored["begins"].isoformat() if stored else "")
    fields = {**raw.fields, "program": program, "begins": begins, **_version(raw, stored)}
    if raw.is_gone:
        is_known = stored is not None and stored["exit_reason"] == fields["exit_reason"]
        known = stored["ends"] if stored and is_known else None
        fields |= _ended(begins, str(fields["ends"] or known or standing.today))
    return Raw(raw.kind, fields, raw.file, raw.line)


def _version(raw: ClassRaw, stored: Stored | None) -> dict[str, int | None]:
    """Return the version of a row of a complete file, which speaks as of its newest; a delta's is its own."""
    own = raw.fields.get("record_version")
    if stored is None or raw.as_of is None:
        return {"record_version": own}
    if raw.as_of and raw.as_of < stored["record_version"] // _STEPS * _STEPS:
        return {"record_version": 0}
    return {"record_version": own if own and own > stored["record_version"] else None}


def _ended(begins: str, ends: str) -> dict[str, Any]:
    """Return how an enrollment ends on a day; one that had not begun never was."""
    if ends < begins:
        return {"status": EnrollmentStatus.NOT_ENROLLED, "ends": None}
    return {"status": EnrollmentStatus.WITHDRAWN, "ends": ends}


def end_enrollment(whole: Whole, stored: Stored, today: date) -> Raw:
    """Return the row of an enrollment that a complete file no longer holds."""
    begins, newest = stored["begins"].isoformat(), version_of(whole.newest) or 0
    fields = {
        "record_id": stored["record_id"],
        "record_version": newest if newest > stored["record_version"] else None,
        "child": {"ref": stored["child_id"]},
        "program": stored["program"],
        "begins": begins,
        "exit_reason": whole.reason,
        **_ended(begins, today.isoformat()),
    }
    return Raw(Kind.ENROLLMENT, fields, whole.file, 1)


def is_enrollment_newer(whole: Whole, stored: Stored) -> bool:
    newest = version_of(whole.newest)
    return newest is not None and stored["record_version"] // _STEPS * _STEPS > newest
