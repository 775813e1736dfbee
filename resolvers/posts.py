from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from strawberry import ID
from strawberry.types.nodes import Selection

from cabinet import tables
from cabinet.coverage.own import own_gaps
from cabinet.errors import NotFound
from cabinet.intake.client import Posting, post_for_viewer
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from cabinet.intake.source import NOBODY
from cabinet.read.rows import decode_key
from resolvers.context import Ask


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


@dataclass(frozen=True)
class PostResult:
    """A receipt, with the community its ids belong to."""

    community_id: UUID
    receipt: Receipt
    references: Sequence[str]


async def post(info: Ask, kind: Kind, given: PostInput) -> PostResult:
    ask = info.context
    found = await ask.find_community(str(given.community))
    own = decode_key(given.organization, tables.organization, found.community_id) if given.organization else None
    rows = [_with_child_key(row, found.community_id) for row in given.rows]
    measure = own_gaps if _is_selected("gaps", info.selected_fields) else None
    posting = Posting(kind, rows, own, given.dry_run, given.atomic, given.idempotency_key, measure)
    posted = await post_for_viewer(ask.database, ask.viewer, found, posting)
    return PostResult(found.community_id, posted.receipt, posted.source.references)


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
