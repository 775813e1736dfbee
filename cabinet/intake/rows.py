"""What may be posted, one model a kind: the contract between partners, importers and the intake door.

Every field is a plain value as a file or a client has it; reading it (dates, words of a vocabulary) is the
model's work, so that a bad value is a problem of its row and of no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from cabinet.tables.terms import (
    ENDED_STATUSES,
    GRADES,
    CharacteristicKind,
    CharacteristicValue,
    EncounterKind,
    EnrollmentStatus,
    NeedBasis,
    RaceEthnicity,
    Sex,
)

MAX_TEXT = 200
MAX_VERSION = 2**63 - 1
ISO_DATE_LENGTH = 10


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
    ATTENDANCE = "attendance"
    ENCOUNTER = "encounter"
    NEED = "need"


@dataclass(frozen=True)
class Raw:
    """A row as an importer read it: its kind, its fields by the model's names, and where it stands."""

    kind: Kind
    fields: Mapping[str, Any]
    file: str
    line: int


def _calendar_date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            if len(value.strip()) != ISO_DATE_LENGTH:
                raise ValueError  # noqa: TRY301 - the compact forms of ISO 8601 are refused like any other text.
            return date.fromisoformat(value.strip())
        except ValueError:
            raise PydanticCustomError(
                "calendar_date", "{value} is not a date of the calendar", {"value": repr(value[:40])}
            ) from None
    return value


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _plain_text(value: Any) -> Any:
    if isinstance(value, str):
        if "\x00" in value:
            raise PydanticCustomError("nul", "the text holds a NUL character")
        return value.strip()
    return value


def _grade(value: str | None) -> str | None:
    if value is None:
        return None
    grade = value.upper().zfill(2) if value.isdigit() else value.upper()
    grade = {"K": "KG", "0K": "KG", "00": "KG"}.get(grade, grade)
    if grade not in GRADES:
        raise PydanticCustomError("grade", "{value} is not a CEDS grade level", {"value": repr(value[:40])})
    return grade


Text = Annotated[str, BeforeValidator(_plain_text), Field(min_length=1, max_length=MAX_TEXT)]
OptionalText = Annotated[
    str | None, BeforeValidator(_plain_text), BeforeValidator(_empty_is_none), Field(max_length=MAX_TEXT)
]
LongText = Annotated[str | None, BeforeValidator(_plain_text), BeforeValidator(_empty_is_none)]
Day = Annotated[date, BeforeValidator(_calendar_date), Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]
OptionalDay = Annotated[Day | None, BeforeValidator(_empty_is_none)]
Grade = Annotated[
    str | None, AfterValidator(_grade), BeforeValidator(_plain_text), BeforeValidator(_empty_is_none)
]


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Identity(Row):
    """Who a child is, as one source says it."""

    given_name: OptionalText = None
    middle_name: OptionalText = None
    family_name: OptionalText = None
    birth_date: OptionalDay = None
    sex: Sex = Sex.UNKNOWN
    address: OptionalText = None
    postal_code: OptionalText = None
    identifiers: dict[Text, Text] = {}
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


class Characteristic(Row):
    kind: CharacteristicKind
    value: CharacteristicValue
    begins: Day
    ends: OptionalDay = None

    @model_validator(mode="after")
    def in_order(self) -> Self:
        return _in_order(self, self.begins, self.ends)


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
    payload: dict[str, Any] = {}
    """The record as received, for what has no home in the model."""

    @model_validator(mode="after")
    def names_a_child(self) -> Self:
        if not self.identity.is_complete:
            raise PydanticCustomError("identity_incomplete", "the row does not say which child it is about")
        return self


class Recorded(Row):
    """A row with a natural key at its source; the highest version wins."""

    record_id: Text
    record_version: int = Field(default=1, ge=0, le=MAX_VERSION)
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
    def in_order(self) -> Self:
        if self.status in ENDED_STATUSES and self.ends is None:
            raise PydanticCustomError("missing_end", "an ended enrollment says on which day it ended")
        return _in_order(self, self.begins, self.ends)


class AttendanceRow(Row):
    enrollment: Text
    """Record id of the enrollment."""
    attended_on: Day
    category: str = "PRESENT"
    minutes: int | None = Field(default=None, ge=0, le=1440)


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
    def in_order(self) -> Self:
        return _in_order(self, self.opened, self.resolved)


class OrganizationRow(Row):
    code: Text
    name: Text
    sector: Text
    source_id: OptionalText = None
    website: LongText = None


class NeighborhoodRow(Row):
    code: Text
    name: Text
    geometry: dict[str, Any] | None = None
    tracts: tuple[str, ...] = ()
    postal_codes: tuple[str, ...] = ()


class LocationRow(Row):
    code: Text
    name: Text
    address: OptionalText = None
    postal_code: OptionalText = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    neighborhood: OptionalText = None


class SchoolRow(Row):
    code: Text
    name: Text
    organization: Text
    location: OptionalText = None
    grades: tuple[str, ...] = ()


class ProgramRow(Row):
    code: Text
    name: Text
    organization: Text
    sector: Text
    description: LongText = None


class ServiceRow(Row):
    code: Text
    name: Text
    program: Text
    service_type: OptionalText = None
    min_age: int | None = Field(default=None, ge=0, le=130)
    max_age: int | None = Field(default=None, ge=0, le=130)
    grades: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()


class CapacityRow(Row):
    service: Text
    location: Text
    available: int | None = Field(default=None, ge=0)
    maximum: int | None = Field(default=None, ge=0)
    funded: int | None = Field(default=None, ge=0)
    updated: Day


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
    Kind.ATTENDANCE: AttendanceRow,
    Kind.ENCOUNTER: EncounterRow,
    Kind.NEED: NeedRow,
}


def _in_order(row: Any, begins: date, ends: date | None) -> Any:
    if ends is not None and ends < begins:
        raise PydanticCustomError(
            "ends_before_begins",
            "it ends on {ends}, before it begins on {begins}",
            {"begins": begins.isoformat(), "ends": ends.isoformat()},
        )
    return row
