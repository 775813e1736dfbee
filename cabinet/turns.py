"""So many at a time: who comes when all turns are taken waits in line, for so long."""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cabinet.deadlines import Deadlines


@dataclass(eq=False)
class Turns:
    """What `asyncio.Semaphore` does, for so long and without asking which loop runs (`cabinet.deadlines`)."""

    free: int
    deadlines: Deadlines
    seconds: float
    _line: deque[Any] = field(default_factory=deque)

    def take(self) -> bool:
        """Take a turn if there is one; in line for the next are those who wait already."""
        if not self.free:
            return False
        self.free -= 1
        return True

    async def wait(self) -> None:
        """Wait in line for a turn; raise TimeoutError after some seconds."""
        place = self.deadlines.loop.create_future()
        self._line.append(place)
        try:
            with self.deadlines.within(self.seconds):
                await place
        except BaseException:
            with suppress(ValueError):
                self._line.remove(place)
            # It may have been given a turn in the moment it gave up waiting.
            if place.done() and not place.cancelled():
                self.give_back()
            raise

    def give_back(self) -> None:
        """Let the next one in line have the turn, or whoever comes."""
        while self._line:
            place = self._line.popleft()
            if not place.done():
                place.set_result(None)
                return
        self.free += 1
