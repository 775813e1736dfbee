import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from strawberry import ID

from cabinet import tables
from cabinet.coverage.figure import Measured
from cabinet.read.rows import decode_key, decode_of
from cabinet.views.problems import find_there
from cabinet.views.problems import problems as find_problems
from cabinet.views.run import Parameters
from cabinet.views.run import run as run_definition
from cabinet.views.save import Draft
from cabinet.views.save import archive_view as put_away
from cabinet.views.save import save_version as save_anew
from cabinet.views.save import save_view as save_new
from cabinet.views.save import share_view as share_with
from cabinet.views.view import View, find_view, list_views
from resolvers.context import Ask


@dataclass(frozen=True)
class Saving:
    """What is saved, and as what: a new view of a community, or a version of one there is."""

    draft: Draft
    community: ID | None
    view: ID | None
    based_on: int | None


async def view(info: Ask, id: ID) -> View:  # noqa: A002 - the API's word for it.
    return await find_view(info.context.database, info.context.viewer, *decode_of(id, tables.view))


async def views(info: Ask, community: ID, first: int, after: ID | None, *, archived: bool) -> Sequence[View]:
    ask = info.context
    ask.check_page(first)
    found = await ask.find_community(str(community))
    key = decode_key(str(after), tables.view, found.community_id) if after else None
    return await list_views(ask.database, ask.viewer, found.community_id, first, key, archived=archived)


async def result(
    info: Ask,
    root: View,
    version: int | None,
    as_of: date | None,
    neighborhoods: list[str] | None,
    grades: list[str] | None,
) -> Measured:
    community = await info.context.find_community(str(root.community_id))
    places, levels = (None if each is None else tuple(each) for each in (neighborhoods, grades))
    definition = root.version(version).definition
    parameters = Parameters(as_of, places, levels)
    ask = info.context
    return await run_definition(ask.database, ask.viewer, community, definition, parameters, ask.indexes)


async def problems(info: Ask, root: View, version: int | None = None) -> list[str]:
    ask, key = info.context, ("there", root.community_id)
    if key not in ask.shared:
        ask.shared[key] = asyncio.create_task(find_there(ask.database, ask.viewer, root.community_id))
    return find_problems(root.version(version), await ask.shared[key])


async def save_view(info: Ask, saving: Saving) -> View:
    ask = info.context
    if saving.view is not None:
        community_id, key = decode_of(saving.view, tables.view)
        return await save_anew(ask.database, ask.viewer, community_id, key, saving.draft, saving.based_on)
    found = await ask.find_community(str(saving.community))
    return await save_new(ask.database, ask.viewer, found.community_id, saving.draft)


async def fork_view(
    info: Ask,
    id: ID,  # noqa: A002 - the API's word for it.
    version: int | None = None,
    name: str | None = None,
    community: ID | None = None,
) -> View:
    ask, origin = info.context, await view(info, id)
    chosen = origin.version(version)
    home = (await ask.find_community(str(community))).community_id if community else origin.community_id
    here = home == origin.community_id
    definition = chosen.definition if here else chosen.definition.without_names()
    draft = Draft(definition, name or origin.name, origin.description)
    return await save_new(ask.database, ask.viewer, home, draft, (origin.view_id, chosen.version))


async def share_view(info: Ask, id: ID, audiences: Sequence[str]) -> View:  # noqa: A002 - the API's word for it.
    return await share_with(info.context.database, info.context.viewer, *decode_of(id, tables.view), audiences)


async def archive_view(info: Ask, id: ID, *, archived: bool) -> View:  # noqa: A002 - the API's word for it.
    return await put_away(
        info.context.database, info.context.viewer, *decode_of(id, tables.view), archived=archived
    )
