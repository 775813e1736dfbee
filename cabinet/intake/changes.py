"""The log of changed rows: what feeds and indexes read to learn what was written since they last looked."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection
from cabinet.intake.source import Source
from cabinet.keys import new_keys
from cabinet.plans import many

_LOG = """
INSERT INTO change (community_id, change_id, organization_id, sector, entity, entity_id, child_id)
SELECT $1, change_id, $2, $3, $4, entity_id, child_id
FROM unnest($5::uuid[], $6::uuid[], $7::uuid[]) AS written (change_id, entity_id, child_id)
"""


async def log_changes(
    connection: Connection, source: Source, table: Table, written: Iterable[tuple[UUID, UUID | None]]
) -> None:
    """Log rows of a table that were written, each by its key and its child, if it is about one."""
    rows = list(written)
    if rows:
        keys, children = zip(*rows, strict=True)
        said = source.community_id, source.organization_id, source.sector
        made = await new_keys(connection, len(rows))
        async with many(connection, len(rows)):
            await connection.execute(_LOG, *said, table.name, made, keys, children)
