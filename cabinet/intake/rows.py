"""What may be posted, one model a kind: the contract between partners, importers and the intake door.

Every field is a plain value as a file or a client has it; reading it (dates, words of a vocabulary) is the
model's work, so that a bad value is a problem of its row and of no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

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
    CharacteristicKind,
    CharacteristicValue,
    ConsentDecision,
    EncounterKind,
    EnrollmentStatus,
    NeedBasis,
    RaceEthnicity,
    ReferralStatus,
    Sex,
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


class Identity(Row):
    """Who a child is, as one source says it."""

    given_name: OptionalText = None
    middle_name: OptionalText = None
    family_name: OptionalText = None
    birth_date: OptionalDay = None
    sex: Sex = Sex.UNKNOWN
    address: OptionalText = None
    postal_code: OptionalText = None
    identifiers: dict[Text, Text] = Field(default_factory=dict)
    """Shared identifiers by system, for example {"DISTRICT_STUDENT_ID": "4711"}."""

    @property
    def is_complete(self) -> bool:
        return bool(self.identifiers or (self.given_name and self.family_name and self.birth_date))


class ChildReference(Row):
    """Which child a row is about: our reference, or the source's own id, or identity fields."""

    ref: UUID | None = None
    source_id: OptionalText = None
    identity: Identity | None = None

    @model_validator(mode="after")
    def names_a_child(self) -> Self:
        if not (self.ref or self.source_id or (self.identity and self.identity.is_complete)):
            raise PydanticCustomError("identity_incomplete", "the row does not say which child it is about")
        return self


YES_OR_NO = (CharacteristicValue.YES, CharacteristicValue.NO)


class Characteristic(Row):
    kind: CharacteristicKind
    value: CharacteristicValue
    begins: Day
    ends: OptionalDay = None

    @model_validator(mode="after")
    def has_order(self) -> Self:
        if (self.kind is CharacteristicKind.INSURANCE) == (self.value in YES_OR_NO):
            raise PydanticCustomError(
                "value", "{value} says nothing of {kind}", {"value": self.value, "kind": self.kind}
            )
        return in_order(self, self.begins, self.ends)


class ChildFacts(Row):
    """What a source says of a child beside its identity."""

    race_ethnicity: tuple[RaceEthnicity, ...] = ()
    school_year: int | None = Field(default=None, ge=1990, le=2100)
    grade: Grade = None
    school: OptionalText = None
    neighborhood: OptionalText = None
    characteristics: tuple[Characteristic, ...] = ()


class ChildRow(ChildFacts):
    """A child on a roster or a patient list."""

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


class EncounterRow(Recorded):
    service_type: Text
    kind: EncounterKind
    occurred_on: Day
    code: OptionalText = None


class NeedRow(Recorded):
    service_type: Text
    basis: NeedBasis
    opened: Day
    resolved: OptionalDay = None

    @model_validator(mode="after")
    def has_order(self) -> Self:
        return in_order(self, self.opened, self.resolved)


class ReferralRow(Recorded):
    service_type: Text
    status: ReferralStatus
    sent: Day
    closed: OptionalDay = None
    recipient: OptionalText = None

    @model_validator(mode="after")
    def has_order(self) -> Self:
        return in_order(self, self.sent, self.closed)


class ConsentRow(Recorded):
    decision: ConsentDecision
    begins: Day
    ends: OptionalDay = None
    payload: dict[str, Any] = Field(default_factory=dict)
    """What it permits and denies, as received."""

    @model_validator(mode="after")
    def has_order(self) -> Self:
        return in_order(self, self.begins, self.ends)


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
}
