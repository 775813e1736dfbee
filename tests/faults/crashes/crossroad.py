"""A place where the clients of a crash matrix wait until what they are in the middle of has been killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum

PATIENCE = 60


class Place(Enum):
    """Where a client may be stopped on its way."""

    POST_BODY = "half of a post's body is sent"
    FILE_BODY = "half of a file is sent"
    DELIVERY = "a receiver has an event and has not answered"


class Crossroad:
    """Lets everybody pass, until one place is closed."""

    def __init__(self) -> None:
        self._closed: Place | None = None
        self._reached, self._open = asyncio.Event(), asyncio.Event()

    async def come_by(self, place: Place) -> None:
        if place is self._closed:
            self._reached.set()
            await self._open.wait()

    @asynccontextmanager
    async def somebody_at(self, place: Place) -> AsyncIterator[None]:
        """Close a place, and yield once somebody stands there; let all go on at the end."""
        self._closed = place
        self._reached.clear()
        self._open.clear()
        try:
            await asyncio.wait_for(self._reached.wait(), PATIENCE)
            yield
        finally:
            self._closed = None
            self._open.set()
