"""An agency that posts one enrollment of a new child at a time, and looks at the clock."""

import json
import time
from collections.abc import Callable

from bench.coverage_http import Clients
from bench.intake import DAY, POST, rows
from cabinet.communities import Community, add_member, add_organization
from cabinet.db import Database
from cabinet.intake.post import post
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.tables.terms import Role
from cabinet.viewer import Viewer

AGENCY, MOST = "yard", 20_000
PAUSE_SECONDS = 0.1


async def add_agency(database: Database, community: Community, sector: str) -> None:
    """Make the agency, with a program and somebody who posts, known by the agency's own code."""
    found = await add_organization(database, community, AGENCY, sector)
    source = Source(community.community_id, found.organization_id, sector, "bench", DAY, Viewer("bench"))
    program = {"code": "after", "name": "After", "organization": AGENCY, "sector": sector}
    await post(database, source, Kind.PROGRAM, [program])
    await add_member(database, community, AGENCY, Role.PARTNER_AGENCY, organization=AGENCY)


class Poster:
    """Goes on with the next child each time it is asked to post."""

    def __init__(self, community: str, clients: Clients) -> None:
        self._community, self._clients = community, clients
        self._rows = iter(rows(MOST))

    def post_until(self, is_over: Callable[[], bool]) -> list[float]:
        """Return the milliseconds that each post took."""
        taken: list[float] = []
        while not is_over():
            given = {"community": self._community, "rows": [next(self._rows)]}
            taken.append(self._clients.ask(json.dumps({"query": POST, "variables": {"input": given}}).encode()))
            time.sleep(PAUSE_SECONDS)
        return taken
