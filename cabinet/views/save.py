"""How a view comes to be and changes: saved, saved anew, forked, shared, put away; every old version stays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cabinet import audit
from cabinet.access import Action, grant, writing
from cabinet.coverage.named import resolve
from cabinet.db import Connection, Database
from cabinet.errors import Forbidden, InputInvalid, ViewChanged
from cabinet.viewer import Viewer
from cabinet.views.audience import check_people, listed, people_of
from cabinet.views.definition import Definition, as_json
from cabinet.views.view import View, is_staff, read_view

MAX_NAME = 120
MAX_TEXT = 2000

_ADD = """
INSERT INTO view (community_id, name, description, owner, latest, forked_from, forked_version)
VALUES ($1, $2, $3, $4, 1, $5, $6) RETURNING view_id
"""
_ADD_VERSION = """
INSERT INTO view_version (community_id, view_id, version, definition, note, made_by)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_LOCK = "SELECT latest FROM view WHERE community_id = $1 AND view_id = $2 FOR UPDATE"
_RENAME = """
UPDATE view SET latest = $3, name = $4, description = $5 WHERE community_id = $1 AND view_id = $2
"""
_SHARE = "UPDATE view SET shared_with = $3 WHERE community_id = $1 AND view_id = $2"
_ARCHIVE = """
UPDATE view SET archived_at = CASE WHEN $3 THEN coalesce(archived_at, now()) END
WHERE community_id = $1 AND view_id = $2
"""


@dataclass(frozen=True)
class Draft:
    """What is saved of a view; without name or description those it has stay."""

    definition: Definition
    name: str | None = None
    description: str | None = None
    note: str | None = None

    def check(self) -> None:
        """Raise InputInvalid for texts that are none, and for what could never be asked."""
        if self.name is not None and not 1 <= len(self.name.strip()) <= MAX_NAME:
            raise InputInvalid(f"The name of a view has 1 to {MAX_NAME} characters.")
        for text in (self.description, self.note):
            if text is not None and len(text) > MAX_TEXT:
                raise InputInvalid(f"A description or a note has up to {MAX_TEXT:,} characters.")
        self.definition.check()
        if unknown := self.definition.unknown_measures():
            raise InputInvalid(f"There is no measure {unknown[0]!r}.")


async def save_view(
    database: Database, viewer: Viewer, community_id: UUID, draft: Draft, forked: tuple[UUID, int] | None = None
) -> View:
    """Save a new view as its first version; nobody but its owner and the cabinet's staff sees it yet.

    Raises Forbidden, InputInvalid.
    """
    grant(viewer, community_id, Action.SAVE_VIEWS)
    draft.check()
    if draft.name is None:
        raise InputInvalid("A new view needs a name.")
    name = draft.name.strip()
    origin, version = forked or (None, None)
    draft = await _pinned(database, viewer, community_id, draft)
    async with database.transaction(writing(viewer, community_id)) as connection:
        view_id: UUID = await connection.fetchval(
            _ADD, community_id, name, draft.description, viewer.subject, origin, version
        )
        await _add_version(connection, viewer, community_id, view_id, 1, draft)
        await audit.record(connection, viewer, community_id, "save view", {"view": view_id, "version": 1})
        return await read_view(connection, viewer, community_id, view_id)


async def save_version(
    database: Database,
    viewer: Viewer,
    community_id: UUID,
    view_id: UUID,
    draft: Draft,
    based_on: int | None = None,
) -> View:
    """Save a view anew, as its next version; the earlier ones stay.

    With `based_on`, raises ViewChanged if somebody saved a version after that one. Raises Forbidden, NotFound,
    InputInvalid.
    """
    draft.check()
    draft = await _pinned(database, viewer, community_id, draft)
    async with database.transaction(writing(viewer, community_id)) as connection:
        known = await _own(connection, viewer, community_id, view_id)
        latest: int = await connection.fetchval(_LOCK, community_id, view_id)
        if based_on is not None and based_on != latest:
            raise ViewChanged(f"The view is at version {latest}, and was changed from version {based_on}.")
        await _add_version(connection, viewer, community_id, view_id, latest + 1, draft)
        name = known.name if draft.name is None else draft.name.strip()
        description = known.description if draft.description is None else draft.description
        await connection.execute(_RENAME, community_id, view_id, latest + 1, name, description)
        detail = {"view": view_id, "version": latest + 1}
        await audit.record(connection, viewer, community_id, "save view", detail)
        return await read_view(connection, viewer, community_id, view_id)


async def share_view(
    database: Database, viewer: Viewer, community_id: UUID, view_id: UUID, audiences: Sequence[str]
) -> View:
    """Share a view with these and nobody else; with none, it is its owner's again.

    Raises InputInvalid for a person who sees no views in the community: a misspelled name would share it with
    nobody.
    """
    grant(viewer, community_id, Action.SAVE_VIEWS)
    await check_people(database, community_id, people_of(audiences))
    return await _change(database, viewer, community_id, view_id, _SHARE, listed(audiences), "share view")


async def archive_view(
    database: Database, viewer: Viewer, community_id: UUID, view_id: UUID, *, archived: bool
) -> View:
    """Put a view away, or take it out again. It can be run all the same."""
    return await _change(database, viewer, community_id, view_id, _ARCHIVE, archived, "archive view")


async def _change(
    database: Database, viewer: Viewer, community_id: UUID, view_id: UUID, statement: str, value: Any, deed: str
) -> View:
    async with database.transaction(writing(viewer, community_id)) as connection:
        await _own(connection, viewer, community_id, view_id)
        await connection.execute(statement, community_id, view_id, value)
        await audit.record(connection, viewer, community_id, deed, {"view": view_id, "to": value})
        return await read_view(connection, viewer, community_id, view_id)


async def _pinned(database: Database, viewer: Viewer, community_id: UUID, draft: Draft) -> Draft:
    """Look up the populations it names, so that a version goes on asking of those it was saved with."""
    asked = draft.definition
    population = await resolve(database, viewer, community_id, asked.population)
    against = await resolve(database, viewer, community_id, asked.against)
    found = replace(asked, population=population, against=against)
    found.check_depth()
    return replace(draft, definition=found)


async def _own(connection: Connection, viewer: Viewer, community_id: UUID, view_id: UUID) -> View:
    """Read a view that the viewer may change: its owner, and the cabinet's staff when its owner is gone."""
    grant(viewer, community_id, Action.SAVE_VIEWS)
    known = await read_view(connection, viewer, community_id, view_id)
    if known.owner != viewer.subject and not is_staff(viewer, community_id):
        raise Forbidden("This view is somebody else's.", hint="Fork it to make it your own.")
    return known


async def _add_version(
    connection: Connection, viewer: Viewer, community_id: UUID, view_id: UUID, version: int, draft: Draft
) -> None:
    definition = as_json(draft.definition)
    await connection.execute(_ADD_VERSION, community_id, view_id, version, definition, draft.note, viewer.subject)
