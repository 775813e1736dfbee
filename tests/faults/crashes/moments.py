"""The moments at which a crash matrix kills, and what is killed then."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum

import asyncpg

from tests.conftest import run_sql
from tests.faults.crashes.crossroad import PATIENCE, Crossroad, Place
from tests.faults.crashes.house import House

_IN_TRANSACTION = """
SELECT count(*) > 0 FROM pg_stat_activity
WHERE usename = 'cabinet_writer' AND datname = current_database() AND backend_xid IS NOT NULL
"""
_COMMITTED = """
SELECT count(*) > 0 FROM pg_stat_activity
WHERE usename = 'cabinet_writer' AND datname = current_database() AND wait_event = 'SyncRep'
"""
_BETWEEN_CHUNKS = "SELECT count(*) > 0 FROM import_job WHERE state = 'RUNNING' AND posted >= 1000"
_LONGEST = 0.3


class Moment(Enum):
    """When it is killed: what certainly holds then."""

    POST_ARRIVES = Place.POST_BODY
    FILE_ARRIVES = Place.FILE_BODY
    DELIVERING = Place.DELIVERY
    IN_TRANSACTION = _IN_TRANSACTION
    BETWEEN_CHUNKS = _BETWEEN_CHUNKS
    COMMITTED = "committed and not answered"
    ANY = "whatever happens then"


class Victim(Enum):
    SERVER = "the server"
    WORKER = "the process that takes files in"
    DELIVERER = "the deliverer"
    POSTMASTER = "PostgreSQL, by SIGKILL of its first process"
    DATABASE = "PostgreSQL, by an immediate shutdown"


_SIGNALS = {Victim.POSTMASTER: signal.SIGKILL, Victim.DATABASE: signal.SIGQUIT}

CRASHES = (
    *((Victim.SERVER, moment) for moment in Moment if moment is not Moment.DELIVERING),
    *((Victim.WORKER, moment) for moment in (Moment.IN_TRANSACTION, Moment.BETWEEN_CHUNKS, Moment.COMMITTED)),
    *((Victim.DELIVERER, moment) for moment in (Moment.DELIVERING, Moment.ANY)),
    *((Victim.POSTMASTER, moment) for moment in (Moment.IN_TRANSACTION, Moment.COMMITTED, Moment.DELIVERING)),
    *((Victim.DATABASE, moment) for moment in (Moment.BETWEEN_CHUNKS, Moment.FILE_ARRIVES, Moment.ANY)),
)
"""Who is killed when, in a run of the matrix; the order is drawn."""


async def crash(house: House, crossroad: Crossroad, victim: Victim, moment: Moment, chance: float) -> None:
    """Kill at the moment, and start again."""
    async with _at(moment, house.url, crossroad, chance):
        if victim is Victim.SERVER:
            await house.kill_server()
        elif victim is Victim.WORKER:
            house.kill_worker()
        elif victim is Victim.DELIVERER:
            await house.kill_deliverer()
        else:
            house.kill_database(_SIGNALS[victim])
            await house.start_database()
    if victim is Victim.SERVER:
        await house.start_server()
    elif victim is Victim.DELIVERER:
        await house.start_deliverer()


@asynccontextmanager
async def _at(moment: Moment, url: str, crossroad: Crossroad, chance: float) -> AsyncIterator[None]:
    """Yield at the moment, in which everything stays until the end if it can be held."""
    if isinstance(moment.value, Place):
        async with crossroad.somebody_at(moment.value):
            yield
    elif moment is Moment.COMMITTED:
        async with _commits_unanswered(url):
            yield
    else:
        if moment is Moment.ANY:
            await asyncio.sleep(chance * _LONGEST)
        else:
            await _until(url, moment.value)
        yield


@asynccontextmanager
async def _commits_unanswered(url: str) -> AsyncIterator[None]:
    """Let every commit wait for a copy of the database that there is not: it is on disk, and nobody is told so."""
    reload = "SELECT pg_reload_conf()"
    await run_sql(url, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", reload)
    try:
        await _until(url, _COMMITTED)
        yield
    finally:
        await run_sql(url, "ALTER SYSTEM RESET synchronous_standby_names", reload)


async def _until(url: str, question: str) -> None:
    owner = await asyncpg.connect(url)
    async with asyncio.timeout(PATIENCE):
        while not await owner.fetchval(question):
            await asyncio.sleep(0.002)
    owner.terminate()
