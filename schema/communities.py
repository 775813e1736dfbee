import strawberry
from strawberry.scalars import JSON

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from cabinet import tables
from cabinet.read.relations import READ, ById, CommunityById
from resolvers import communities as resolve
from schema.nodes import Connection, Node
from schema.rows import many, one, pages
from schema.services import Location, Organization, Program, ServiceType


@strawberry.type(description="A part of the community that the cabinet speaks of.")
class Neighborhood(Node):
    table = tables.neighborhood
    code: str
    name: str
    tracts: list[str] = strawberry.field(description="Census tract GEOIDs inside it.")
    postal_codes: list[str]
    geometry: JSON | None = strawberry.field(description="GeoJSON geometry (RFC 7946).")


@strawberry.type(description="A school: an organization with a location.")
class School(Node):
    table = tables.school
    code: str
    name: str
    grades: list[str] = strawberry.field(description="CEDS grade levels it teaches.")
    organization = one(tables.organization, Organization)
    location = one(tables.location, Location | None)


@strawberry.type(description="A site with one Children's Cabinet.")
class Community(Node):
    table = tables.community
    code: str
    name: str
    state: str | None
    time_zone: str
    organizations = pages(tables.organization, Connection[Organization], "community_id")
    programs = pages(tables.program, Connection[Program], "community_id")
    neighborhoods = pages(tables.neighborhood, Connection[Neighborhood], "community_id")
    schools = pages(tables.school, Connection[School], "community_id")
    service_types = many(
        tables.service_type,
        "community_id",
        list[ServiceType],
        "The kinds of service the cabinet counts, with how need is known and what counts as served.",
    )


@strawberry.type
class CommunityQuery:
    communities = pages(tables.community, Connection[Community])
    community = strawberry.field(
        resolver=resolve.community_by_id,
        graphql_type=Community,
        description="A community by its id or by its code.",
        metadata={READ: CommunityById()},
    )
    node = strawberry.field(resolver=resolve.node, graphql_type=Node | None, metadata={READ: ById()})
