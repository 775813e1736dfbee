from datetime import date

import strawberry

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet.sectors import SectorCode
from cabinet.tables.terms import CharacteristicKind, NeedRule
from resolvers import communities as places
from resolvers import services as resolve
from schema.nodes import Node


@strawberry.type(description="An organization that serves children (HSDS organization).")
class Organization(Node):
    code: str
    name: str
    sector: SectorCode
    website: str | None


@strawberry.type(description="A place where services are given (HSDS location).")
class Location:
    code: str
    name: str
    address: str | None
    postal_code: str | None
    latitude: float | None = strawberry.field(description="Degrees north, WGS 84.")
    longitude: float | None = strawberry.field(description="Degrees east, WGS 84.")


@strawberry.type(description="A kind of service, with how its need is known and what counts as served.")
class ServiceType:
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
    available: int | None
    maximum: int | None
    funded: int | None
    updated: date


@strawberry.type(description="A service given at one place (HSDS service_at_location).")
class ServiceAtLocation:
    location = strawberry.field(resolver=places.location_of, graphql_type=Location)
    capacities = strawberry.field(resolver=resolve.capacities_of, graphql_type=list[ServiceCapacity])


@strawberry.type(description="One service of a program (HSDS service).")
class Service:
    code: str
    name: str
    min_age: int | None
    max_age: int | None
    grades: list[str]
    service_type = strawberry.field(resolver=resolve.service_type_of, graphql_type=ServiceType | None)
    places = strawberry.field(resolver=resolve.places_of, graphql_type=list[ServiceAtLocation])


@strawberry.type(description="What an organization offers and enrolls children in (HSDS program).")
class Program(Node):
    code: str = strawberry.field(description="The code partners post enrollments with.")
    name: str
    sector: SectorCode
    description: str | None
    organization = strawberry.field(resolver=places.organization_of, graphql_type=Organization)
    services = strawberry.field(resolver=resolve.services_of, graphql_type=list[Service])
