from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet import tables
from cabinet.sectors import SectorCode
from cabinet.tables.terms import CharacteristicKind, NeedRule
from schema.nodes import Connection, Node
from schema.rows import many, one, pages

if TYPE_CHECKING:
    from schema.enrollments import Enrollment

LazyEnrollment = Annotated["Enrollment", strawberry.lazy("schema.enrollments")]


@strawberry.type(description="An organization that serves children (HSDS organization).")
class Organization(Node):
    table = tables.organization
    code: str
    name: str
    sector: SectorCode
    website: str | None


@strawberry.type(description="A place where services are given (HSDS location).")
class Location:
    table = tables.location
    code: str
    name: str
    address: str | None
    postal_code: str | None
    latitude: float | None = strawberry.field(description="Degrees north, WGS 84.")
    longitude: float | None = strawberry.field(description="Degrees east, WGS 84.")


@strawberry.type(description="A kind of service, with how its need is known and what counts as served.")
class ServiceType:
    table = tables.service_type
    code: str
    name: str
    sector: SectorCode
    min_age: int | None = strawberry.field(description="Completed years, inclusive.")
    max_age: int | None = strawberry.field(description="Completed years, inclusive.")
    grades: list[str] = strawberry.field(description="CEDS grade levels; empty: by age alone.")
    need_rule: NeedRule
    need_characteristics: list[CharacteristicKind]
    recency_months: int | None = strawberry.field(
        description="Months for which an encounter counts as served; empty: only enrollments count."
    )
    dosage_days: int | None = strawberry.field(description="Days attended in a school year that are enough.")
    version: int


@strawberry.type(description="Seats of a service at a place (HSDS service_capacity).")
class ServiceCapacity:
    table = tables.service_capacity
    available: int | None
    maximum: int | None
    funded: int | None
    updated: date


@strawberry.type(description="A service given at one place (HSDS service_at_location).")
class ServiceAtLocation:
    table = tables.service_at_location
    location = one(tables.location, Location)
    capacities = many(tables.service_capacity, "service_at_location_id", list[ServiceCapacity])


@strawberry.type(description="One service of a program (HSDS service).")
class Service:
    table = tables.service
    code: str
    name: str
    min_age: int | None
    max_age: int | None
    grades: list[str]
    service_type = one(tables.service_type, ServiceType | None)
    places = many(tables.service_at_location, "service_id", list[ServiceAtLocation])


@strawberry.type(description="What an organization offers and enrolls children in (HSDS program).")
class Program(Node):
    table = tables.program
    code: str = strawberry.field(description="The code partners post enrollments with.")
    name: str
    sector: SectorCode
    description: str | None
    organization = one(tables.organization, Organization)
    services = many(tables.service, "program_id", list[Service])
    enrollments = pages(
        tables.enrollment, Connection[LazyEnrollment], "program_id", "As far as your role sees them."
    )
