"""The changes of one community, looked for once for all who subscribe to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

from cabinet.db import Database
from cabinet.errors import DatabaseUnavailable, TimeoutExceeded
from cabinet.live.change import changes_since
from cabinet.live.inbox import Inbox


class Feed:
    """Looks for changes every few moments, from its first subscriber until it is stopped, and offers them."""

    def __init__(self, database: Database, community_id: UUID) -> None:
        self._database, self._community_id = database, community_id
        self._inboxes: set[Inbox] = set()
        self._begun = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        return not self._inboxes

    @property
    def has_failed(self) -> bool:
        """Whether it has stopped looking, which its subscribers are told as they leave."""
        return self._looking is not None and self._looking.done()

    @asynccontextmanager
    async def offering(self, inbox: Inbox) -> AsyncIterator[None]:
        """Offer to `inbox` every change committed from here on; changes of the last moment may come as well."""
        self._inboxes.add(inbox)
        try:
            await self._begin()
            yield
        finally:
            self._inboxes.discard(inbox)

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _begin(self) -> None:
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(self._database.settings.request_seconds):
                await self._begun.wait()
        except TimeoutError as error:
            raise TimeoutExceeded from error

    async def _look(self) -> None:
        snapshot: str | None = None
        try:
            while True:
                # Left as it was, the snapshot finds at the next look what this one could not read.
                with suppress(DatabaseUnavailable, TimeoutExceeded):
                    snapshot, changes = await changes_since(self._database, self._community_id, snapshot)
                    self._begun.set()
                    for inbox in self._inboxes:
                        inbox.offer(changes)
                await asyncio.sleep(self._database.settings.live_poll_seconds)
        except Exception as error:  # noqa: BLE001 - told to the subscribers, who would otherwise wait for ever.
            for inbox in self._inboxes:
                inbox.fail(error)
