"""That counts may have changed: at once to who sees the children behind them, in windows to everybody else."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from cabinet.disclosure.numbered import LARGEST
from cabinet.live.change import Change
from cabinet.live.inbox import Inbox
from cabinet.scope import Scope


class CoverageChanges(Inbox):
    """Whether the own sectors or organizations, or the supply, changed since it was last taken."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def offer(self, changes: Sequence[Change]) -> None:
        if any(change.is_open or change.is_within(self._scope) for change in changes):
            self._woken.set()

    async def take(self) -> datetime:
        """Wait for a change and return when it was noticed."""
        await self.wait()
        self._woken.clear()
        return datetime.now(UTC)


class CoverageWindows(Inbox):
    """The same for who sees counts only, told so that it is no clock of single children.

    Two rules. It is told at the full multiples of `seconds` since 1970 and never between, whoever subscribed
    when: the time of telling says nothing finer. And it is told only when more children changed than the largest
    count that is withheld, or something that everybody may read: no telling stands for a single child.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._children: set[UUID | None] = set()

    def offer(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if not change.is_open and len(self._children) <= LARGEST:
                self._children.add(change.child_id)
        if len(self._children) > LARGEST or any(change.is_open for change in changes):
            self._woken.set()

    async def take(self) -> datetime:
        """Wait for enough changes, then for the end of the window, and return when it ended."""
        await self.wait()
        now = datetime.now(UTC).timestamp()
        ends = (now // self._seconds + 1) * self._seconds
        await asyncio.sleep(ends - now)
        self._children.clear()
        self._woken.clear()
        return datetime.fromtimestamp(ends, UTC)
