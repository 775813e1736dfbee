"""Saved views: found one by one or listed, by whoever made them and whom they are shared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cabinet.access import Action, grant
from cabinet.db import Connection, Database
from cabinet.errors import NotFound
from cabinet.tables.terms import Role
from cabinet.viewer import Viewer
from cabinet.views.audience import audiences_of
from cabinet.views.definition import Definition, from_json

_VIEWS = """
SELECT community_id, view_id, name, description, owner, latest, shared_with, forked_from, forked_version,
  archived_at, recorded_at
FROM view WHERE community_id = $1 AND ($2 OR owner = $3 OR shared_with && $4)
"""
_ONE = f"{_VIEWS} AND view_id = $5"
_LIST = f"""
{_VIEWS} AND ($5 OR archived_at IS NULL)
  AND ($6::uuid IS NULL
    OR (name, view_id) > (SELECT name, view_id FROM view WHERE community_id = $1 AND view_id = $6))
ORDER BY name, view_id LIMIT $7
"""
_VERSIONS = """
SELECT v.view_id, v.version, v.definition, v.note, v.made_by, v.recorded_at
FROM view_version v WHERE v.community_id = $1 AND v.view_id = ANY ($2) ORDER BY v.version
"""


@dataclass(frozen=True)
class ViewVersion:
    """What a view asked in one version; it stays as it was."""

    version: int
    stored: Mapping[str, Any]
    note: str | None
    made_by: str
    made_at: datetime

    @property
    def definition(self) -> Definition:
        """Raise ViewBroken for one that only another version of the server understands."""
        return from_json(self.stored)


@dataclass(frozen=True)
class View:
    """A view with its versions, the first one first."""

    community_id: UUID
    view_id: UUID
    name: str
    description: str | None
    owner: str
    shared_with: Sequence[str]
    forked_from: UUID | None
    forked_version: int | None
    archived_at: datetime | None
    saved_at: datetime
    versions: Sequence[ViewVersion]

    @property
    def latest(self) -> ViewVersion:
        return self.versions[-1]

    def version(self, number: int | None) -> ViewVersion:
        """Return a version, without a number the latest; raise NotFound."""
        if number is None:
            return self.latest
        found = next((each for each in self.versions if each.version == number), None)
        if found is None:
            raise NotFound(
                f"The view has no version {number}.", hint=f"It has versions 1 to {self.latest.version}."
            )
        return found


async def find_view(database: Database, viewer: Viewer, community_id: UUID, view_id: UUID) -> View:
    """Return a view of the viewer's own, or shared with them. Raises Forbidden, NotFound."""
    granted = grant(viewer, community_id, Action.READ_VIEWS)
    async with database.transaction(granted.scope) as connection:
        return await read_view(connection, viewer, community_id, view_id)


async def list_views(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    first: int,
    after: UUID | None = None,
    *,
    archived: bool = False,
) -> list[View]:
    """Return the views a viewer may see, in the order of their names; raise Forbidden."""
    granted = grant(viewer, community_id, Action.READ_VIEWS)
    async with database.transaction(granted.scope) as connection:
        seen = _seen_by(viewer, community_id)
        rows = await connection.fetch(_LIST, community_id, *seen, archived, after, first)
        versions = await _versions(connection, community_id, [row["view_id"] for row in rows])
    return [_view(row, versions[row["view_id"]]) for row in rows]


async def read_view(connection: Connection, viewer: Viewer, community_id: UUID, view_id: UUID) -> View:
    """Read a view that the viewer may see; raise NotFound for any other, whether it is there or not."""
    row = await connection.fetchrow(_ONE, community_id, *_seen_by(viewer, community_id), view_id)
    if row is None:
        raise NotFound("There is no such view, or it is not shared with you.")
    versions = await _versions(connection, community_id, [view_id])
    return _view(row, versions[view_id])


def is_staff(viewer: Viewer, community_id: UUID) -> bool:
    return Role.CABINET_STAFF in viewer.roles(community_id)


def _seen_by(viewer: Viewer, community_id: UUID) -> tuple[bool, str, list[str]]:
    """Return what decides whose views are seen: the cabinet's staff keep house, and see them all."""
    return is_staff(viewer, community_id), viewer.subject, audiences_of(viewer, community_id)


async def _versions(
    connection: Connection, community_id: UUID, view_ids: Sequence[UUID]
) -> dict[UUID, list[ViewVersion]]:
    found: dict[UUID, list[ViewVersion]] = {view_id: [] for view_id in view_ids}
    for row in await connection.fetch(_VERSIONS, community_id, view_ids):
        said = (row[name] for name in ("version", "definition", "note", "made_by", "recorded_at"))
        found[row["view_id"]].append(ViewVersion(*said))
    return found


def _view(row: Mapping[str, Any], versions: Sequence[ViewVersion]) -> View:
    names = ("community_id", "view_id", "name", "description", "owner", "shared_with", "forked_from")
    said = {name: row[name] for name in (*names, "forked_version", "archived_at")}
    return View(**said, saved_at=row["recorded_at"], versions=versions)
