"""What changed since a snapshot: every change that has been committed since, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from cabinet.db import Database
from cabinet.scope import Scope
from cabinet.tables import metadata
from cabinet.tables.catalog import is_about_children
from cabinet.tables.security import Login

_ABOUT_CHILDREN = {table.name for table in metadata.sorted_tables if is_about_children(table)}

_SINCE = """
SELECT pg_current_snapshot()::text AS snapshot, entity, entity_id, child_id, organization_id, sector
FROM (VALUES (1)) AS always
LEFT JOIN change ON community_id = $1
  AND xid >= pg_snapshot_xmin($2::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $2::text::pg_snapshot)
"""
"""Snapshot and rows are of one statement and so of one moment; without any row, the snapshot comes alone."""


@dataclass(frozen=True)
class Change:
    """One row that was written, and by whom."""

    entity: str
    key: UUID
    child_id: UUID | None
    organization_id: UUID | None
    sector: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is of what everybody may read: what services there are."""
        return self.entity not in _ABOUT_CHILDREN

    def is_within(self, scope: Scope) -> bool:
        """Whether the scope's own organizations or sectors wrote it.

        Who wrote decides, not whose child it is: two sectors may know one child without knowing of each other.
        """
        return self.sector in scope.sectors or self.organization_id in scope.organizations


async def changes_since(
    database: Database, community_id: UUID, snapshot: str | None
) -> tuple[str, Sequence[Change]]:
    """Return the snapshot as of now and what was committed between the two; nothing where there was none yet.

    Asked as the writer, whose ledger it is, in a transaction that can only read: the readers' logins have no
    grant on it, or each could see when somebody else's child changed.
    """
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        await connection.execute("SET TRANSACTION READ ONLY")
        if snapshot is None:
            return await connection.fetchval("SELECT pg_current_snapshot()::text"), []
        rows = await connection.fetch(_SINCE, community_id, snapshot)
    changes = [
        Change(row["entity"], row["entity_id"], row["child_id"], row["organization_id"], row["sector"])
        for row in rows
        if row["entity"] is not None
    ]
    return rows[0]["snapshot"], changes
