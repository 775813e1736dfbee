"""Ed-Fi's attendance events, written for tests."""

from tests.importers.edfi_samples import named, organization_is, student_is


def _school_is(school: str) -> str:
    return f"<SchoolReference><SchoolIdentity><SchoolId>{school}</SchoolId></SchoolIdentity></SchoolReference>"


def _said(day: str, category: str, *more: str) -> str:
    descriptor = f"uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}"
    inner = f"<EventDate>{day}</EventDate><AttendanceEventCategory>{descriptor}</AttendanceEventCategory>"
    return f"<AttendanceEvent>{inner}{''.join(more)}</AttendanceEvent>"


def share(of_a_day: str) -> str:
    return f"<EventDuration>{of_a_day}</EventDuration>"


def program_event(student: str, day: str, category: str, *said: str, minutes: str = "", name: str = "Club") -> str:
    lasted = f"<ProgramAttendanceDuration>{minutes}</ProgramAttendanceDuration>" if minutes else ""
    about = f"<ProgramReference><ProgramIdentity>{named(name, 'Other')}</ProgramIdentity></ProgramReference>"
    inner = f"{_said(day, category, *said)}{student_is(student)}{about}{organization_is('500')}{lasted}"
    return f"<StudentProgramAttendanceEvent>{inner}</StudentProgramAttendanceEvent>"


def school_event(
    student: str, day: str, category: str, *said: str, minutes: str = "", school: str = "500001"
) -> str:
    lasted = f"<SchoolAttendanceDuration>{minutes}</SchoolAttendanceDuration>" if minutes else ""
    inner = f"{_said(day, category, *said)}{student_is(student)}{_school_is(school)}{lasted}"
    return f"<StudentSchoolAttendanceEvent>{inner}</StudentSchoolAttendanceEvent>"


def section_event(student: str, day: str, category: str, section: str, *said: str) -> str:
    offering = f"<CourseOfferingIdentity>{_school_is('500001')}</CourseOfferingIdentity>"
    about = (
        f"<SectionReference><SectionIdentity><SectionIdentifier>{section}</SectionIdentifier>"
        f"<CourseOfferingReference>{offering}</CourseOfferingReference></SectionIdentity></SectionReference>"
    )
    inner = f"{_said(day, category, *said)}{student_is(student)}{about}"
    return f"<StudentSectionAttendanceEvent>{inner}</StudentSectionAttendanceEvent>"
