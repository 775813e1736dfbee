"""The indexes of one server process: loaded behind when first asked for, forgotten when others need the room."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import monotonic
from typing import Self, TypeAlias, TypeVar
from uuid import UUID

from cabinet.coverage.index.count import Counted
from cabinet.coverage.index.dates import Year, year_of
from cabinet.coverage.index.fresh import IndexOutdated, catch_up
from cabinet.coverage.index.index import Index
from cabinet.coverage.index.load import IndexTooLarge, load
from cabinet.coverage.index.turn import Turn
from cabinet.coverage.question import Question
from cabinet.db import Database
from cabinet.errors import CabinetError

log = logging.getLogger("cabinet")

T = TypeVar("T")
Key: TypeAlias = tuple[UUID, Year]

_REST_SECONDS = 60
"""How long after a load that failed the next one may begin."""

# Arithmetic over whole columns: one at a time, and never where requests are read.
_COUNTING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="counting")


class Indexes:
    """Answers what a ready index can, of any community and school year."""

    def __init__(self, database: Database, most_bytes: int) -> None:
        self._database, self._most_bytes = database, most_bytes
        self._ready: dict[Key, tuple[Index, Turn]] = {}
        self._loading: dict[Key, asyncio.Task[None]] = {}
        self._resting: dict[Key, float] = {}
        self._one_load = asyncio.Semaphore(1)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [*self._loading.values(), *(task for _, turn in self._ready.values() for task in turn.tasks)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._ready.clear()

    async def count(self, question: Question) -> Counted | None:
        """Return the counts of one question, as `count_all` does."""
        counted = await self.count_all([question])
        return None if counted is None else counted[0]

    async def count_all(self, questions: Sequence[Question]) -> list[Counted] | None:
        """Return the counts of each, with all that was committed before now; None where one has no index to ask.

        Then that is loaded behind, for the next who asks. Those of one community and school year are counted at
        one moment.
        """
        by_key: dict[Key, list[int]] = {}
        for place, question in enumerate(questions):
            year = year_of(question.as_of)
            if year is None or not self._most_bytes:
                return None
            by_key.setdefault((question.community_id, year), []).append(place)
        for key in by_key.keys() - self._ready.keys():
            self._begin(key)
        counted: dict[int, Counted] = {}
        for key, places in by_key.items():
            found = await self._count(key, [questions[place] for place in places])
            if found is None:
                return None
            counted.update(zip(places, found, strict=True))
        return [counted[place] for place in range(len(questions))]

    async def _count(self, key: Key, questions: Sequence[Question]) -> list[Counted] | None:
        if key not in self._ready:
            return None
        index, turn = self._ready[key] = self._ready.pop(key)
        try:
            await turn.next()
            counted = await _alone(index.count_all, questions)
        except (IndexOutdated, CabinetError) as error:
            log.info("the index of %s, %s is let go of: %r", key[0], key[1].number, error)
        except Exception:
            log.exception("the index of %s, %s is let go of", key[0], key[1].number)
        else:
            await self._make_room(key)
            return counted
        self._forget(key, index)
        return None

    async def settled(self) -> None:
        """Wait until nothing is loading."""
        await asyncio.gather(*self._loading.values())

    def _forget(self, key: Key, index: Index) -> None:
        """Let go of an index that could not be brought up to date; it is loaded anew when asked for."""
        if self._ready.get(key, (None, None))[0] is index:
            del self._ready[key]

    def _begin(self, key: Key) -> None:
        if key not in self._loading and self._resting.get(key, 0) <= monotonic():
            self._loading[key] = asyncio.create_task(self._load(key))

    async def _load(self, key: Key) -> None:
        try:
            async with self._one_load:
                index = await load(self._database, *key, self._most_bytes)
                self._ready[key] = (index, Turn(partial(catch_up, self._database, index, _alone)))
                await self._make_room(key)
        except IndexTooLarge:
            log.warning("%s is too large for an index: CABINET_INDEX_BYTES is %s", key[0], self._most_bytes)
            self._resting[key] = monotonic() + _REST_SECONDS
        except Exception:
            log.exception("the index of %s, %s could not be loaded", key[0], key[1].number)
            self._resting[key] = monotonic() + _REST_SECONDS
        finally:
            del self._loading[key]

    async def _make_room(self, key: Key) -> None:
        """Forget indexes that were not asked for longest, and at last the days of this one."""
        for other in [each for each in self._ready if each != key]:
            if self.nbytes > self._most_bytes:
                del self._ready[other]
        if self.nbytes > self._most_bytes and key in self._ready:
            await _alone(self._ready[key][0].forget_days)

    @property
    def nbytes(self) -> int:
        """The memory they take, as weighed after the last question to each."""
        return sum(index.nbytes for index, _ in self._ready.values())


async def _alone(work: Callable[..., T], *arguments: object) -> T:
    """Do it in the one thread that touches indexes."""
    return await asyncio.get_running_loop().run_in_executor(_COUNTING, partial(work, *arguments))
