"""Taking in one file, in a thread with an event loop of its own.

Readers block, and so does checking a thousand rows: here neither holds up the answers of the server.
"""

import asyncio
import logging
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

from cabinet import audit
from cabinet.communities import find_community
from cabinet.db import Database
from cabinet.errors import (
    CabinetError,
    DatabaseUnavailable,
    FileUnreadable,
    ImportGivenUp,
    InternalError,
    TimeoutExceeded,
)
from cabinet.importers.load import find_format, load
from cabinet.importers.mappings import find_mapping
from cabinet.importers.report import Report
from cabinet.jobs.job import names_of_others, own_organization
from cabinet.jobs.queue import Claim
from cabinet.jobs.reading import Reading, Stopped
from cabinet.settings import Settings
from cabinet.viewer import Viewer, find_viewer

log = logging.getLogger("cabinet")

MAX_TRIES = 5
_CONNECTIONS = 2


class Work:
    """One job while this process works on it; `stop` may be called from any thread."""

    def __init__(self, url: str, settings: Settings, claim: Claim, path: Path) -> None:
        self.url, self.claim, self.path = url, claim, path
        self.settings = settings.model_copy(update={"pool_size": _CONNECTIONS})
        self._stopped = Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> "asyncio.Future[None]":
        """Begin, in a thread that the process does not wait for when it ends; return what is done when it is."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def run() -> None:
            self.run()
            # The server may have ended before.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(done.set_result, None)

        Thread(target=run, daemon=True).start()
        return done

    def run(self) -> None:
        """Take the file in, from where it stood. What goes wrong is written down with the job, or in the log."""
        try:
            with suppress(asyncio.CancelledError, Stopped):
                asyncio.run(self._run())
        except CabinetError as error:
            # Nobody can be told now. When the silence has lasted, the job is taken up again.
            log.warning("import %s waits: %s", self.claim.job.import_job_id, error)
        except Exception:
            log.exception("import %s waits", self.claim.job.import_job_id)

    def stop(self) -> None:
        """Let the work end soon; what was kept so far stays."""
        self._stopped.set()
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)

    async def _run(self) -> None:
        self._task, self._loop = asyncio.current_task(), asyncio.get_running_loop()
        if self._stopped.is_set():
            raise Stopped
        async with Database(self.url, self.settings) as database:
            try:
                viewer, left = await self._take_in(database)
                await self._end(database, viewer, left, None)
            except (DatabaseUnavailable, TimeoutExceeded, Stopped):
                raise
            except CabinetError as error:
                await self._end(database, Viewer(self.claim.job.subject), Report(), error)
            except Exception as error:  # noqa: BLE001 - the last place where it can be kept inside.
                await self._end(database, Viewer(self.claim.job.subject), Report(), _masked(error))
            finally:
                # Whatever is read ahead is for nobody any more.
                self._stopped.set()

    async def _take_in(self, database: Database) -> tuple[Viewer, Report]:
        """Send the file through the intake as whoever sent it; return who that is, and what is left to be kept."""
        job = self.claim.job
        if job.tries > MAX_TRIES:
            raise ImportGivenUp
        viewer = await find_viewer(database, job.subject)
        community = await find_community(database, str(job.community_id))
        # Whoever sent it may have lost the right meanwhile.
        organization = await own_organization(database, viewer, community, job.source)
        if not self.path.exists():
            raise FileUnreadable(f"{job.file} is no longer there.", hint="Send it again.")
        format_ = find_format(job.format)
        mapping = await find_mapping(database, community, format_, job.recorded_at)
        others = await names_of_others(database, organization, job)
        reading = Reading(format_, organization.code, others, mapping, job.rows_done, job.oddities, self._stopped)
        left = await load(
            database,
            viewer,
            community,
            reading.as_format(),
            self.path,
            source=organization.code,
            keep=self.claim.keep,
            is_limited=True,
        )
        return viewer, left

    async def _end(self, database: Database, viewer: Viewer, left: Report, error: CabinetError | None) -> None:
        job = self.claim.job
        async with database.transaction(self.claim.scope) as connection:
            if error is None:
                await self.claim.keep(connection, Report(remarks=left.remarks, met=left.met))
            await self.claim.finish(connection, error)
            detail = {"job": job.import_job_id, "format": job.format, "error": error.code if error else None}
            await audit.record(connection, viewer, job.community_id, "took in file", detail)


def _masked(error: Exception) -> InternalError:
    name = uuid4().hex
    log.error("internal error %s", name, exc_info=error)
    return InternalError(f"Something failed on our side; the operator finds it in the log under {name}.")
