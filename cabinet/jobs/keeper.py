"""A server's hold on its worker: started for the first file, replaced if it dies, ended with the server.

The two are tied by a pipe. The kernel closes the server's end of it however the server ends, SIGKILL included, and
the worker ends when it is closed; so no worker is left behind, and none has to ask who its parent is.
"""

import asyncio
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from cabinet.jobs.spool import Spool
from cabinet.settings import Settings

log = logging.getLogger("cabinet")

# -P: what lies in the folder that the server was started in is not ours to import.
_COMMAND = (sys.executable, "-P", "-m", "cabinet.jobs")
_GRACE_SECONDS = 10
"""For a worker that was told to end: it undoes what is under way, and gives its job back."""


class Keeper:
    """Keeps one worker alive for the files of this server's data folder."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.settings = settings.model_copy(update={"database_url": url})
        self.spool = Spool(settings.data, settings.import_spare_bytes)
        self._news = asyncio.Event()
        self._pipe: int | None = None

    def tell(self) -> None:
        """Say that a file has just arrived."""
        self._news.set()
        if self._pipe is not None:
            # A worker that has just died is told of nothing; the next one looks by itself.
            with suppress(BrokenPipeError, BlockingIOError):
                os.write(self._pipe, b"\n")

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Keeper"]:
        """Keep the worker beside what is inside, unless the settings leave the files to somebody else's."""
        task = asyncio.create_task(self._keep()) if self.settings.import_worker else None
        try:
            yield self
        finally:
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _keep(self) -> None:
        # Whoever never sends a file needs no process for it.
        while await asyncio.to_thread(self.spool.known_as) is None:
            await self._wait()
        while True:
            try:
                code = await self._run_one()
            except OSError as error:
                log.warning("files that came in wait: no process can be started for them: %s", error)
            else:
                log.warning("the process that takes files in has ended (%s); the next one goes on", code)
            self._news.clear()
            await self._wait()

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.import_poll_seconds):
                await self._news.wait()

    async def _run_one(self) -> int:
        """Run a worker to its end and return its exit code; if we are to end, so is the worker."""
        with self._tied() as pipe:
            try:
                process = await self._start(pipe)
            finally:
                os.close(pipe)
            try:
                return await process.wait()
            except asyncio.CancelledError:
                self._cut()
                await _ended(process)
                raise

    async def _start(self, pipe: int) -> Process:
        return await asyncio.create_subprocess_exec(
            *_COMMAND,
            stdin=pipe,
            stdout=DEVNULL,
            env={**os.environ, **self.settings.as_environment()},
            # Ctrl-C is for the server, which ends it in turn.
            start_new_session=True,
        )

    @contextmanager
    def _tied(self) -> Iterator[int]:
        """Make the pipe; yield the end of it that is the worker's."""
        theirs, self._pipe = os.pipe()
        os.set_blocking(self._pipe, False)
        try:
            yield theirs
        finally:
            self._cut()

    def _cut(self) -> None:
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            os.close(pipe)


async def _ended(process: Process) -> None:
    try:
        async with asyncio.timeout(_GRACE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
