"""A decision as it is told to who made or undid it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import MatchAct

_DECISION = """
SELECT community_id, match_decision_id, act, child_id, other_child_id, note, decided_by, decided_at, undone_by,
  undone_at
FROM match_decision WHERE community_id = $1 AND match_decision_id = $2
"""


@dataclass(frozen=True)
class Decision:
    """An act: `child_id` is whose the records became, `other_child_id` whose they were, if they were anybody's."""

    community_id: UUID
    match_decision_id: UUID
    act: MatchAct
    child_id: UUID
    other_child_id: UUID | None
    note: str | None
    decided_by: str
    decided_at: datetime
    undone_by: str | None
    undone_at: datetime | None


async def read_decision(database: Database, community_id: UUID, decision: UUID) -> Decision:
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        row = await connection.fetchrow(_DECISION, community_id, decision)
    return Decision(**{**dict(row), "act": MatchAct(row["act"])})
