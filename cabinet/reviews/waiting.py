"""Rows of one source record that wait together: what a person says of the record settles them all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cabinet.communities import Community
from cabinet.db import Connection
from cabinet.errors import MatchRowRefused
from cabinet.intake.match import described
from cabinet.intake.receipt import Verdict
from cabinet.intake.recorded import RECORDED
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.intake.validate import Item, validate
from cabinet.viewer import Viewer

# Without an id of the child, the row's record is named by what it says of who that is: the birth date, too.
_BESIDE = """
SELECT match_review_id, kind, format, record_id, payload FROM match_review
WHERE community_id = $1 AND state = 'OPEN' AND organization_id = $2 AND child_id IS NULL AND match_review_id <> $3
  AND CASE WHEN kind = 'child' THEN record_id = $4
    ELSE coalesce(payload #>> '{child,source_id}' = $4, payload #>> '{child,identity,birth_date}' = $5) END
ORDER BY match_review_id
"""


@dataclass(frozen=True)
class Waiting:
    """A row that waits for its child, read anew, and the id of the record that says it."""

    match_review_id: UUID
    kind: Kind
    format: str
    item: Item
    record_id: str

    @property
    def is_rejected(self) -> bool:
        return self.item.outcome.verdict is Verdict.REJECTED


async def read_waiting(
    connection: Connection, community: Community, review: Mapping[str, Any]
) -> Sequence[Waiting]:
    """Return the row of a review, and after it the others of its record that wait. Raises MatchRowRefused.

    Of the others, those that nobody could take in any more are left out: they wait on.
    """
    asked = (await _read(community, [review]))[0]
    refuse_rejected(asked)
    identity = getattr(described(asked.item.row)[1], "birth_date", None)
    named = asked.record_id, identity.isoformat() if identity else None
    here = review["community_id"], review["organization_id"], review["match_review_id"]
    others = await _read(community, await connection.fetch(_BESIDE, *here, *named))
    return [asked, *(each for each in others if not each.is_rejected and each.record_id == asked.record_id)]


async def _read(community: Community, reviews: Sequence[Mapping[str, Any]]) -> list[Waiting]:
    found = []
    for each in reviews:
        kind = Kind(each["kind"])
        item = (await validate(kind, [each["payload"]], community.today))[0]
        named = "" if item.outcome.verdict is Verdict.REJECTED else described(item.row)[0].record_id
        found.append(Waiting(each["match_review_id"], kind, each["format"], item, named))
    return found


def refuse_rejected(waiting: Waiting) -> None:
    if waiting.is_rejected:
        raise MatchRowRefused(problems=[vars(problem) for problem in waiting.item.outcome.problems])


def by_door(waiting: Sequence[Waiting]) -> Iterator[tuple[Kind, str, list[Item]]]:
    """Yield the rows by their kind and by what they were read from, the first one's first."""
    doors: defaultdict[tuple[Kind, str], list[Item]] = defaultdict(list)
    for each in waiting:
        doors[each.kind, each.format].append(each.item)
    yield from ((kind, read_from, items) for (kind, read_from), items in doors.items())


def source_of(review: Mapping[str, Any], community: Community, viewer: Viewer, record: tuple[str, UUID]) -> Source:
    """Return on whose behalf the rows come in, with the child that a person has named for their record."""
    return Source(
        community_id=review["community_id"],
        organization_id=review["organization_id"],
        sector=review["sector"],
        format=review["format"],
        today=community.today,
        viewer=viewer,
        tied=dict([record]),
    )


async def stored_children(
    connection: Connection, review: Mapping[str, Any], waiting: Sequence[Waiting]
) -> list[UUID]:
    """Return the children that other versions of the rows are about, whom these may leave."""
    found: list[UUID] = []
    here = review["community_id"], review["organization_id"]
    for kind in {each.kind for each in waiting} & RECORDED.keys():
        rows = await connection.fetch(
            f"SELECT child_id FROM {RECORDED[kind][0].name}"
            " WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3)",
            *(*here, [each.item.row.record_id for each in waiting if each.kind is kind]),
        )
        found += [row["child_id"] for row in rows]
    return found
