from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from strawberry import ID
from strawberry.types import Info

from cabinet import audit
from cabinet.access import Action, Grant
from cabinet.live.coverage import CoverageChanges, CoverageWindows
from cabinet.live.enrollments import PostedEnrollments
from cabinet.live.hub import Hub
from cabinet.live.inbox import Inbox
from cabinet.read.filters import Condition, Test
from cabinet.read.loaders import Loaders
from cabinet.read.pages import Page, read_page
from cabinet.read.windows import Window
from cabinet.tables import enrollment
from resolvers.context import Context


@dataclass(kw_only=True)
class LiveContext(Context):
    """The context of one open subscription."""

    hub: Hub
    opened: Callable[[], Awaitable[None]]
    """Tells the client that from now on nothing is missed."""
    still_themselves: Callable[[], Awaitable[None]]
    """Raises if the viewer's token or memberships are no longer what they were."""
    exits: AsyncExitStack
    """Closed when the subscription ends, however it ends."""


Live = Info[LiveContext, None]


@dataclass(frozen=True)
class CoverageNews:
    at: datetime


async def enrollments_posted(info: Live, community: ID) -> AsyncIterator[Page]:
    ask = info.context
    found = await ask.find_community(str(community))
    grant = ask.grant(found.community_id, Action.READ_ENROLLMENTS)
    inbox = PostedEnrollments(grant.scope)
    await _open(ask, grant, inbox, "subscribe enrollment")
    return _posted(ask, grant, inbox)


async def coverage_changed(info: Live, community: ID) -> AsyncIterator[CoverageNews]:
    ask = info.context
    found = await ask.find_community(str(community))
    grant = ask.grant(found.community_id, Action.READ_COVERAGE)
    exact = grant.is_exact
    inbox = CoverageChanges(grant.scope) if exact else CoverageWindows(ask.settings.live_window_seconds)
    await _open(ask, grant, inbox, "subscribe coverage")
    return _changed(ask, inbox)


async def _open(ask: LiveContext, grant: Grant, inbox: Inbox, action: str) -> None:
    """Subscribe before the client is told so; everything that can be refused is refused before."""
    subscribed = ask.hub.subscribe(ask.viewer.subject, grant.community_id, inbox)
    await ask.exits.enter_async_context(subscribed)
    async with ask.database.transaction(grant.scope) as connection:
        await audit.record(connection, ask.viewer, grant.community_id, action, {"level": grant.level})
    await ask.opened()


async def _posted(ask: LiveContext, grant: Grant, inbox: PostedEnrollments) -> AsyncIterator[Page]:
    """Read what was posted the ordinary way: within the grant's scope, by row-level security, and audited."""
    while True:
        keys = await inbox.take(ask.settings.page_limit)
        await ask.still_themselves()
        # What an earlier event loaded may have changed since, and a subscription is long.
        ask.loaders = Loaders(ask.database)
        posted = Condition("enrollment_id", Test.ONE_OF, keys)
        window = Window(len(keys), conditions=(posted,))
        page = await read_page(ask.database, ask.viewer, grant, enrollment, window)
        if page.nodes:
            yield page


async def _changed(ask: LiveContext, inbox: CoverageChanges | CoverageWindows) -> AsyncIterator[CoverageNews]:
    while True:
        at = await inbox.take()
        await ask.still_themselves()
        yield CoverageNews(at)
