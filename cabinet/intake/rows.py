"""What may be posted, one model a kind: the contract between partners, importers and the intake door.

Every field is a plain value as a file or a client has it; reading it (dates, words of a vocabulary) is the
model's work, so that a bad value is a problem of its row and of no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, final

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cabinet.intake.child_facts import ChildFacts, ChildReference, Identity
from cabinet.intake.fields import Day, Grade, OptionalDay, OptionalText, Row, Text, Version, in_order
from cabinet.intake.supply_rows import (
    CapacityRow,
    LocationRow,
    NeighborhoodRow,
    OrganizationRow,
    ProgramRow,
    SchoolRow,
    ServiceRow,
)
from cabinet.tables.terms import (
    ATTENDED,
    ENDED_STATUSES,
    AttendanceCategory,
    ConsentDecision,
    EncounterKind,
    EnrollmentStatus,
    NeedBasis,
    ReferralStatus,
    WithdrawnKind,
)


class Kind(StrEnum):
    """What a row is about."""

    ORGANIZATION = "organization"
    NEIGHBORHOOD = "neighborhood"
    LOCATION = "location"
    SCHOOL = "school"
    PROGRAM = "program"
    SERVICE = "service"
    CAPACITY = "capacity"
    CHILD = "child"
    ENROLLMENT = "enrollment"
    ENCOUNTER = "encounter"
    NEED = "need"
    ATTENDANCE = "attendance"
    REFERRAL = "referral"
    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True)
class Raw:
    """A row as an importer read it: its kind, its fields by the model's names, and where it stands.

    `column` is given where one line of the file holds many rows, a column each.
    """

    kind: Kind
    fields: Mapping[str, Any]
    file: str
    line: int
    column: str = ""


@final
class ChildRow(ChildFacts):
    """A child on a roster or a patient list.

    No kind of row is another's: which one a row is, is asked by `type(row) is`. To tell of a model what it is not
    takes `isinstance` long, and a dozen steps ask it of each of thousands.
    """

    record_id: Text
    identity: Identity
    ends: OptionalDay = None
    """Last day on the roster, of a child that has left."""
    exit_reason: OptionalText = None
    record_version: Version = None
    payload: dict[str, Any] = Field(default_factory=dict)
    """The record as received, for what has no home in the model."""

    @model_validator(mode="after")
    def names_a_child(self) -> Self:
        if not self.identity.is_complete:
            raise PydanticCustomError("identity_incomplete", "the row does not say which child it is about")
        if self.exit_reason and self.ends is None:
            raise PydanticCustomError("missing_end", "a child that has left did so on some day")
        return self


class Recorded(Row):
    """A row with a natural key at its source; the highest version wins.

    A source without versions leaves them out: then what came last is the newest.
    """

    record_id: Text
    record_version: Version = None
    child: ChildReference


@final
class EnrollmentRow(Recorded):
    program: Text
    status: EnrollmentStatus
    begins: Day
    ends: OptionalDay = None
    exit_reason: OptionalText = None
    grade: Grade = None
    neighborhood: OptionalText = None

    @model_validator(mode="after")
    def has_order(self) -> Self:
        if self.status in ENDED_STATUSES and self.ends is None:
            raise PydanticCustomError("missing_end", "an ended enrollment says on which day it ended")
        return in_order(self, self.begins, self.ends)


@final
class EncounterRow(Recorded):
    service_type: Text
    kind: EncounterKind
    occurred_on: Day
    code: OptionalText = None


@final
class NeedRow(Recorded):
    service_type: Text
    basis: NeedBasis
    opened: Day
    resolved: OptionalDay = None

    @model_validator(mode="after")
    def has_order(self) -> Self:
        return in_order(self, self.opened, self.resolved)


@final
class ReferralRow(Recorded):
    service_type: Text
    status: ReferralStatus
    sent: Day
    closed: OptionalDay = None
    recipient: OptionalText = None

    @model_validator(mode="after")
    def has_order(self) -> Self:
        return in_order(self, self.sent, self.closed)


@final
class ConsentRow(Recorded):
    decision: ConsentDecision
    begins: Day
    ends: OptionalDay = None
    payload: dict[str, Any] = Field(default_factory=dict)
    """What it permits and denies, as received."""

    @model_validator(mode="after")
    def has_order(self) -> Self:
        return in_order(self, self.begins, self.ends)


@final
class WithdrawalRow(Row):
    """A record that was posted in error; with a version as high as it takes, in whatever order they arrive."""

    record_id: Text
    record_version: Version = None
    kind: WithdrawnKind
    reason: OptionalText = None


@final
class AttendanceRow(Recorded):
    """A child on one day, or in one session, of a program.

    The enrollment is the one named by its record id, or else the child's in the program on that day.
    """

    program: Text
    attended_on: Day
    category: AttendanceCategory
    minutes: int | None = Field(default=None, ge=0, le=24 * 60)
    session: OptionalText = None
    enrollment: OptionalText = None
    grade: Grade = None

    @model_validator(mode="after")
    def has_no_minutes_if_absent(self) -> Self:
        if self.minutes and self.category not in ATTENDED:
            raise PydanticCustomError("absent_for", "a child that was absent attended no minutes")
        return self


MODELS: Mapping[Kind, type[Row]] = {
    Kind.ORGANIZATION: OrganizationRow,
    Kind.NEIGHBORHOOD: NeighborhoodRow,
    Kind.LOCATION: LocationRow,
    Kind.SCHOOL: SchoolRow,
    Kind.PROGRAM: ProgramRow,
    Kind.SERVICE: ServiceRow,
    Kind.CAPACITY: CapacityRow,
    Kind.CHILD: ChildRow,
    Kind.ENROLLMENT: EnrollmentRow,
    Kind.ENCOUNTER: EncounterRow,
    Kind.NEED: NeedRow,
    Kind.ATTENDANCE: AttendanceRow,
    Kind.REFERRAL: ReferralRow,
    Kind.CONSENT: ConsentRow,
    Kind.WITHDRAWAL: WithdrawalRow,
}
