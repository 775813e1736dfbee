"""Tell feeds and indexes of every row that a decision moved, for the child it left and the one it came to."""

from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.write import insert
from cabinet.reviews.picture import Picture, Slot
from cabinet.tables import change, child, child_alias, match_candidate, match_review

_UNTOLD = (child_alias, match_candidate, match_review)


async def log_moves(connection: Connection, community_id: UUID, picture: Picture) -> None:
    """Append what was written to `change`: each row under its own key, or its child's where it has none."""
    slots = [slot for slot in picture.changed if slot.table not in _UNTOLD]
    told = {_identity(row): row for slot in slots for row in _changes(community_id, slot)}
    await insert(connection, change, list(told.values()))


def _changes(community_id: UUID, slot: Slot) -> list[dict[str, Any]]:
    rows = [row for row in (slot.before, slot.after) if row is not None and "child_id" in row]
    has_key = slot.table.info["key"] is not None
    return [
        {
            "community_id": community_id,
            "organization_id": row.get("organization_id"),
            "sector": row.get("sector"),
            "entity": slot.table.name if has_key else child.name,
            "entity_id": row[slot.table.info["key"]] if has_key else row["child_id"],
            "child_id": row["child_id"],
        }
        for row in rows
    ]


def _identity(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row.values())
