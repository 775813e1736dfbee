from dataclasses import dataclass

from strawberry import ID, Parent

from cabinet.access import Action, Level, decide, supply_everywhere
from cabinet.read.pages import read_rows
from cabinet.read.rows import Row
from cabinet.tables import community
from cabinet.tables.terms import Role
from cabinet.viewer import Viewer
from resolvers.communities import community_by_id
from resolvers.context import Ask


@dataclass(frozen=True)
class Permission:
    """A decision of the policy, with the community it is about."""

    community: Row
    action: Action
    allowed: bool
    reason: str
    level: Level | None


def permission(viewer: Viewer, community: Row, action: Action) -> Permission:
    decision = decide(viewer, community.community_id, action)
    return Permission(community, action, decision.allowed, decision.reason, decision.level)


def viewer(info: Ask) -> Viewer:
    return info.context.viewer


def roles(root: Parent[Viewer]) -> list[Role]:
    return sorted({Role.PUBLIC, *(membership.role for membership in root.memberships)})


async def viewer_communities(root: Parent[Viewer], info: Ask) -> list[Row]:
    own = supply_everywhere(root)
    return await read_rows(info.context.database, own, community, "community_id", root.communities)


async def can(root: Parent[Viewer], info: Ask, community: ID | None = None) -> list[Permission]:
    asked = [await community_by_id(info, community)] if community else await viewer_communities(root, info)
    return [permission(root, row, action) for row in asked for action in Action]
