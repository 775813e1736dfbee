from collections.abc import Sequence
from uuid import UUID

from strawberry import ID

from cabinet import tables
from cabinet.errors import NotFound, PageTooLarge
from cabinet.jobs.job import ImportJob, cancel_job, find_job, list_jobs
from cabinet.read.rows import decode_id
from resolvers.context import Ask


async def import_job(info: Ask, id: ID) -> ImportJob:  # noqa: A002 - the API's word for it.
    return await find_job(info.context.database, info.context.viewer, *_key(id))


async def import_jobs(info: Ask, community: ID, first: int) -> Sequence[ImportJob]:
    ask = info.context
    if not 1 <= first <= ask.settings.page_limit:
        raise PageTooLarge(f"`first` is between 1 and {ask.settings.page_limit}.", hint="Ask for fewer.")
    found = await ask.find_community(str(community))
    return await list_jobs(ask.database, ask.viewer, found.community_id, first)


async def cancel_import(info: Ask, id: ID) -> ImportJob:  # noqa: A002 - the API's word for it.
    return await cancel_job(info.context.database, info.context.viewer, *_key(id))


def _key(text: ID) -> tuple[UUID, UUID]:
    table, community_id, key = decode_id(str(text))
    if table is not tables.import_job:
        raise NotFound("This id is not an import's.")
    return community_id, key
