from collections.abc import Sequence

from strawberry import ID

from cabinet import tables
from cabinet.jobs.job import ImportJob, cancel_job, find_job, list_jobs
from cabinet.read.rows import decode_of
from resolvers.context import Ask


async def import_job(info: Ask, id: ID) -> ImportJob:  # noqa: A002 - the API's word for it.
    return await find_job(info.context.database, info.context.viewer, *decode_of(id, tables.import_job))


async def import_jobs(info: Ask, community: ID, first: int) -> Sequence[ImportJob]:
    ask = info.context
    ask.check_page(first)
    found = await ask.find_community(str(community))
    return await list_jobs(ask.database, ask.viewer, found.community_id, first)


async def cancel_import(info: Ask, id: ID) -> ImportJob:  # noqa: A002 - the API's word for it.
    return await cancel_job(info.context.database, info.context.viewer, *decode_of(id, tables.import_job))
