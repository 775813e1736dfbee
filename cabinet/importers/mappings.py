"""What a community's own codes mean, kept for every file of a format that comes in, over HTTP, too.

Rows are added and never changed, so that a file that is taken up again in its middle is read with the same codes.
"""

from dataclasses import dataclass
from datetime import datetime

from cabinet import audit
from cabinet.communities import Community
from cabinet.db import Database
from cabinet.errors import NotFound
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.viewer import Viewer

_ADD = "INSERT INTO code_mapping (community_id, format, file, content) VALUES ($1, $2, $3, $4)"
_FIND = """
SELECT file, content FROM code_mapping
WHERE community_id = $1 AND format = $2 AND ($3::timestamptz IS NULL OR recorded_at <= $3)
ORDER BY recorded_at DESC, code_mapping_id DESC LIMIT 1
"""
_LIST = """
SELECT * FROM (
  SELECT DISTINCT ON (format) format, file, recorded_at, content FROM code_mapping WHERE community_id = $1
  ORDER BY format, recorded_at DESC, code_mapping_id DESC
) latest WHERE content <> ''
"""


@dataclass(frozen=True)
class Mapping:
    """A mapping that stands: of which format, from which file, since when."""

    format: str
    file: str
    recorded_at: datetime


async def set_mapping(
    database: Database, viewer: Viewer, community: Community, format_: Format, mapping: CodeFile
) -> None:
    """Let these codes count for every file of the format from now on, in the place of those set before.

    Raises InputInvalid for a format without codes, and FileUnreadable for a mapping that cannot be meant.
    """
    format_.reader(None, mapping)
    await _add(database, viewer, community, format_, mapping)


async def remove_mapping(database: Database, viewer: Viewer, community: Community, format_: Format) -> None:
    """Let the packaged codes count alone again; raise NotFound where they do already."""
    if await find_mapping(database, community, format_) is None:
        raise NotFound(f"{community.name} has no mapping for {format_.name}.", hint="")
    await _add(database, viewer, community, format_, CodeFile("", b""))


async def find_mapping(
    database: Database, community: Community, format_: Format, as_of: datetime | None = None
) -> CodeFile | None:
    """Return the community's own codes for a format, now or as they stood at an instant; None if it has none."""
    async with database.transaction(_operator(community)) as connection:
        row = await connection.fetchrow(_FIND, community.community_id, format_.name, as_of)
    return CodeFile(row["file"], row["content"].encode()) if row and row["content"] else None


async def list_mappings(database: Database, community: Community) -> list[Mapping]:
    async with database.transaction(_operator(community)) as connection:
        rows = await connection.fetch(_LIST, community.community_id)
    return [Mapping(row["format"], row["file"], row["recorded_at"]) for row in rows]


async def _add(
    database: Database, viewer: Viewer, community: Community, format_: Format, mapping: CodeFile
) -> None:
    key = (community.community_id, format_.name, mapping.name)
    async with database.transaction(_operator(community)) as connection:
        await connection.execute(_ADD, *key, mapping.data.decode("utf-8-sig"))
        detail = {"format": format_.name, "file": mapping.name}
        await audit.record(connection, viewer, community.community_id, "set codes", detail)


def _operator(community: Community) -> Scope:
    return Scope(Login.OPERATOR, (community.community_id,))
