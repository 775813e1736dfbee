"""One piece of work at a time, each shared by all who asked for it before it began."""

import asyncio
from collections.abc import Awaitable, Callable


class Turn:
    """Work that whoever asks needs done after having asked: one that is under way may have looked before."""

    def __init__(self, work: Callable[[], Awaitable[None]]) -> None:
        self._work = work
        self._under_way: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        return [task for task in (self._under_way, self._next) if task is not None]

    async def next(self) -> None:
        """Wait for the next to be done, and raise what it raises. Who is cancelled ends nobody else's."""
        if self._next is None:
            self._next = asyncio.create_task(self._follow(self._under_way))
        await asyncio.shield(self._next)

    async def _follow(self, earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await asyncio.wait({earlier})
        self._under_way, self._next = self._next, None
        await self._work()
