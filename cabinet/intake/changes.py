"""The log of changed rows: what feeds and indexes read to learn what was written since they last looked."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection
from cabinet.intake.source import Source, said_by
from cabinet.intake.write import insert
from cabinet.tables import change


async def log_changes(
    connection: Connection, source: Source, table: Table, written: Iterable[tuple[UUID, UUID | None]]
) -> None:
    """Log rows of a table that were written, each by its key and its child, if it is about one."""
    rows = [
        {**said_by(source), "entity": table.name, "entity_id": key, "child_id": child_id}
        for key, child_id in written
    ]
    await insert(connection, change, rows)
