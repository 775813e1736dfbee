from datetime import date

import strawberry
from strawberry import UNSET

from cabinet import tables
from cabinet.intake.rows import Kind
from cabinet.tables.terms import EnrollmentStatus
from schema.attendance import AttendanceDay
from schema.children import Child
from schema.nodes import Connection, Node
from schema.posts import CHECKED, RecordedRowInput, post
from schema.rows import one, pages
from schema.services import Organization, Program


@strawberry.type(description="A child in a program over a period.")
class Enrollment(Node):
    table = tables.enrollment
    status: EnrollmentStatus
    begins: date
    ends: date | None = strawberry.field(description="Last day, inclusive; empty: open.")
    exit_reason: str | None
    record_id: str = strawberry.field(description="The record's id at its source.")
    child = one(tables.child, Child)
    program = one(tables.program, Program)
    organization = one(tables.organization, Organization)
    attendance = pages(
        tables.attendance_event,
        Connection[AttendanceDay],
        "enrollment_id",
        "Its days; `filter: {attendedOn: {from, to}}` narrows them to a period.",
    )


@strawberry.input(description="One enrollment, as you hold it.")
class EnrollmentRowInput(RecordedRowInput):
    program: str | None = strawberry.field(default=UNSET, description="Required. The program's code or name.")
    status: str | None = strawberry.field(
        default=UNSET,
        description=f"Required. REFERRED, WAITLISTED, ENROLLED, COMPLETED, WITHDRAWN or NOT_ENROLLED. {CHECKED}",
    )
    begins: str | None = strawberry.field(default=UNSET, description=f"Required. YYYY-MM-DD. {CHECKED}")
    ends: str | None = strawberry.field(default=UNSET, description=f"Last day, YYYY-MM-DD. {CHECKED}")
    exit_reason: str | None = UNSET
    grade: str | None = strawberry.field(default=UNSET, description=f"CEDS grade level. {CHECKED}")
    neighborhood: str | None = strawberry.field(default=UNSET, description="The neighborhood's code.")


@strawberry.type
class EnrollmentsQuery:
    enrollments = pages(
        tables.enrollment,
        Connection[Enrollment],
        description="A sector steward's enrollments of the own sector; a partner agency's own.",
    )


@strawberry.type
class EnrollmentsMutation:
    post_enrollments = post(
        Kind.ENROLLMENT, "Enrollments", EnrollmentRowInput, "Whom your programs enroll, wait-list and have served."
    )
