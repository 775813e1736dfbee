import strawberry
from strawberry.scalars import JSON

import schema.terms  # noqa: F401 - the enums are made before the types that use them.
from resolvers import communities as resolve
from schema.nodes import Connection, Node
from schema.services import Location, Organization, Program, ServiceType


@strawberry.type(description="A part of the community that the cabinet speaks of.")
class Neighborhood(Node):
    code: str
    name: str
    tracts: list[str] = strawberry.field(description="Census tract GEOIDs inside it.")
    postal_codes: list[str]
    geometry: JSON | None = strawberry.field(description="GeoJSON geometry (RFC 7946).")


@strawberry.type(description="A school: an organization with a location.")
class School(Node):
    code: str
    name: str
    grades: list[str] = strawberry.field(description="CEDS grade levels it teaches.")
    organization = strawberry.field(resolver=resolve.organization_of, graphql_type=Organization)
    location = strawberry.field(resolver=resolve.location_of, graphql_type=Location | None)


@strawberry.type(description="A site with one Children's Cabinet.")
class Community(Node):
    code: str
    name: str
    state: str | None
    time_zone: str
    organizations = strawberry.field(resolver=resolve.organizations, graphql_type=Connection[Organization])
    programs = strawberry.field(resolver=resolve.programs, graphql_type=Connection[Program])
    neighborhoods = strawberry.field(resolver=resolve.neighborhoods, graphql_type=Connection[Neighborhood])
    schools = strawberry.field(resolver=resolve.schools, graphql_type=Connection[School])
    service_types = strawberry.field(
        resolver=resolve.service_types,
        graphql_type=list[ServiceType],
        description="The kinds of service the cabinet counts, with how need is known and what counts as served.",
    )


@strawberry.type
class CommunityQuery:
    communities = strawberry.field(resolver=resolve.communities, graphql_type=Connection[Community])
    community = strawberry.field(
        resolver=resolve.community_by_id,
        graphql_type=Community,
        description="A community by its id or by its code.",
    )
    node = strawberry.field(resolver=resolve.node, graphql_type=Node | None)
