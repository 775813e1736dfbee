import strawberry

from cabinet.access import Action, Level
from cabinet.tables.terms import Role
from resolvers import viewer as resolve
from schema.communities import Community


@strawberry.type(description="What the policy says of one action in one community, and why.")
class Permission:
    community: Community
    action: Action
    allowed: bool
    reason: str
    level: Level | None


@strawberry.type(description="Who you are to this server.")
class Viewer:
    subject: str
    roles = strawberry.field(resolver=resolve.roles, graphql_type=list[Role])
    communities = strawberry.field(resolver=resolve.viewer_communities, graphql_type=list[Community])
    can = strawberry.field(
        resolver=resolve.can,
        graphql_type=list[Permission],
        description="What you may do in each of your communities, or in the one named.",
    )


@strawberry.type
class ViewerQuery:
    viewer = strawberry.field(resolver=resolve.viewer, graphql_type=Viewer)
