"""What waits for one subscriber: bounded, however slow the subscriber is."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence

from cabinet.live.change import Change


class Inbox(ABC):
    """Takes what a feed offers, keeps what is this subscriber's, and wakes whoever waits for it."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._error: Exception | None = None

    @abstractmethod
    def offer(self, changes: Sequence[Change]) -> None:
        """Keep what is meant for this subscriber; called by the feed, never waits."""

    def fail(self, error: Exception) -> None:
        """End the subscription with an error, raised to whoever waits."""
        self._error = error
        self._woken.set()

    async def wait(self) -> None:
        """Wait until there is something; raise the error the subscription failed with."""
        await self._woken.wait()
        if self._error is not None:
            raise self._error
