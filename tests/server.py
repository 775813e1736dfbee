"""The server as a process of its own, for what only a process can show."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cabinet.settings import Settings

CABINET = Path(sys.executable).with_name("cabinet")


@dataclass
class Process:
    process: asyncio.subprocess.Process
    url: str

    async def post(self, token: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(timeout=60) as http:
            answer = (await http.post(f"{self.url}/graphql", json=body, headers=headers)).json()
        receipt: dict[str, Any] = answer["data"]["postEnrollments"]
        return receipt

    async def kill(self) -> None:
        """Kill it with its worker, as when a machine loses its power."""
        workers = self.workers()
        self.process.kill()
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        await self.process.wait()

    def workers(self) -> list[int]:
        """Return the processes that this one has started for files: one, or none yet."""
        return list(workers_of(self.process.pid))


def workers_of(parent: int) -> Iterator[int]:
    for process in Path("/proc").iterdir():
        # A process may end while it is looked at.
        with suppress(OSError):
            if process.name.isdigit() and _parent(process) == parent and is_worker(int(process.name)):
                yield int(process.name)


def is_worker(pid: int) -> bool:
    """Whether this process is one that takes files in, and has not ended."""
    with suppress(OSError):
        return b"cabinet.jobs" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return False


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(") ")[2].split()[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(
    url: str, settings: Settings, log: Path | None = None, **environment: str
) -> AsyncIterator[Process]:
    """Run `cabinet serve` as a process of its own; yield once it says that it is ready. It logs to `log`."""
    port = free_port()
    known = {
        **os.environ,
        "CABINET_DATABASE_URL": url,
        "CABINET_MODE": "development",
        "CABINET_DATA": str(settings.data),
        "PORT": str(port),
        **environment,
    }
    with log.open("wb") if log else nullcontext() as stderr:
        process = await asyncio.create_subprocess_exec(
            str(CABINET), "serve", env=known, stdout=asyncio.subprocess.PIPE, stderr=stderr
        )
    assert process.stdout is not None
    assert b"Ready" in await asyncio.wait_for(process.stdout.readline(), 60)
    try:
        yield Process(process, f"http://127.0.0.1:{port}")
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 30)
