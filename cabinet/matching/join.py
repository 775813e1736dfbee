"""Two children found to be one are joined, with the journal that every such act is undone by."""

from dataclasses import dataclass
from uuid import UUID

from cabinet.communities import Community
from cabinet.db import Connection, Database
from cabinet.linkage.models import BY_MODEL
from cabinet.linkage.proposals import Member
from cabinet.linkage.settled import settled
from cabinet.matching.links import children_of
from cabinet.reviews import act
from cabinet.reviews.locks import lock_children
from cabinet.scope import Scope
from cabinet.tables.terms import LinkMethod, MatchAct

_RECORDS = """
SELECT child_id, source_record_id, organization_id FROM child_link
WHERE community_id = $1 AND child_id = ANY ($2) AND undone_at IS NULL
ORDER BY source_record_id
"""


@dataclass(frozen=True)
class Found:
    """Two records that a version of the model takes for one child's, and how surely."""

    one: Member
    other: Member
    probability: float
    version: int


async def join(database: Database, scope: Scope, community: Community, found: Found) -> bool:
    """Join the children of two records; return whether it was done, for the world may have moved on meanwhile."""
    key = community.community_id
    async with database.transaction(scope) as connection:
        children = await _children(connection, key, found)
        await lock_children(connection, key, children)
        if len(children) != 2 or await _children(connection, key, found) != children:  # noqa: PLR2004 - one each.
            return False
        rows = await connection.fetch(_RECORDS, key, children)
        # The child that was known first is kept; what the others called the other one goes on meaning it.
        kept = rows[0]["child_id"]
        ours = {row["source_record_id"]: row["organization_id"] for row in rows if row["child_id"] == kept}
        theirs = {row["source_record_id"]: row["organization_id"] for row in rows if row["child_id"] != kept}
        if not set(ours.values()).isdisjoint(theirs.values()) or await _parted(connection, key, ours, theirs):
            return False
        source = next(row["child_id"] for row in rows if row["child_id"] != kept)
        await act.join(connection, _act(key, found), source, kept)
        return True


def _act(community_id: UUID, found: Found) -> act.Act:
    return act.Act(
        community_id,
        MatchAct.MERGE,
        BY_MODEL,
        method=LinkMethod.PROBABILISTIC,
        score=min(found.probability, 1.0),
        model_version=found.version,
    )


async def _children(connection: Connection, community_id: UUID, found: Found) -> list[UUID]:
    records = [found.one.source_record_id, found.other.source_record_id]
    return sorted(set((await children_of(connection, community_id, records)).values()))


async def _parted(
    connection: Connection, community_id: UUID, ours: dict[UUID, UUID], theirs: dict[UUID, UUID]
) -> bool:
    decided = await settled(connection, community_id, [*ours])
    return any(
        not is_same and ((one in ours and other in theirs) or (one in theirs and other in ours))
        for (one, other), is_same in decided.items()
    )
