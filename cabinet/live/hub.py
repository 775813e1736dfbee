"""All subscriptions of one server process: a feed for each community, and how many there may be."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from cabinet.db import Database
from cabinet.errors import TooManySubscriptions
from cabinet.live.feed import Feed
from cabinet.live.inbox import Inbox


class Hub:
    """Opens subscriptions within the limits, and the feeds they need."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._feeds: dict[UUID, Feed] = {}
        self._open: Counter[str] = Counter()

    @asynccontextmanager
    async def subscribe(self, subject: str, community_id: UUID, inbox: Inbox) -> AsyncIterator[None]:
        """Fill `inbox` with a community's changes for as long as it is open; raise TooManySubscriptions."""
        with self._place(subject):
            feed = self._feeds.get(community_id)
            if feed is None or feed.has_failed:
                feed = self._feeds[community_id] = Feed(self._database, community_id)
            try:
                async with feed.offering(inbox):
                    yield
            finally:
                if feed.is_idle and self._feeds.get(community_id) is feed:
                    del self._feeds[community_id]
                    await feed.stop()

    @contextmanager
    def _place(self, subject: str) -> Iterator[None]:
        settings = self._database.settings
        if self._open[subject] >= settings.live_viewer_limit:
            raise TooManySubscriptions(f"You have {settings.live_viewer_limit} subscriptions open already.")
        if self._open.total() >= settings.live_server_limit:
            raise TooManySubscriptions("This server has as many subscriptions open as it can hold.")
        self._open[subject] += 1
        try:
            yield
        finally:
            self._open[subject] -= 1
            self._open += Counter()  # Forgets whom nothing is open for.
