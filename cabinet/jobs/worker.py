"""The process that takes files in: beside the servers, so that its work holds none of their answers up.

It has the database and the data folder in common with them, and nothing else. Started by a server (`keeper`) it
ends with that server; started as `cabinet worker`, when it is told to.
"""

import asyncio
import gc
import os
import signal
import sys

from cabinet.db import Database
from cabinet.jobs.runner import Runner
from cabinet.settings import Settings

_NICENESS = 10
"""Whoever waits for an answer on this machine comes first."""
_YOUNG_OBJECTS = 400_000
"""So many new objects are made before Python looks for garbage among them: rows are kept until their chunk is."""
_SWITCH_SECONDS = 0.0005
"""How long the thread that reads ahead goes on while the database has answered."""


async def work(url: str, settings: Settings, *, until_closed: int | None = None) -> None:
    """Take in the files of the data folder until told to end by a signal; give back what is not done then.

    It also ends when the other side of the pipe `until_closed` is closed, by whatever means; each byte out of it
    says that a file has just arrived. Raises DatabaseUnavailable and DatabaseNotMigrated.
    """
    os.nice(_NICENESS)
    settle_down()
    loop, ending, news = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, ending.set)
    if until_closed is not None:
        os.set_blocking(until_closed, False)
        loop.add_reader(until_closed, _listen, until_closed, news, ending)
    async with Database(url, settings) as database, Runner(database, news).running():
        await ending.wait()


def settle_down() -> None:
    """Set Python up for rows by the thousand, and for two threads that take turns."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS)
    sys.setswitchinterval(_SWITCH_SECONDS)


def _listen(pipe: int, news: asyncio.Event, ending: asyncio.Event) -> None:
    if os.read(pipe, 1024):
        news.set()
    else:
        asyncio.get_running_loop().remove_reader(pipe)
        ending.set()
