from datetime import date

import strawberry
from strawberry import UNSET

from cabinet import tables
from cabinet.intake.rows import Kind
from cabinet.tables.terms import AttendanceCategory
from schema.nodes import Node
from schema.posts import CHECKED, RecordedRowInput, post


@strawberry.type(description="One day of one enrollment, or one session of that day.")
class AttendanceDay(Node):
    table = tables.attendance_event
    attended_on: date
    category: AttendanceCategory
    minutes: int | None = strawberry.field(description="Minutes attended; null: not said.")
    session: str | None = strawberry.field(description="Which, if the day has several.")
    record_id: str = strawberry.field(description="The record's id at its source.")


@strawberry.input(description="A child on one day, or in one session, of a program, as you hold it.")
class AttendanceRowInput(RecordedRowInput):
    program: str | None = strawberry.field(default=UNSET, description="Required. The program's code or name.")
    attended_on: str | None = strawberry.field(default=UNSET, description=f"Required. YYYY-MM-DD. {CHECKED}")
    category: str | None = strawberry.field(
        default=UNSET,
        description=f"Required. PRESENT, TARDY, ABSENT, EXCUSED_ABSENCE or UNEXCUSED_ABSENCE. {CHECKED}",
    )
    minutes: int | None = strawberry.field(default=UNSET, description=f"Minutes attended. {CHECKED}")
    session: str | None = strawberry.field(default=UNSET, description="Which, if the day has several.")
    enrollment: str | None = strawberry.field(
        default=UNSET,
        description="Your id of the enrollment. Without: the child's in the program on that day, or a new one.",
    )
    grade: str | None = strawberry.field(default=UNSET, description=f"CEDS grade level. {CHECKED}")


@strawberry.type
class AttendanceMutation:
    post_attendance = post(
        Kind.ATTENDANCE, "Attendance", AttendanceRowInput, "Who came to your programs, day by day."
    )
