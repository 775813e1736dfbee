"""A row that waited is taken in through the ordinary intake, for the child that a person named."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cabinet.communities import Community
from cabinet.db import Connection
from cabinet.errors import MatchInvalid, MatchRowRefused
from cabinet.intake.ledger import write_ledger
from cabinet.intake.match import described
from cabinet.intake.post import take_in
from cabinet.intake.receipt import Verdict
from cabinet.intake.recorded import RECORDED
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.intake.validate import Item, validate
from cabinet.reviews.act import Act, close_reviews, write_act
from cabinet.reviews.picture import Picture, compare, take
from cabinet.reviews.rewrite import rewrite
from cabinet.tables import match_review, source_record
from cabinet.viewer import Viewer

_LINKED = """
SELECT l.child_id FROM source_record r
JOIN child_link l ON l.community_id = r.community_id AND l.source_record_id = r.source_record_id
WHERE r.community_id = $1 AND r.organization_id = $2 AND r.record_id = $3 AND l.undone_at IS NULL
"""
_LINK = """
INSERT INTO child_link
  (community_id, source_record_id, child_id, organization_id, sector, method, score, decided_by)
SELECT community_id, source_record_id, $4, organization_id, sector, $5, $6, $7 FROM source_record
WHERE community_id = $1 AND organization_id = $2 AND record_id = $3
"""


async def take_in_waiting(
    connection: Connection,
    viewer: Viewer,
    community: Community,
    act: Act,
    review: Mapping[str, Any],
    child_id: UUID,
) -> tuple[UUID, UUID]:
    """Take a review's row in as the child's; return the keys of the decision and of the row's source record.

    Raises MatchRowRefused if the row cannot be taken in any more, and MatchInvalid if its record has become
    another child's meanwhile.
    """
    source, items = await _read(viewer, community, review)
    person, _ = described(items[0].row)
    named = review["community_id"], review["organization_id"], person.record_id
    linked = await connection.fetchval(_LINKED, *named)
    if linked not in (None, child_id):
        raise MatchInvalid("Its record has become another child's meanwhile: part it from that child first.")
    tied = Source(**{**vars(source), "tied": {person.record_id: child_id}})
    children = [child_id, *await _stored_children(connection, review)]
    before = await take(connection, act.community_id, children, [review["match_review_id"]])
    changed = await take_in(connection, tied, Kind(review["kind"]), items, None)
    _refuse_rejected(items)
    await write_ledger(connection, tied, Kind(review["kind"]), items, changed)
    if linked is None:
        await connection.execute(_LINK, *named, child_id, act.method, act.score, act.decided_by)
    after = await take(connection, act.community_id, children, [review["match_review_id"]])
    record = _record(after, person.record_id, review)
    await _close(connection, act, after, child_id, record)
    return await write_act(connection, act, compare(before, after), child_id, None, is_written=True), record


async def _read(viewer: Viewer, community: Community, review: Mapping[str, Any]) -> tuple[Source, list[Item]]:
    source = Source(
        community_id=review["community_id"],
        organization_id=review["organization_id"],
        sector=review["sector"],
        format=review["format"],
        today=community.today,
        viewer=viewer,
    )
    items = await validate(Kind(review["kind"]), [review["payload"]], source.today)
    _refuse_rejected(items)
    return source, items


def _refuse_rejected(items: Sequence[Item]) -> None:
    outcome = items[0].outcome
    if outcome.verdict is Verdict.REJECTED:
        raise MatchRowRefused(problems=[vars(problem) for problem in outcome.problems])


async def _stored_children(connection: Connection, review: Mapping[str, Any]) -> list[UUID]:
    """Return the children that another version of the row is about, whom this one may leave."""
    kind = Kind(review["kind"])
    if kind not in RECORDED:
        return []
    rows = await connection.fetch(
        f"SELECT child_id FROM {RECORDED[kind][0].name}"
        " WHERE community_id = $1 AND organization_id = $2 AND record_id = $3",
        *(review["community_id"], review["organization_id"], review["record_id"]),
    )
    return [row["child_id"] for row in rows]


def _record(picture: Picture, record_id: str, review: Mapping[str, Any]) -> UUID:
    own = (slot.now for slot in picture.of(source_record))
    wanted = record_id, str(review["organization_id"])
    return next(UUID(r["source_record_id"]) for r in own if (r["record_id"], r["organization_id"]) == wanted)


async def _close(connection: Connection, act: Act, picture: Picture, child_id: UUID, record: UUID) -> None:
    review = next(slot for slot in picture.of(match_review) if slot.now["match_review_id"] == str(act.review))
    review.set(child_id=str(child_id), source_record_id=str(record))
    await close_reviews(connection, act, picture, child_id)
    await rewrite(connection, picture)
