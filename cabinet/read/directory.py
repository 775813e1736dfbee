"""Communities by what a request calls them."""

from cabinet.communities import Community, find_community
from cabinet.db import Database
from cabinet.errors import NotFound
from cabinet.read.rows import decode_id
from cabinet.recent import Recent
from cabinet.tables import community

_SECONDS = 10


class Directory:
    """Finds a community by its opaque id or by its code; what was found stays so for a few seconds."""

    def __init__(self, database: Database) -> None:
        self._found = Recent[str, Community](lambda name: find_community(database, name), _SECONDS)

    def known(self, id_or_code: str) -> Community | None:
        """Return a community that was found a moment ago by its code."""
        return self._found.known(id_or_code)

    async def find(self, id_or_code: str) -> Community:
        """Raise NotFound for what names no community."""
        try:
            table, community_id, _ = decode_id(id_or_code)
        except NotFound:
            return await self._found.get(id_or_code)
        if table is not community:
            raise NotFound("This id is not a community's.")
        return await self._found.get(str(community_id))
