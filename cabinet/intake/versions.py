"""Of what is said of one thing several times, the highest version holds, in whatever order it arrives."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from cabinet.errors import VersionConflict
from cabinet.intake.receipt import Outcome, Verdict

Values = dict[str, Any]

_NEWER_REFUSED = "A higher version of this record in the same post was rejected, so this older one was not taken."
_MEND = "Mend the higher version and post it again, or post this one without it."


@dataclass(frozen=True)
class Stored:
    """What the database holds of it; `child_id` and `enrollment_id` where it is about a child."""

    version: int
    content_hash: str
    id: UUID
    child_id: UUID | None = None
    enrollment_id: UUID | None = None


class Versioned(Protocol):
    """What a row says, about to be written; its values get the version that it takes."""

    values: Values
    given_version: int | None
    stored: Stored | None

    @property
    def key(self) -> Hashable: ...

    @property
    def content_hash(self) -> str: ...

    @property
    def outcome(self) -> Outcome: ...

    def settle_unchanged(self) -> None: ...


V = TypeVar("V", bound=Versioned)


def keep_news(drafts: Sequence[V], stored: Mapping[Hashable, Stored]) -> list[V]:
    """Settle the drafts that bring no news, give the others their versions and return them."""
    for draft in drafts:
        draft.stored = stored.get(draft.key)
    return _newest([draft for draft in drafts if _is_news(draft, draft.stored)])


def _is_news(draft: Versioned, stored: Stored | None) -> bool:
    """Give the draft its version; settle it here if the database knows as much already."""
    given = draft.given_version
    if stored is None:
        draft.values["record_version"] = 1 if given is None else given
        return True
    is_same = draft.content_hash == stored.content_hash
    draft.values["record_version"] = stored.version + 1 if given is None else given
    if given == stored.version and not is_same:
        draft.outcome.reject(VersionConflict(), "record_version")
        return False
    if (is_same and given is None) or (given is not None and given <= stored.version):
        draft.settle_unchanged()
        return False
    return True


def _newest(drafts: Sequence[V]) -> list[V]:
    """Keep the highest version of each thing; an older one of the same post is overtaken by it."""
    newest: dict[Hashable, V] = {}
    for draft in sorted(drafts, key=lambda d: d.values["record_version"]):
        earlier = newest.get(draft.key)
        if earlier is not None:
            earlier.settle_unchanged()
        newest[draft.key] = draft
    return sorted(newest.values(), key=lambda d: d.outcome.index)


def refuse_overtaken(drafts: Sequence[Versioned]) -> None:
    """Reject what was overtaken by a version that was rejected after all: nothing was written of it, either."""
    lost: dict[Hashable, int] = {}
    for draft in drafts:
        if draft.outcome.verdict is Verdict.REJECTED:
            lost[draft.key] = max(lost.get(draft.key, -1), draft.values["record_version"])
    for draft in drafts:
        given, stored, outcome = draft.given_version, draft.stored, draft.outcome
        if given is None or outcome.verdict is not Verdict.UNCHANGED or given >= lost.get(draft.key, -1):
            continue
        if stored is None or given > stored.version:
            outcome.record = outcome.enrollment_id = outcome.child_id = None
            outcome.reject(VersionConflict(_NEWER_REFUSED, hint=_MEND), "record_version")
