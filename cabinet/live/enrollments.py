"""The enrollments that wait to be read to one subscriber."""

from collections.abc import Sequence
from uuid import UUID

from cabinet.errors import SubscriptionBehind
from cabinet.live.change import Change
from cabinet.live.inbox import Inbox
from cabinet.scope import Scope
from cabinet.tables import enrollment

MAX_WAITING = 10_000


class PostedEnrollments(Inbox):
    """Keys of enrollments that the scope's own sectors or organizations posted, each once until it is taken.

    Only keys wait: the rows are read when they are sent, as they stand then and as the subscriber may see them.
    """

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope
        self._keys: dict[UUID, None] = {}

    def offer(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.entity == enrollment.name and change.is_within(self._scope):
                self._keys[change.key] = None
        if len(self._keys) > MAX_WAITING:
            self._keys.clear()
            self.fail(SubscriptionBehind(f"More than {MAX_WAITING:,} enrollments were waiting for you."))
        elif self._keys:
            self._woken.set()

    async def take(self, at_most: int) -> list[UUID]:
        """Wait for enrollments and take the first of them, in the order they came."""
        await self.wait()
        taken = list(self._keys)[:at_most]
        for key in taken:
            del self._keys[key]
        if not self._keys:
            self._woken.clear()
        return taken
