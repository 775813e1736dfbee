"""The one who takes in the files of a data folder, one after the other."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from cabinet.db import Database
from cabinet.errors import CabinetError
from cabinet.jobs.queue import Claim, no_longer_needed, take
from cabinet.jobs.spool import Spool
from cabinet.jobs.work import Work

log = logging.getLogger("cabinet")

_GRACE_SECONDS = 3
_BEATS = 3
"""Signs of life in the time after which silence counts as death."""


class Runner:
    """Looks for files that wait, and takes them in; at once, when there is news."""

    def __init__(self, database: Database, news: asyncio.Event) -> None:
        self.database, self.settings, self.news = database, database.settings, news
        self.spool = Spool(self.settings.data, self.settings.import_spare_bytes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Runner"]:
        """Work beside what is inside; at its end give back what is not done, for the next process."""
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            self.news.clear()
            try:
                await self._look()
            except CabinetError as error:
                log.warning("files that came in wait: %s", error)
            except Exception:
                log.exception("files that came in wait")
            with suppress(TimeoutError):
                async with asyncio.timeout(self.settings.import_poll_seconds):
                    await self.news.wait()

    async def _look(self) -> None:
        """Take in all that waits, and remove the files that are no longer needed."""
        folder = await asyncio.to_thread(self.spool.known_as)
        if folder is None:
            return
        while claim := await take(self.database, folder, self.settings.import_lease_seconds):
            await self._work(claim)
            await self._tidy()
        await self._tidy()

    async def _tidy(self) -> None:
        found = await asyncio.to_thread(lambda: list(self.spool.found(self.settings.upload_seconds)))
        for job_id in await no_longer_needed(self.database, dict(found)):
            await asyncio.to_thread(self.spool.remove, job_id)

    async def _work(self, claim: Claim) -> None:
        path = self.spool.path(claim.job.import_job_id, claim.job.file)
        work = Work(self.database.url, self.settings, claim, path)
        done = work.start()
        try:
            while not (await asyncio.wait({done}, timeout=self.settings.import_lease_seconds / _BEATS))[0]:
                if not await self._is_ours(claim):
                    work.stop()
        except asyncio.CancelledError:
            work.stop()
            # A reader that looks for its next row for longer writes nothing any more, for the job is given back.
            await asyncio.wait({done}, timeout=_GRACE_SECONDS)
            with suppress(CabinetError):
                await claim.release(self.database)
            raise

    async def _is_ours(self, claim: Claim) -> bool:
        try:
            return await claim.beat(self.database)
        except CabinetError:
            # The work itself will notice whether the database is gone.
            return True
