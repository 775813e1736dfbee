"""The attendance events of an Ed-Fi export: days of a program, of school, and of a section of a course.

A district that notes everybody every day has millions of them. So they are read twice, and between the readings
only a digest of each is kept: of several that speak of one child, program, session and day, one is taken, the same
one in whatever order the files hold them.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from cabinet.errors import RowInvalid, RowProblem
from cabinet.importers.edfi_codes import MINUTES_OF_A_DAY
from cabinet.importers.edfi_day import Day
from cabinet.importers.edfi_export import Export
from cabinet.importers.edfi_once import report_twice
from cabinet.importers.edfi_programs import Programs
from cabinet.importers.edfi_school_days import SchoolDays
from cabinet.importers.tally import Tally
from cabinet.importers.values import number_of
from cabinet.importers.xml_records import Node
from cabinet.intake.rows import Raw
from cabinet.tables.terms import ATTENDED, AttendanceCategory

PROGRAM, SCHOOL, SECTION = (f"Student{what}AttendanceEvent" for what in ("Program", "School", "Section"))
EVENTS: Mapping[str, str] = {
    PROGRAM: "ProgramAttendanceDuration",
    SCHOOL: "SchoolAttendanceDuration",
    SECTION: "SectionAttendanceDuration",
}
"""The events, and where each says how many minutes it lasted."""
ABOUT: Mapping[str, tuple[str, ...]] = {
    PROGRAM: ("ProgramReference", "EducationOrganizationReference"),
    SCHOOL: ("SchoolReference",),
    SECTION: ("SectionReference",),
}
"""What each event is attendance of."""
SAID = frozenset({"EventDate", "AttendanceEventCategory", "EventDuration"})


class Events:
    """Reads events one by one; what is odd about one is told to the export."""

    def __init__(self, export: Export, programs: Programs) -> None:
        self._export = export
        self._programs = programs

    def read(self, event: Node) -> Day | None:
        """Return the day an event is about; None, and a report, if it does not say whose, of what, or when."""
        said = event.first("AttendanceEvent") or event
        student, home = self._export.student(event), self._home(event)
        day = self._export.day(said.first("EventDate"))
        category = self._export.meaning("attendance", said.first("AttendanceEventCategory"))
        if not student or home is None or day is None or not said.of("AttendanceEventCategory"):
            self._pass_over(event, "without a student, what it is attendance of, a date, or a category")
        if not student or home is None or day is None or not category:
            return None
        self._report_unread(event, said)
        minutes = self._minutes(event, said, AttendanceCategory(category))
        return Day(student, *home, day, AttendanceCategory(category), minutes, event.place)

    def _home(self, event: Node) -> tuple[str, str, str, str] | None:
        """Return the program's code, the organization that says so, the section, and the school."""
        if event.name == PROGRAM:
            named = self._programs.named_by(event)
            return (named[0].code, self._export.organization(event), "", "") if named else None
        section = self._export.referred(event, "SectionReference") if event.name == SECTION else None
        school = section.anywhere("SchoolId") if section else self._export.school(event)
        identifier = section.anywhere("SectionIdentifier") if section else ""
        if not school or (event.name == SECTION and not identifier):
            return None
        return SchoolDays.code(school), "", identifier, school

    def _minutes(self, event: Node, said: Node, category: AttendanceCategory) -> int | str | None:
        """Return how long the child was there. How long it was late or gone is not that."""
        lasted, share = event.first(EVENTS[event.name]), said.first("EventDuration")
        if category is AttendanceCategory.TARDY:
            for node in filter(None, (lasted, share)):
                self._without_home(event, node, "of somebody who was there for a part")
            return None
        if lasted is not None and lasted.text:
            # Minutes of somebody who was absent are the door's to refuse.
            number = number_of(lasted.text)
            return round(number) if number is not None and 0 <= number <= MINUTES_OF_A_DAY else lasted.text
        return self._share(event, share, category) if share is not None and share.text else None

    def _share(self, event: Node, share: Node, category: AttendanceCategory) -> int | None:
        """Return the minutes of a share of a day, if it was attended and the length of the day is known."""
        days, length = number_of(share.text), self._export.codes.find("day_minutes", event.name)
        if days is None or not 0 <= days <= 1:
            problem = RowInvalid("An EventDuration that is no share of a day was not used.", hint="")
            self._export.report(problem, share)
        elif category not in ATTENDED:
            if days < 1:
                self._without_home(event, share, "of an absence for a part of a day, which was taken for a day,")
        elif length:
            return round(days * Decimal(length))
        else:
            self._without_home(event, share, "of a day whose minutes no mapping says")
        return None

    def _without_home(self, event: Node, node: Node, whose: str) -> None:
        self._export.report(RowProblem(f"{event.name}/{node.name} {whose} has no home here.", hint=""), node)

    def _pass_over(self, event: Node, why: str) -> None:
        self._export.report(RowInvalid(f"A {event.name} {why} was passed over.", hint=""), event)

    def _report_unread(self, event: Node, said: Node) -> None:
        own = {"StudentReference", "AttendanceEvent", EVENTS[event.name], *ABOUT[event.name]}
        self._export.report_unread(event, own | SAID if said is event else own)
        if said is not event:
            self._export.report_unread(said, SAID)


class Attendance:
    """The days of an export, and the school years that those of school belong to."""

    def __init__(self, export: Export, programs: Programs) -> None:
        self._export = export
        self._events = Events(export, programs)
        # What was said of an event in the first reading is not said again in the second.
        silent = replace(export, tally=Tally())
        self._again = Events(silent, Programs(silent))
        self._taken: dict[bytes, bytes] = {}
        self.school_days = SchoolDays()

    def survey(self) -> None:
        """Look through all events, and settle which of them are taken."""
        for event in self._export.records(EVENTS.keys()):
            if day := self._events.read(event):
                self._settle(day)

    def rows(self, students: Collection[str], system: str) -> Iterator[Raw]:
        """Yield the days; a student who is not among these is named by the unique id in this system."""
        left = dict(self._taken)
        for event in self._export.records(EVENTS.keys()):
            day = self._again.read(event)
            if day and left.get(_digest(day.record_id)) == day.rank:
                del left[_digest(day.record_id)]
                yield day.row(identified_by="" if day.student in students else system)

    def _settle(self, day: Day) -> None:
        if day.school:
            self.school_days.see(day)
        known = self._taken.setdefault(_digest(day.record_id), day.rank)
        if known != day.rank:
            report_twice(self._export, day.place, day.record_id)
            self._taken[_digest(day.record_id)] = min(known, day.rank)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()
