"""What a webhook is told of an event: ids and counts, and no more than its organization may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from cabinet.intake.ledger import topic_of
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.intake.supply import TABLES

TOPICS = tuple(topic_of(kind) for kind in Kind)

OPEN_TOPICS = tuple(topic_of(kind) for kind in TABLES)
"""Topics of what everybody may read: what services there are. Others are told to the organization that posted."""

_CHANGED = {"created": Verdict.CREATED, "updated": Verdict.UPDATED}
_OWN = {
    **_CHANGED,
    "unchanged": Verdict.UNCHANGED,
    "needsReview": Verdict.NEEDS_REVIEW,
    "rejected": Verdict.REJECTED,
}


@dataclass(frozen=True)
class Event:
    """One row of the outbox, on its way to one organization."""

    outbox_id: UUID
    topic: str
    payload: Mapping[str, Any]
    recorded_at: datetime
    community: str
    organization: str
    """The organization's id in the API."""
    is_own: bool
    """Whether that organization posted it."""

    @property
    def message_id(self) -> str:
        """Return what a receiver knows repeats by: it is the event's for good."""
        return f"msg_{self.outbox_id}"

    def body(self) -> bytes:
        """Return what is posted, the same bytes at every attempt.

        It is put together from what is named here, so that nothing else of a payload ever leaves.
        """
        counts = _OWN if self.is_own else _CHANGED
        data: dict[str, Any] = {name: self._count(verdict) for name, verdict in counts.items()}
        data["community"] = self.community
        if self.is_own:
            data["organization"] = self.organization
        told = {"type": self.topic, "timestamp": self.recorded_at, "data": data}
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)

    def _count(self, verdict: Verdict) -> int:
        value = self.payload.get(verdict)
        return value if isinstance(value, int) else 0
