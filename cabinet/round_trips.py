"""Readings by one short statement in one scope that are asked for in the same moment share a round trip.

A busy server reads several requests before it comes to the next one's answer; sent together, their statements cost
it and PostgreSQL a fraction of what they cost one by one. Nobody waits for company: what is gathered is what was
there to be done anyway. A statement that takes its time goes out alone, so that others can work beside it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter
from typing import Any, TypeAlias

import asyncpg

from cabinet.scope import Scope

SHORT_SECONDS = 0.002
MOST = 16
"""Readings in one round trip; they are one transaction, and none is answered before all are done."""
_SLOWER = 1.1
_KEPT = 1_000

Alone: TypeAlias = Callable[[Scope, str, list[Any]], Awaitable[asyncpg.Record]]
Together: TypeAlias = Callable[[Scope, str, Sequence[list[Any]]], Awaitable[list[asyncpg.Record]]]
Place: TypeAlias = "asyncio.Future[asyncpg.Record]"
Gathered: TypeAlias = list[tuple[list[Any], Place]]


class RoundTrips:
    """The readings of one pool, which says how one goes out alone, and how several do together."""

    def __init__(self, loop: asyncio.AbstractEventLoop, alone: Alone, together: Together) -> None:
        self._loop, self._alone, self._together = loop, alone, together
        self._seconds: dict[str, float] = {}
        self._gathered: dict[tuple[Scope, str], Gathered] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way = 0

    async def row(self, scope: Scope, sql: str, arguments: list[Any]) -> asyncpg.Record:
        """Return the one row of a statement that only reads, or writes nothing but the audit of it."""
        if not self._under_way or self._seconds.get(sql, SHORT_SECONDS) >= SHORT_SECONDS:
            return await self._by_itself(scope, sql, arguments)
        gathered = self._gathered.get((scope, sql))
        if gathered is None:
            gathered = self._gathered[scope, sql] = []
            # It is called after all that is ready to run by now.
            self._loop.call_soon(self._set_out, scope, sql)
        place: Place = self._loop.create_future()
        gathered.append((arguments, place))
        return await place

    async def _by_itself(self, scope: Scope, sql: str, arguments: list[Any]) -> asyncpg.Record:
        begun = perf_counter()
        self._under_way += 1
        try:
            row = await self._alone(scope, sql, arguments)
        finally:
            self._under_way -= 1
        self._note(sql, perf_counter() - begun)
        return row

    def _set_out(self, scope: Scope, sql: str) -> None:
        gathered = self._gathered.pop((scope, sql))
        for begin in range(0, len(gathered), MOST):
            task = self._loop.create_task(self._answer(scope, sql, gathered[begin : begin + MOST]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, scope: Scope, sql: str, gathered: Gathered) -> None:
        begun = perf_counter()
        self._under_way += 1
        try:
            rows = await self._together(scope, sql, [arguments for arguments, _ in gathered])
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            # What is wrong with one of them is not to be the others' answer.
            for arguments, place in gathered:
                await _settle(place, self._alone(scope, sql, arguments))
        except BaseException as error:
            for _, place in gathered:
                _fail(place, error)
            if not isinstance(error, Exception):
                raise
        else:
            self._note(sql, (perf_counter() - begun) / len(gathered))
            for (_, place), row in zip(gathered, rows, strict=True):
                if not place.done():
                    place.set_result(row)
        finally:
            self._under_way -= 1

    def _note(self, sql: str, seconds: float) -> None:
        """Remember how fast a statement is at its best; what is slow is so always, what is fast not under load."""
        known = self._seconds.get(sql)
        if known is None and len(self._seconds) >= _KEPT:
            self._seconds.clear()
        self._seconds[sql] = seconds if known is None else min(seconds, known * _SLOWER)


async def _settle(place: Place, reading: Awaitable[asyncpg.Record]) -> None:
    try:
        row = await reading
    except Exception as error:  # noqa: BLE001 - it is for whoever waits at this place.
        _fail(place, error)
    else:
        if not place.done():
            place.set_result(row)


def _fail(place: Place, error: BaseException) -> None:
    """Let who waits know, unless nobody does any more."""
    if place.done():
        return
    if isinstance(error, Exception):
        place.set_exception(error)
    else:
        place.cancel()
