"""Connections that remember the scope they were last set to, so that the next use in it is one round trip.

A connection's scope is set for its session before anything else is sent on it, and forgotten with the connection
at the first doubt. It needs connections that are ours for a whole session: no transaction-mode pooler in between.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg

from cabinet.round_trips import RoundTrips
from cabinet.scope import Scope
from cabinet.turns import Turns

T = TypeVar("T")

_CLOSE_SECONDS = 5

STALE = (
    ConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
)
"""What a connection raises that the server has given up."""


@dataclass(eq=False)
class Held:
    """An open connection and the scope its session is set to."""

    connection: asyncpg.Connection
    scope: Scope | None = None


@dataclass(eq=False)
class Pool:
    """The connections of one login role."""

    connect: Callable[[], Awaitable[asyncpg.Connection]]
    turns: Turns
    _idle: list[Held] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._round_trips = RoundTrips(self.turns.deadlines.loop, self._alone, self._together)

    async def close(self) -> None:
        idle, self._idle = self._idle, []
        for held in idle:
            # The server may have given it up long ago, and then there is nobody to say goodbye to.
            with suppress(OSError, *STALE):
                await held.connection.close(timeout=_CLOSE_SECONDS)

    async def row(self, scope: Scope, sql: str, arguments: list[Any]) -> asyncpg.Record:
        """Run one reading statement, and return its one row."""
        return await self._round_trips.row(scope, sql, arguments)

    async def _alone(self, scope: Scope, sql: str, arguments: list[Any]) -> asyncpg.Record:
        return await self._read(scope, lambda connection: connection.fetchrow(sql, *arguments))

    async def _together(self, scope: Scope, sql: str, several: Sequence[list[Any]]) -> list[asyncpg.Record]:
        return await self._read(scope, lambda connection: connection.fetchmany(sql, several))

    async def _read(self, scope: Scope, work: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Do one thing on a connection, as a transaction of its own."""
        held = await self._take(scope)
        try:
            try:
                found = await work(held.connection)
            except STALE:
                held = await self._again(held, scope)
                found = await work(held.connection)
        except asyncpg.PostgresError:
            self._give_back(held)
            raise
        except BaseException:
            self._drop(held)
            raise
        self._give_back(held)
        return found

    @asynccontextmanager
    async def transaction(self, scope: Scope, isolation: str | None = None) -> AsyncIterator[asyncpg.Connection]:
        """Open a transaction; commit at the end, or roll back."""
        held = await self._take(scope)
        try:
            try:
                transaction = await _begin(held, isolation)
            except STALE:
                held = await self._again(held, scope)
                transaction = await _begin(held, isolation)
            try:
                yield held.connection
            except Exception:
                await transaction.rollback()
                raise
            await transaction.commit()
        except Exception:
            self._give_back(held)
            raise
        except BaseException:
            self._drop(held)
            raise
        self._give_back(held)

    async def _take(self, scope: Scope) -> Held:
        """Return a connection that is set to the scope; wait for one if all are in use."""
        if not self.turns.take():
            await self.turns.wait()
        try:
            held = self._find(scope)
            if held is not None and held.scope is scope:
                return held
            try:
                return await self._set(held or Held(await self.connect()), scope)
            except STALE:
                if held is None:
                    raise
                self._drop_idle()
                return await self._set(Held(await self.connect()), scope)
        except BaseException:
            self.turns.give_back()
            raise

    async def _again(self, held: Held, scope: Scope) -> Held:
        """Replace a connection that the server has given up, as it will have the idle ones."""
        held.connection.terminate()
        self._drop_idle()
        return await self._set(Held(await self.connect()), scope)

    def _find(self, scope: Scope) -> Held | None:
        """Choose an idle connection: one that is set to the scope already, else any."""
        for at in range(len(self._idle) - 1, -1, -1):
            own = self._idle[at].scope
            if own is scope or own == scope:
                return self._idle.pop(at)
        return self._idle.pop() if self._idle else None

    @staticmethod
    async def _set(held: Held, scope: Scope) -> Held:
        if held.scope == scope:
            return held
        held.scope = None
        try:
            await held.connection.execute(scope.statement())
        except BaseException:
            held.connection.terminate()
            raise
        held.scope = scope
        return held

    def _give_back(self, held: Held) -> None:
        if held.connection.is_closed() or held.connection.is_in_transaction():
            self._drop(held)
        else:
            self._idle.append(held)
            self.turns.give_back()

    def _drop(self, held: Held) -> None:
        held.connection.terminate()
        self.turns.give_back()

    def _drop_idle(self) -> None:
        idle, self._idle = self._idle, []
        for held in idle:
            held.connection.terminate()


async def _begin(held: Held, isolation: str | None) -> asyncpg.transaction.Transaction:
    """Begin a transaction; a connection that is known to be closed says so already when it is asked for one."""
    transaction = held.connection.transaction(isolation=isolation)
    await transaction.start()
    return transaction
