"""What may be posted of the supply: organizations, places, programs, services, seats."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from cabinet.intake.fields import Day, LongText, OptionalText, Row, Text, Version

MAX_SEATS = 2**31 - 1


class Described(Row):
    """A row of which the source may say more than has a column here."""

    payload: dict[str, Any] = Field(default_factory=dict)
    """That, by the source's own names, as received."""


class OrganizationRow(Described):
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


class LocationRow(Described):
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


class ProgramRow(Described):
    code: Text
    name: Text
    organization: Text
    sector: Text
    description: LongText = None


class ServiceRow(Described):
    code: Text
    name: Text
    program: Text
    service_type: OptionalText = None
    min_age: int | None = Field(default=None, ge=0, le=130)
    max_age: int | None = Field(default=None, ge=0, le=130)
    grades: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()


_Seats = Annotated[int | None, Field(default=None, ge=0, le=MAX_SEATS)]


class CapacityRow(Row):
    """Seats of a service at a place as of a day. These three are its key; an id at the source only names it."""

    record_id: OptionalText = None
    record_version: Version = None
    service: Text
    location: Text
    available: _Seats = None
    maximum: _Seats = None
    funded: _Seats = None
    updated: Day

    @model_validator(mode="after")
    def has_no_more_free_than_there_are(self) -> Self:
        if self.maximum is not None and (self.available or 0) > self.maximum:
            raise PydanticCustomError("seats", "more seats are free than there are")
        return self
