"""What attendance of school belongs to: a program for each school, and in it an enrollment for each school year.

The program has no service, so that nobody is served by going to school. The enrollment always ends, with the
school year at the latest, so that nobody who was absent once stays in the community's population for ever.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta

from cabinet.calendar import school_year_begins
from cabinet.importers.edfi_day import Day, child_of, year_record
from cabinet.importers.edfi_programs import EDUCATION, shortened
from cabinet.importers.edfi_stays import Stay
from cabinet.importers.xml_records import Place
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import EnrollmentStatus

SchoolYear = tuple[str, str, int]
"""A student, a school, and the year in which the school year ends."""
SUPPOSED = 0
"""Version of a school year of which only attendance tells; what a school association tells is above it."""


class SchoolDays:
    """The schools and school years that days of attendance were seen of."""

    def __init__(self) -> None:
        self._schools: dict[str, Place] = {}
        self._years: dict[SchoolYear, Place] = {}

    @staticmethod
    def code(school: str) -> str:
        """Return the code of a school's program, made of the school's id alone: it is the same in every export."""
        return shortened(f"{school}-school-day")

    def see(self, day: Day) -> None:
        self._schools.setdefault(day.school, day.place)
        self._years.setdefault((day.student, day.school, day.year), day.place)

    def programs(self, owner: str) -> Iterator[Raw]:
        for school, place in sorted(self._schools.items()):
            fields = {
                "code": self.code(school),
                "name": f"School day at {school}",
                "organization": owner,
                "sector": EDUCATION,
                "description": f"The school days of the school {school}, for the attendance of its students.",
            }
            yield Raw(Kind.PROGRAM, fields, place.file, place.line)

    def enrollments(
        self, stays_of: Callable[[str], Collection[Stay]], students: Collection[str], system: str
    ) -> Iterator[Raw]:
        """Yield a student's school years, with the days of the school associations if the export has some.

        A student who is not among these is named by the unique id in this system.
        """
        for (student, school, year), place in sorted(self._years.items()):
            begins, ends = school_year_begins(year), school_year_begins(year + 1) - timedelta(days=1)
            stays = [stay for stay in stays_of(student) if stay.school == school]
            known = [(max(s.begins, begins), min(s.ends or ends, ends)) for s in stays]
            within = [(first, last) for first, last in known if first <= last]
            fields = {
                "record_id": year_record(student, school, year),
                "child": child_of(student, "" if student in students else system),
                "program": self.code(school),
                "status": EnrollmentStatus.ENROLLED,
                **_period(within or [(begins, ends)]),
                **({} if within else {"record_version": SUPPOSED}),
            }
            yield Raw(Kind.ENROLLMENT, fields, place.file, place.line)


def _period(stays: Collection[tuple[date, date]]) -> dict[str, str]:
    first, last = min(begins for begins, _ in stays), max(ends for _, ends in stays)
    return {"begins": first.isoformat(), "ends": last.isoformat()}
