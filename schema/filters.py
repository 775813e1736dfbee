"""What lists can be narrowed to and ordered by; a field narrows the column of its name (cabinet.read.filters)."""

from datetime import date
from enum import Enum

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet import tables
from cabinet.sectors import SectorCode
from cabinet.tables.terms import AttendanceCategory, EnrollmentStatus, ReferralStatus, WithdrawnKind

ONE_OF = "One of these."


@strawberry.input(description="A period, both days inclusive; an end left out is open.")
class DateRange:
    from_: date | None = strawberry.field(name="from", default=None)
    to: date | None = None


@strawberry.input(description="Enrollments for which every given condition holds.")
class EnrollmentFilter:
    status: list[EnrollmentStatus] | None = strawberry.field(default=None, description=ONE_OF)
    program: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)
    organization: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)
    child: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)
    begins: DateRange | None = None
    ends: DateRange | None = None
    open_on: date | None = strawberry.field(default=None, description="Begun and not ended on this day.")


@strawberry.input(description="Days of attendance for which every given condition holds.")
class AttendanceFilter:
    attended_on: DateRange | None = None
    category: list[AttendanceCategory] | None = strawberry.field(default=None, description=ONE_OF)


@strawberry.input(description="Referrals for which every given condition holds.")
class ReferralFilter:
    status: list[ReferralStatus] | None = strawberry.field(default=None, description=ONE_OF)
    organization: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)
    child: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)
    sent: DateRange | None = None
    closed: DateRange | None = None


@strawberry.input(description="Withdrawn records for which every given condition holds.")
class WithdrawnRecordFilter:
    kind: list[WithdrawnKind] | None = strawberry.field(default=None, description=ONE_OF)
    organization: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)
    child: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)
    record_id: list[str] | None = strawberry.field(default=None, description=ONE_OF)
    day: DateRange | None = None


@strawberry.input(description="Children for whom every given condition holds.")
class ChildFilter:
    child: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)


@strawberry.input(description="Organizations for which every given condition holds.")
class OrganizationFilter:
    code: list[str] | None = strawberry.field(default=None, description=ONE_OF)
    sector: list[SectorCode] | None = strawberry.field(default=None, description=ONE_OF)


@strawberry.input(description="Programs for which every given condition holds.")
class ProgramFilter:
    code: list[str] | None = strawberry.field(default=None, description=ONE_OF)
    sector: list[SectorCode] | None = strawberry.field(default=None, description=ONE_OF)
    organization: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)


@strawberry.input(description="Schools for which every given condition holds.")
class SchoolFilter:
    code: list[str] | None = strawberry.field(default=None, description=ONE_OF)
    organization: list[strawberry.ID] | None = strawberry.field(default=None, description=ONE_OF)


@strawberry.input(description="Places and sites by their codes.")
class CodeFilter:
    code: list[str] | None = strawberry.field(default=None, description=ONE_OF)


@strawberry.enum(description="The order of a list; without one, rows come in the order they were made.")
class CodeOrder(Enum):
    CODE = "code"
    CODE_DESC = "code desc"


@strawberry.enum(description="The order of a list; without one, rows come in the order they were made.")
class EnrollmentOrder(Enum):
    BEGINS = "begins"
    BEGINS_DESC = "begins desc"


@strawberry.enum(description="The order of a list; without one, rows come in the order they were made.")
class AttendanceOrder(Enum):
    ATTENDED_ON = "attended_on"
    ATTENDED_ON_DESC = "attended_on desc"


FILTERS = {
    tables.enrollment: EnrollmentFilter,
    tables.attendance_event: AttendanceFilter,
    tables.referral: ReferralFilter,
    tables.withdrawn_record: WithdrawnRecordFilter,
    tables.child: ChildFilter,
    tables.organization: OrganizationFilter,
    tables.program: ProgramFilter,
    tables.school: SchoolFilter,
    tables.neighborhood: CodeFilter,
    tables.community: CodeFilter,
}
ORDERS = {
    tables.enrollment: EnrollmentOrder,
    tables.attendance_event: AttendanceOrder,
    **dict.fromkeys(
        (tables.organization, tables.program, tables.school, tables.neighborhood, tables.community), CodeOrder
    ),
}
"""By the table of the rows: wherever they are listed, they are narrowed and ordered alike."""
