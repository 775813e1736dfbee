"""One day of attendance as an Ed-Fi event says it, and its row."""

import hashlib
from datetime import date
from typing import Any, NamedTuple

from cabinet.calendar import school_year_of
from cabinet.importers.edfi_programs import shortened
from cabinet.importers.values import present
from cabinet.importers.xml_records import Place
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import AttendanceCategory

ORDER = tuple(
    AttendanceCategory[name] for name in ("TARDY", "PRESENT", "UNEXCUSED_ABSENCE", "EXCUSED_ABSENCE", "ABSENT")
)
"""Of several words on one day the first counts: whoever came for a part of it came."""


class Day(NamedTuple):
    """A child on one day of a program, or of school; `section` and `school` where it is one of school."""

    student: str
    program: str
    organization: str
    section: str
    school: str
    day: date
    category: AttendanceCategory
    minutes: int | str | None
    place: Place

    @property
    def year(self) -> int:
        return school_year_of(self.day)

    @property
    def record_id(self) -> str:
        """The record's id, out of Ed-Fi's natural key without the category: a corrected one is the same record."""
        key = (self.student, self.program, self.organization, self.section, self.day.isoformat())
        return shortened("/".join(filter(None, key)))

    @property
    def rank(self) -> bytes:
        """What makes one word on a day count before another: the smallest is taken."""
        said = repr((self.category, self.minutes)).encode()
        return bytes((ORDER.index(self.category),)) + hashlib.blake2b(said, digest_size=15).digest()

    def row(self, *, identified_by: str) -> Raw:
        """Return the row; `identified_by` is the system of the student's id, if that alone tells who it is."""
        fields: dict[str, Any] = {
            **present(record_id=self.record_id, program=self.program, minutes=self.minutes, session=self.section),
            **present(attended_on=self.day.isoformat(), category=self.category),
            "child": child_of(self.student, identified_by),
        }
        if self.school:
            fields["enrollment"] = year_record(self.student, self.school, self.year)
        return Raw(Kind.ATTENDANCE, fields, self.place.file, self.place.line)


def child_of(student: str, identified_by: str) -> dict[str, Any]:
    """Return the reference to a student of the export, or to one whose id in this system is all there is."""
    identity = {"identity": {"identifiers": {identified_by: student}}} if identified_by else {}
    return {"source_id": student, **identity}


def year_record(student: str, school: str, year: int) -> str:
    """Return the record id of a student's school year at a school."""
    return shortened(f"{student}/{school}/{year}")
