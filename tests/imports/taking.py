"""A job taken in here and now, by one runner after another, each of which ends where it is told to."""

import asyncio
from typing import Any, TypeAlias

import asyncpg

from cabinet.communities import Community
from cabinet.db import Connection, Database
from cabinet.importers.report import Report
from cabinet.jobs.job import Received, add_job, cancel_job, new_id, own_organization
from cabinet.jobs.queue import Claim, take
from cabinet.jobs.reading import Stopped
from cabinet.jobs.spool import Spool
from cabinet.jobs.work import Work
from cabinet.settings import Settings
from cabinet.viewer import find_viewer
from tests.imports.sender import token_of
from tests.world import World

Told: TypeAlias = tuple[dict[str, Any], list[dict[str, Any]]]
SILENCE = 3_600
REPORT = "state, rows_read, created, updated, unchanged, needs_review, rejected, passed_over, oddities, error_code"
SAID = """
SELECT file, line, field, code, message, times, is_rejection FROM import_remark
WHERE import_job_id = $1 ORDER BY number
"""


class Breaking(Claim):
    """Dies in the transaction of its last chunk, of which nothing is kept."""

    left: int = 0

    async def keep(self, connection: Connection, chunk: Report) -> None:
        await super().keep(connection, chunk)
        self.left -= 1
        if self.left == 0:
            raise Stopped


class Canceled(Breaking):
    """Is canceled by its sender while the last of its chunks is under way."""

    settings: Settings
    url: str

    async def keep(self, connection: Connection, chunk: Report) -> None:
        if self.left == 1:
            async with Database(self.url, self.settings) as database:
                viewer = await find_viewer(database, self.job.subject)
                await cancel_job(database, viewer, self.job.community_id, self.job.import_job_id)
        self.left -= 1
        await Claim.keep(self, connection, chunk)


class Desk:
    """Takes files in as the agency of one community, in this process."""

    def __init__(self, world: World, own: Settings, where: Community, organization: str) -> None:
        self.world, self.own, self.where, self.organization = world, own, where, organization
        self.spool = Spool(own.data, 0)

    async def send(self, format_name: str, name: str, content: bytes) -> Any:
        """Lay a file down as the door does; return its job's id."""
        subject = f"{self.organization}-program-of-{self.where.code}"
        await token_of(self.world, self.own, self.organization, self.where)
        viewer = await find_viewer(self.world.database, subject)
        organization = await own_organization(self.world.database, viewer, self.where, self.organization)
        folder, job_id = self.spool.make(), await new_id(self.world.database)
        arriving = self.spool.begin(job_id, name)
        arriving.write(content)
        arriving.close()
        received = Received(job_id, folder, format_name, name, len(content))
        await add_job(self.world.database, viewer, self.where, organization, received)
        return job_id

    async def run(self, dies_at: int = 0, as_: type[Breaking] = Breaking) -> None:
        """Be one runner: to the end, or to the chunk of that number, counted from 1."""
        taken = await take(self.world.database, self.spool.make(), SILENCE)
        assert taken is not None
        claim = as_(taken.job, taken.runner)
        claim.left = dies_at
        if isinstance(claim, Canceled):
            claim.url, claim.settings = self.world.database.url, self.own
        path = self.spool.path(taken.job.import_job_id, taken.job.file)
        await asyncio.to_thread(Work(self.world.database.url, self.own, claim, path).run)
        await claim.release(self.world.database)

    async def take_in(self, format_name: str, name: str, content: bytes, dies_at: int = 0) -> tuple[Told, int]:
        """Take a file in, by runners each of which dies there; return what is told of it, and how many died."""
        job_id, died = await self.send(format_name, name, content), -1
        told: Told = {}, []
        while told[0].get("state") in (None, "RECEIVED"):
            await self.run(dies_at)
            told, died = await self.told(job_id), died + 1
        return told, died

    async def told(self, job_id: Any) -> Told:
        """Return what a job says in its end, and its remarks."""
        owner = await asyncpg.connect(self.world.database.url)
        (job,) = await owner.fetch(f"SELECT {REPORT} FROM import_job WHERE import_job_id = $1", job_id)
        remarks = [dict(each) for each in await owner.fetch(SAID, job_id)]
        await owner.close()
        return dict(job), remarks
