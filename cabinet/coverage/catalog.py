"""The catalog of service types, changed by the cabinet's staff, version by version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cabinet import audit
from cabinet.access import Action, grant
from cabinet.coverage.service_rules import RULES, check
from cabinet.db import Connection, Database, Record
from cabinet.errors import InputInvalid
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.viewer import Viewer

_NOW = f"""
SELECT service_type_id, code, version, {", ".join(RULES)} FROM service_type
WHERE community_id = $1 AND code = $2 FOR UPDATE
"""
_KEEP = """
INSERT INTO service_type_version (community_id, service_type_id, version, definition, replaced_by)
VALUES ($1, $2, $3, $4, $5)
"""
_CHANGE = f"""
UPDATE service_type SET version = version + 1, {", ".join(f"{rule} = ${n}" for n, rule in enumerate(RULES, 3))}
WHERE community_id = $1 AND service_type_id = $2 RETURNING code, version, {", ".join(RULES)}
"""
# Who waits for changes of the supply, and whatever keeps counts in memory, sees that the rules are others.
_TELL = "INSERT INTO change (community_id, entity, entity_id) VALUES ($1, 'service_type', $2)"
_HISTORY = """
SELECT t.code, v.version, v.definition, v.recorded_at AS replaced_at
FROM service_type t JOIN service_type_version v
  ON v.community_id = t.community_id AND v.service_type_id = t.service_type_id
WHERE t.community_id = $1 AND t.code = $2 ORDER BY v.version DESC
"""


@dataclass(frozen=True)
class ServiceTypeVersion:
    """What a version says or said; the one that holds was replaced at no time yet."""

    code: str
    version: int
    definition: Mapping[str, Any]
    replaced_at: datetime | None = None


async def change_service_type(
    database: Database, viewer: Viewer, community_id: UUID, code: str, version: int, rules: Mapping[str, Any]
) -> ServiceTypeVersion:
    """Change rules of a service type, of RULES; the others stay. Whoever counts, counts by them from then on.

    `version` is the one that was looked at. Without a difference nothing changes. Raises Forbidden, InputInvalid.
    """
    grant(viewer, community_id, Action.CHANGE_CATALOG)
    async with database.transaction(Scope(Login.WRITER, (community_id,))) as connection:
        now = _found(code, await connection.fetchrow(_NOW, community_id, code))
        if now["version"] != version:
            raise InputInvalid(
                f"{code} is in version {now['version']} by now.", hint="Look at what it says, and change that."
            )
        before = {rule: now[rule] for rule in RULES}
        after = {**before, **rules}
        check(after)
        if after == before:
            return _version(now)
        return await _change(connection, viewer, community_id, now, after)


async def _change(
    connection: Connection, viewer: Viewer, community_id: UUID, now: Record, after: Mapping[str, Any]
) -> ServiceTypeVersion:
    key, before = now["service_type_id"], _version(now)
    await connection.execute(_KEEP, community_id, key, before.version, dict(before.definition), viewer.subject)
    changed = _version(await connection.fetchrow(_CHANGE, community_id, key, *(after[rule] for rule in RULES)))
    await connection.execute(_TELL, community_id, key)
    detail = {"code": changed.code, "version": changed.version, "definition": dict(changed.definition)}
    await audit.record(connection, viewer, community_id, "change service type", detail)
    return changed


async def service_type_versions(
    database: Database, viewer: Viewer, community_id: UUID, code: str
) -> Sequence[ServiceTypeVersion]:
    """Return what every version of a service type says, the newest first. Raises Forbidden, InputInvalid."""
    granted = grant(viewer, community_id, Action.READ_COVERAGE)
    async with database.transaction(granted.scope, "repeatable_read") as connection:
        now = _found(code, await connection.fetchrow(_NOW.replace("FOR UPDATE", ""), community_id, code))
        rows = await connection.fetch(_HISTORY, community_id, code)
    return [_version(now), *(ServiceTypeVersion(**row) for row in rows)]


def _found(code: str, row: Record | None) -> Record:
    if row is None:
        raise InputInvalid(
            f"The community has no service type {code[:60]!r}.",
            hint="`community { serviceTypes { code version } }` lists them.",
        )
    return row


def _version(row: Record) -> ServiceTypeVersion:
    return ServiceTypeVersion(row["code"], row["version"], {rule: row[rule] for rule in RULES})
