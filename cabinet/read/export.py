"""Whole lists as files: planned like the API's own lists, under the same policy, and streamed by COPY.

A row of a file is what the list's `nodes` would give with the columns of the row's own type; a row it names stands
there by its id and its code.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import Table

from cabinet import audit
from cabinet.access import Grant, grant
from cabinet.communities import Community
from cabinet.db import Database
from cabinet.read.fields import Fields
from cabinet.read.files import COPY_OPTIONS, Csv, File, FileFormat, Ndjson
from cabinet.read.lines import LineWriter
from cabinet.read.listings import Listing
from cabinet.read.parameters import Parameters, read_parameters
from cabinet.read.plan import PageNode, Planner
from cabinet.read.roots import Entry, Granted, Root, Start
from cabinet.read.windows import read_window
from cabinet.tables.catalog import is_about_children
from cabinet.viewer import Viewer

Write = Callable[[bytes], Awaitable[None]]

_PIECE = 64 * 1024


@dataclass(frozen=True)
class Export:
    """A file that may be given: the statement that COPY runs, and what its bytes go through."""

    table: Table
    grant: Grant
    format: FileFormat
    sql: str
    arguments: Sequence[Any]
    file: File
    withheld: Sequence[str]
    filters: Sequence[str]
    key: str = field(default_factory=lambda: uuid4().hex)
    """Ties the two events of one export together in the audit."""


def plan(
    listing: Listing, fields: Fields, community: Community, format_: FileFormat, viewer: Viewer, given: Parameters
) -> Export:
    """Plan a file for who asks. Raises Forbidden, InputInvalid for a filter, NotFound for an id in one."""
    own = grant(viewer, community.community_id, listing.action)
    parameters = list(given)
    bom = format_ is FileFormat.CSV and _take_bom(parameters)
    asked = read_parameters(listing.filter, parameters)
    window = read_window(listing.row.table, community.community_id, {"filter": asked})
    start = Start(listing.row.table, listing.action, community.community_id)
    entry = Entry(listing.selected, start, {listing.selected: window})
    root = Root(entry, viewer, Granted({listing.action: own}))
    planner = Planner(fields, root.grants, entry.windows)
    node = listing.plan(planner)
    writer, page = LineWriter([root]), PageNode(node.table, node.action, window, 0, ())
    file: File
    if format_ is FileFormat.CSV:
        sql, columns = writer.table(page, node)
        file = Csv(columns, bom=bom)
    else:
        sql, file = writer.objects(page, node), Ndjson()
    arguments = [root.value(name) for _, name in writer.predicates.sources]
    return Export(node.table, own, format_, sql, arguments, file, tuple(planner.withheld), sorted(asked))


def _take_bom(parameters: list[tuple[str, str]]) -> bool:
    """Take `bom=1` out of the parameters: without the mark, Excel takes UTF-8 for something else."""
    asked = ("bom", "1")
    if asked not in parameters:
        return False
    parameters.remove(asked)
    return True


async def deliver(database: Database, viewer: Viewer, export: Export, seconds: float, write: Write) -> None:
    """Write a file; one about children is audited before its first byte and, with its rows, after its last.

    What has gone out is counted also where it ends early: those rows have left this server.
    """
    how = {"level": export.grant.level, "format": export.format, "filters": list(export.filters)}
    await _record(database, viewer, export, "export", how)
    is_complete = False
    try:
        await _copy(database, export, seconds, write)
        is_complete = True
    finally:
        gone = {"rows": export.file.rows, "complete": is_complete}
        await _record(database, viewer, export, "exported", gone)


async def _copy(database: Database, export: Export, seconds: float, write: Write) -> None:
    """Write pieces of a size that is worth sending; the last may be empty, so that there is always one."""
    held = bytearray()

    async def give() -> None:
        piece = export.file.passed(bytes(held))
        held.clear()
        await write(piece)

    async def take(chunk: bytes) -> None:
        held.extend(chunk)
        if len(held) >= _PIECE:
            await give()

    async with database.apart(export.grant.scope, seconds) as connection:
        options = COPY_OPTIONS[export.format]
        await connection.copy_from_query(export.sql, *export.arguments, output=take, **options)
    await give()


async def _record(
    database: Database, viewer: Viewer, export: Export, done: str, detail: Mapping[str, Any]
) -> None:
    if not is_about_children(export.table):
        return
    async with database.transaction(export.grant.scope) as connection:
        # A whole list leaves: unlike the audit of a page, this one is on the disk first.
        await connection.execute("SET LOCAL synchronous_commit TO on")
        action, community_id = f"{done} {export.table.name}", export.grant.community_id
        await audit.record(connection, viewer, community_id, action, {"export": export.key, **detail})
