"""Records that the model would not link any more are parted, with the journal that this is undone by."""

from cabinet.communities import Community
from cabinet.db import Database
from cabinet.linkage.models import BY_MODEL
from cabinet.linkage.settled import settled
from cabinet.matching.reconsider import Parting
from cabinet.reviews import act
from cabinet.reviews.locks import lock_children
from cabinet.scope import Scope
from cabinet.tables.terms import LinkMethod, MatchAct

_RECORDS = """
SELECT source_record_id FROM child_link WHERE community_id = $1 AND child_id = $2 AND undone_at IS NULL
"""


async def part(database: Database, scope: Scope, community: Community, parting: Parting, version: int) -> bool:
    """Make a child of these records; return whether it was done, for the world may have moved on meanwhile."""
    key = community.community_id
    async with database.transaction(scope) as connection:
        await lock_children(connection, key, [parting.child_id])
        rows = await connection.fetch(_RECORDS, key, parting.child_id)
        decided = await settled(connection, key, [*parting.records])
        is_joined = any(is_same and not parting.others.isdisjoint(pair) for pair, is_same in decided.items())
        if is_joined or {row["source_record_id"] for row in rows} != parting.records | parting.others:
            return False
        note = f"Version {version} of the model would not link them, as version {parting.version} did."
        done = act.Act(key, MatchAct.SPLIT, BY_MODEL, note, method=LinkMethod.NEW_CHILD, model_version=version)
        await act.part(connection, done, parting.child_id, parting.records)
        return True
