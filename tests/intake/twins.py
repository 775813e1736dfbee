"""Two databases that began as one, and all they hold, in words that are the same where they say the same."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

import asyncpg

from cabinet.intake.receipt import Outcome, Verdict

Names = Mapping[UUID, str]
TABLES = (
    *("enrollment", "attendance_event", "child", "child_year", "characteristic", "match_review"),
    *("source_record", "child_link", "child_identity", "child_identifier", "change", "outbox", "audit_event"),
)
UNTOLD = {
    *("recorded_at", "decided_at", "xid", "change_id", "outbox_id", "audit_event_id", "child_link_id"),
    *("child_identity_id", "child_identifier_id", "characteristic_id", "match_review_id"),
}
"""Times, and keys that nothing refers to."""
NAMED = """
SELECT enrollment_id AS key, 'enrollment ' || record_id AS name FROM enrollment
UNION ALL SELECT attendance_event_id, 'day ' || record_id FROM attendance_event
UNION ALL SELECT source_record_id, 'record ' || organization_id || record_id FROM source_record
UNION ALL
SELECT l.child_id,
  'child ' || string_agg(r.organization_id || r.record_id, ',' ORDER BY r.organization_id, r.record_id)
FROM child_link l JOIN source_record r USING (community_id, source_record_id) GROUP BY l.child_id
"""


async def read_names(connection: asyncpg.Connection, common: Iterable[UUID]) -> Names:
    """Name the keys that were made by chance; those in `common` are the same in both databases."""
    named = {row["key"]: row["name"] for row in await connection.fetch(NAMED)}
    return {key: name for key, name in named.items() if key not in set(common)}


async def read_children(connection: asyncpg.Connection) -> set[UUID]:
    return {row["child_id"] for row in await connection.fetch("SELECT child_id FROM child")}


async def read_all(connection: asyncpg.Connection, names: Names) -> dict[str, list[str]]:
    """Return every row of every table as text, in an order that does not depend on keys."""
    held = {}
    for table in TABLES:
        rows = await connection.fetch(f"SELECT * FROM {table}")
        held[table] = sorted(str(_row(row, names)) for row in rows)
    return held


def _row(row: Mapping[str, Any], names: Names) -> dict[str, Any]:
    said = {name: _named(value, names) for name, value in row.items() if name not in UNTOLD}
    # What was said of a child with a key made by chance has a hash by chance.
    if row.get("child_id") in names:
        said.pop("content_hash", None)
    return said


def told(outcome: Outcome, names: Names) -> dict[str, Any]:
    """Return what a receipt says of a row, but for the place in line of who was taken in before.

    Two of one post and one first day who were put in line later stand there by their keys.
    """
    said = {each.name: _named(getattr(outcome, each.name), names) for each in fields(outcome)}
    if outcome.effect is not None and outcome.verdict is not Verdict.CREATED:
        said["effect"] = replace(outcome.effect, position=outcome.effect.position is not None)
    return said


def _named(value: Any, names: Names) -> Any:
    return names.get(value, str(value)) if isinstance(value, UUID) else value
