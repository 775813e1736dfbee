"""What may be posted of the supply: organizations, places, programs, services, seats."""

from typing import Any

from pydantic import Field

from cabinet.intake.fields import Day, LongText, OptionalText, Row, Text


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
