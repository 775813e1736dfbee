"""`cabinet outbox` as processes of their own, for what only a process can show."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.server import CABINET


async def start(url: str, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
    known = {**os.environ, "CABINET_DATABASE_URL": url, "CABINET_WEBHOOK_PRIVATE": "true", **environment}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        str(CABINET), "outbox", *arguments, env=known, stdout=pipe, stderr=pipe
    )


async def run(url: str, *arguments: str, expect: int = 0, **environment: str) -> str:
    """Run a command to its end, check its exit code, and return all it said."""
    process = await start(url, *arguments, **environment)
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    text = said.decode() + complained.decode()
    assert process.returncode == expect, text
    return text


@asynccontextmanager
async def delivering(url: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a deliverer, and yield once it says that it is at work.

    At the end it is told to stop, unless it is dead already, and must have ended well.
    """
    process = await start(
        url, "deliver", **{"CABINET_WEBHOOK_SECONDS": "1", "CABINET_WEBHOOK_POLL_SECONDS": "0.05", **environment}
    )
    assert process.stdout is not None
    assert b"Delivering" in await asyncio.wait_for(process.stdout.readline(), 60)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode in (0, -signal.SIGKILL)
