"""What was looked up a moment ago, so that a busy server does not look it up again for every request."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

_KEPT = 10_000


class Recent(Generic[K, V]):
    """Answers of `load`, each kept for `seconds` from when it was asked for; failures are not kept.

    Who asks while an answer is on its way waits for that one.
    """

    def __init__(self, load: Callable[[K], Awaitable[V]], seconds: float) -> None:
        self._load, self._seconds = load, seconds
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        self._coming: dict[K, asyncio.Task[V]] = {}

    def known(self, key: K) -> V | None:
        """Return what is still fresh, without waiting."""
        found = self._kept.get(key)
        return found[1] if found is not None and monotonic() < found[0] else None

    async def get(self, key: K) -> V:
        found = self.known(key)
        if found is not None:
            return found
        task = self._coming.get(key)
        if task is None:
            task = self._coming[key] = asyncio.create_task(self._fetch(key))
            task.add_done_callback(lambda done: self._done(key, done))
        # One who gives up waiting does not take the answer away from the others.
        return await asyncio.shield(task)

    def _done(self, key: K, done: "asyncio.Task[V]") -> None:
        self._coming.pop(key, None)
        if not done.cancelled():
            # Everybody who waited may have given up; then nobody else looks at what went wrong.
            done.exception()

    async def _fetch(self, key: K) -> V:
        until = monotonic() + self._seconds
        value = await self._load(key)
        self._kept[key] = (until, value)
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return value
