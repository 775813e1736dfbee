"""A student's enrollments in schools, and which of them is the one that counts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from cabinet.calendar import FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR, school_year_of, today
from cabinet.errors import EndsBeforeBegins, RowInvalid, RowProblem
from cabinet.importers.edfi_export import Export
from cabinet.importers.oneroster_rows import ending_year
from cabinet.importers.xml_records import Node, Place

READ = frozenset(
    {
        *("StudentReference", "SchoolReference", "SchoolYear", "EntryDate", "EntryGradeLevel"),
        *("ExitWithdrawDate", "PrimarySchool"),
    }
)
ONE_SCHOOL = RowProblem("Of a student's enrollments in schools only the present one has a home here.", hint="")


@dataclass(frozen=True, slots=True)
class Stay:
    """One StudentSchoolAssociation."""

    school_year: int
    begins: date
    ends: date | None
    is_primary: bool
    school: str
    grade: str
    place: Place

    def rank(self, day: date) -> tuple[object, ...]:
        """Return what makes one count before another: begun, of the latest year, open, primary, latest."""
        is_open = self.ends is None or self.ends >= day
        begun = self.begins <= day
        return (begun, self.school_year, is_open, self.is_primary, self.begins, self.school, self.grade)


def read_stay(export: Export, association: Node) -> Stay | None:
    """Read a StudentSchoolAssociation; None, and a report, if it does not say from when."""
    export.report_unread(association, READ)
    begins, ends = export.day(association.first("EntryDate")), export.day(association.first("ExitWithdrawDate"))
    school = export.school(association)
    year = ending_year(association.of("SchoolYear")) or (school_year_of(begins) if begins else 0)
    if begins is None or not school or not FIRST_SCHOOL_YEAR <= year <= LAST_SCHOOL_YEAR:
        message = "A StudentSchoolAssociation without a school or a sound EntryDate was passed over."
        export.report(RowInvalid(message, hint=""), association)
        return None
    if ends and ends < begins:
        export.report(
            EndsBeforeBegins("A StudentSchoolAssociation that ends before it begins has no end."), association
        )
        ends = None
    return Stay(
        school_year=year,
        begins=begins,
        ends=ends,
        is_primary=export.truth(association, "PrimarySchool") is True,
        school=school,
        grade=export.meaning("grades", association.first("EntryGradeLevel")),
        place=association.place,
    )


def present_stay(export: Export, stays: Collection[Stay]) -> Stay | None:
    """Return the stay that counts, and report the others."""
    day = today("UTC")
    best = max(stays, key=lambda stay: stay.rank(day), default=None)
    for stay in stays:
        if stay is not best:
            export.report(ONE_SCHOOL, stay.place)
    return best
