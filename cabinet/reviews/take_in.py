"""Rows that waited are taken in through the ordinary intake, for the child that a person named."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from cabinet.communities import Community
from cabinet.db import Connection
from cabinet.errors import MatchInvalid
from cabinet.intake.ledger import write_ledger
from cabinet.intake.post import take_in
from cabinet.intake.source import Source
from cabinet.reviews.act import Act, close_reviews, write_act
from cabinet.reviews.picture import Picture, compare, take
from cabinet.reviews.rewrite import rewrite
from cabinet.reviews.waiting import Waiting, by_door, read_waiting, refuse_rejected, source_of, stored_children
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
    """Take the rows of a review's record in as the child's; return the keys of the decision and of the record.

    All that wait are taken in; one of the others that the door refuses waits on. Raises MatchRowRefused if the
    review's own row cannot be taken in, and MatchInvalid if its record has become another child's meanwhile.
    """
    waiting = await read_waiting(connection, community, review)
    record_id = waiting[0].record_id
    named = review["community_id"], review["organization_id"], record_id
    linked = await connection.fetchval(_LINKED, *named)
    if linked not in (None, child_id):
        raise MatchInvalid("Its record has become another child's meanwhile: part it from that child first.")
    reviews = [each.match_review_id for each in waiting]
    children = [child_id, *await stored_children(connection, review, waiting)]
    before = await take(connection, act.community_id, children, reviews)
    await _take_in(connection, source_of(review, community, viewer, (record_id, child_id)), waiting)
    if linked is None:
        await connection.execute(_LINK, *named, child_id, act.method, act.score, act.decided_by)
    after = await take(connection, act.community_id, children, reviews)
    record = _record(after, record_id, review)
    await _close(connection, act, after, child_id, record, [each for each in waiting if not each.is_rejected])
    return await write_act(connection, act, compare(before, after), child_id, None, is_written=True), record


async def _take_in(connection: Connection, source: Source, waiting: Sequence[Waiting]) -> None:
    for kind, read_from, items in by_door(waiting):
        through = replace(source, format=read_from)
        changed = await take_in(connection, through, kind, items, None)
        refuse_rejected(waiting[0])
        await write_ledger(connection, through, kind, items, changed)


def _record(picture: Picture, record_id: str, review: Mapping[str, Any]) -> UUID:
    own = (slot.now for slot in picture.of(source_record))
    wanted = record_id, str(review["organization_id"])
    return next(UUID(r["source_record_id"]) for r in own if (r["record_id"], r["organization_id"]) == wanted)


async def _close(
    connection: Connection, act: Act, picture: Picture, child_id: UUID, record: UUID, taken: Sequence[Waiting]
) -> None:
    keys = {str(each.match_review_id) for each in taken}
    for slot in picture.of(match_review):
        if slot.now["match_review_id"] in keys:
            slot.set(child_id=str(child_id), source_record_id=str(record))
    await close_reviews(connection, act, picture, child_id)
    await rewrite(connection, picture)
