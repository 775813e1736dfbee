"""What a partner gets back: a verdict a row, and the counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto

from cabinet.errors import RowProblem
from cabinet.pauses import in_turns
from cabinet.tables.terms import EnrollmentStatus


class Verdict(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class Problem:
    """Why a row was rejected, or what was odd about it; `path` leads to the field from the row."""

    code: str
    message: str
    hint: str
    path: tuple[str | int, ...] = ()

    @classmethod
    def of(cls, error: RowProblem, *path: str | int) -> "Problem":
        return cls(error.code, error.message, error.hint, path)


@dataclass(frozen=True)
class Gap:
    """How many of the organization's own clients were, and are, in need of a service and not served."""

    service_type: str
    before: int
    after: int


@dataclass(frozen=True)
class Effect:
    """Where an enrollment stands after a post, with the seats then free (None: not known) and its place in line.

    `gaps` are those of the program's services over the whole post, where they were asked for.
    """

    status: EnrollmentStatus
    seats_free: int | None
    position: int | None
    gaps: tuple[Gap, ...] | None = None

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Effect":
        gaps = stored["gaps"]
        told = None if gaps is None else tuple(Gap(**gap) for gap in gaps)
        return cls(EnrollmentStatus(stored["status"]), stored["seats_free"], stored["position"], told)


@dataclass(slots=True)
class Outcome:
    """What became of one row; `enrollment_id` is the enrollment it is, or that its day belongs to."""

    index: int
    record_id: str | None = None
    verdict: Verdict | None = None
    record: UUID | None = None
    child_id: UUID | None = None
    enrollment_id: UUID | None = None
    problems: list[Problem] = field(default_factory=list)
    effect: Effect | None = None

    @property
    def is_open(self) -> bool:
        """Whether no step has decided about the row yet."""
        return self.verdict is None

    @property
    def settled(self) -> Verdict:
        """The verdict, at the end of the door, where every row has one."""
        if self.verdict is None:
            raise LookupError(f"row {self.index} was left undecided")
        return self.verdict

    def reject(self, error: RowProblem, *path: str | int) -> None:
        self.verdict = Verdict.REJECTED
        self.problems.append(Problem.of(error, *path))

    def note(self, error: RowProblem, *path: str | int) -> None:
        """Say something odd about a row that is taken all the same."""
        self.problems.append(Problem.of(error, *path))


@dataclass(frozen=True)
class Receipt:
    """The answer to one post. `committed` is false for a dry run and for a refused atomic post."""

    committed: bool
    outcomes: Sequence[Outcome]

    def count(self, verdict: Verdict) -> int:
        return Counter(outcome.verdict for outcome in self.outcomes)[verdict]

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as plain values, to be stored with its idempotency key."""
        return {"committed": self.committed, "outcomes": [_outcome_json(o) for o in self.outcomes]}

    @classmethod
    async def from_json(cls, stored: dict[str, Any]) -> "Receipt":
        return cls(stored["committed"], await in_turns(map(_outcome_from, stored["outcomes"])))


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "index": outcome.index,
        "record_id": outcome.record_id,
        "verdict": outcome.verdict,
        "record": outcome.record,
        "child_id": outcome.child_id,
        "enrollment_id": outcome.enrollment_id,
        "problems": [vars(problem) for problem in outcome.problems],
        "effect": outcome.effect and asdict(outcome.effect),
    }


def _outcome_from(stored: dict[str, Any]) -> Outcome:
    problems = [Problem(**{**p, "path": tuple(p["path"])}) for p in stored["problems"]]
    # Receipts kept by earlier versions are of enrollments, and do not say so; nor what they brought about.
    said = {"enrollment_id": stored["record"], "effect": None, **stored}
    record, child, enrollment = (
        pgproto.UUID(said[k]) if said[k] else None for k in ("record", "child_id", "enrollment_id")
    )
    verdict = Verdict(stored["verdict"])
    effect = Effect.of(said["effect"]) if said["effect"] else None
    return Outcome(stored["index"], stored["record_id"], verdict, record, child, enrollment, problems, effect)
