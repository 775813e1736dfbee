from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from strawberry import ID
from strawberry.types.nodes import Selection
from strawberry.utils.str_converters import to_camel_case

from cabinet import tables
from cabinet.coverage.own import own_gaps
from cabinet.errors import NotFound, TooManyRows
from cabinet.intake.client import Posting, post_for_viewer
from cabinet.intake.post import MAX_ROWS
from cabinet.intake.receipt import Effect, Outcome, Problem, Receipt, Verdict
from cabinet.intake.rows import Kind
from cabinet.intake.source import NOBODY
from cabinet.pauses import in_turns
from cabinet.read.executor import Plain
from cabinet.read.rows import decode_key, encoder
from resolvers.context import Ask

Encode = Callable[[UUID], str | None]


class PostInput(Protocol):
    """What the resolver needs of the schema's input."""

    community: ID
    organization: ID | None
    dry_run: bool
    atomic: bool
    idempotency_key: str | None

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """Plain values by the names of the row model, without what was not sent."""
        ...


class PostResult:
    """A receipt as the API shows it, its ids those of the community and of who posted."""

    def __init__(self, receipt: Receipt, community_id: UUID, references: Sequence[str]) -> None:
        known, self._receipt = receipt.committed, receipt
        enrollment = encoder(tables.enrollment, community_id) if known else _unknown
        child = encoder(tables.child, community_id, references) if known else _unknown
        self.committed = receipt.committed
        self.rows = [RowResult(outcome, enrollment, child) for outcome in receipt.outcomes]

    def __getattr__(self, name: str) -> int:
        """Return how many rows have a verdict, by its name."""
        return self._receipt.count(Verdict[name.upper()])


class RowResult:
    """What became of a row, looked up when it is asked for: of thousands of rows most clients ask for little."""

    __slots__ = ("_child", "_enrollment", "_outcome")

    def __init__(self, outcome: Outcome, enrollment: Encode, child: Encode) -> None:
        self._outcome, self._enrollment, self._child = outcome, enrollment, child

    @property
    def index(self) -> int:
        return self._outcome.index

    @property
    def record_id(self) -> str | None:
        return self._outcome.record_id

    @property
    def verdict(self) -> Verdict:
        return self._outcome.settled

    @property
    def effect(self) -> Effect | None:
        return self._outcome.effect

    @property
    def enrollment(self) -> str | None:
        key = self._outcome.enrollment_id
        return None if key is None else self._enrollment(key)

    @property
    def child(self) -> str | None:
        key = self._outcome.child_id
        return None if key is None else self._child(key)

    @property
    def problems(self) -> list[Problem]:
        """Say where the field is from `rows` on, by its name in the API."""
        index = str(self._outcome.index)
        return [
            replace(problem, path=("rows", index, *(to_camel_case(str(step)) for step in problem.path)))
            for problem in self._outcome.problems
        ]


def _unknown(_: UUID) -> None:
    """Say nothing of a row that was not written."""


async def post(info: Ask, kind: Kind, given: PostInput) -> Plain:
    ask = info.context
    ask.posted += len(given.rows)
    if ask.posted > MAX_ROWS:
        raise TooManyRows
    found = await ask.find_community(str(given.community))
    own = decode_key(given.organization, tables.organization, found.community_id) if given.organization else None
    rows = await in_turns(_with_child_key(row, found.community_id) for row in given.rows)
    measure = own_gaps if _is_selected("gaps", info.selected_fields) else None
    posting = Posting(kind, rows, own, given.dry_run, given.atomic, given.idempotency_key, measure)
    posted = await post_for_viewer(ask.database, ask.viewer, found, posting)
    return Plain(PostResult(posted.receipt, found.community_id, posted.source.references))


def _is_selected(name: str, fields: Sequence[Selection]) -> bool:
    """Whether a field of this name is asked for, at any depth and in any fragment."""
    return any(getattr(each, "name", None) == name or _is_selected(name, each.selections) for each in fields)


def _with_child_key(row: Mapping[str, Any], community_id: UUID) -> Mapping[str, Any]:
    """Open the child's opaque reference; one of another community, or made up, is nobody's."""
    reference = row.get("child") or {}
    if not reference.get("ref"):
        return row
    try:
        key = decode_key(reference["ref"], tables.child, community_id)
    except NotFound:
        key = NOBODY
    return {**row, "child": {**reference, "ref": key}}
