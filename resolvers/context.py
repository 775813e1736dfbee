"""What every resolver is given: who asks, and where to look."""

from dataclasses import dataclass
from uuid import UUID

from strawberry.types import Info

from cabinet.access import Action, Grant, grant
from cabinet.communities import Community, find_community
from cabinet.db import Database
from cabinet.errors import NotFound
from cabinet.read.loaders import Loaders
from cabinet.read.rows import decode_id
from cabinet.settings import Settings
from cabinet.tables import community
from cabinet.viewer import Viewer


@dataclass
class Context:
    """The context of one request."""

    database: Database
    settings: Settings
    viewer: Viewer
    loaders: Loaders

    def grant(self, community_id: UUID, action: Action) -> Grant:
        return grant(self.viewer, community_id, action)

    async def find_community(self, id_or_code: str) -> Community:
        """Find a community by its opaque id or by its code; raise NotFound."""
        try:
            table, community_id, _ = decode_id(id_or_code)
        except NotFound:
            return await find_community(self.database, id_or_code)
        if table is not community:
            raise NotFound("This id is not a community's.")
        return await find_community(self.database, str(community_id))


Ask = Info[Context, None]
