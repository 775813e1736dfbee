from collections.abc import Sequence
from uuid import UUID

from strawberry import ID

from cabinet import tables
from cabinet.errors import InputInvalid, NotFound
from cabinet.read.rows import decode_id, decode_key, decode_of
from cabinet.reviews.decision import Decision, read_decision
from cabinet.reviews.queue import Queue, Said, read_child_records, read_queue
from cabinet.reviews.steward import Steward
from cabinet.tables.terms import ReviewState
from resolvers.context import Ask


async def match_reviews(info: Ask, community: ID, first: int, after: ID | None, state: ReviewState) -> Queue:
    ask = info.context
    ask.check_page(first)
    found = await ask.find_community(str(community))
    last = decode_key(after, tables.match_review, found.community_id) if after is not None else None
    return await read_queue(ask.database, ask.viewer, found, state, first, last)


async def child_records(info: Ask, child: ID) -> tuple[UUID, Sequence[Said]]:
    ask, (community_id, key) = info.context, decode_of(child, tables.child)
    found = await ask.find_community(str(community_id))
    return community_id, await read_child_records(ask.database, ask.viewer, found, key)


async def decide_match(info: Ask, review: ID, child: ID | None, note: str | None, *, new_child: bool) -> Decision:
    if (child is None) is not new_child:
        raise InputInvalid("Say which child it is, or that it is a new one, and not both.")
    community_id, key = decode_of(review, tables.match_review)
    chosen = decode_key(child, tables.child, community_id) if child is not None else None
    steward = await _steward(info, community_id)
    return await _read(info, community_id, await steward.decide(key, chosen, note))


async def merge_children(info: Ask, keep: ID, other: ID, note: str | None) -> Decision:
    community_id, kept = decode_of(keep, tables.child)
    steward = await _steward(info, community_id)
    decision = await steward.merge(kept, decode_key(other, tables.child, community_id), note)
    return await _read(info, community_id, decision)


async def split_child(info: Ask, child: ID, source_records: Sequence[ID], note: str | None) -> Decision:
    community_id, key = decode_of(child, tables.child)
    records = [decode_key(record, tables.source_record, community_id) for record in source_records]
    steward = await _steward(info, community_id)
    return await _read(info, community_id, await steward.split(key, records, note))


async def undo_match(info: Ask, id: ID, note: str | None) -> Decision:  # noqa: A002 - the API's word for it.
    table, community_id, key = decode_id(str(id))
    steward = await _steward(info, community_id)
    if table is tables.match_decision:
        return await _read(info, community_id, await steward.undo(key))
    if table is tables.child_link:
        return await _read(info, community_id, await steward.undo_link(key, note))
    raise NotFound("This id is neither a decision's nor a link's.")


async def _steward(info: Ask, community_id: UUID) -> Steward:
    ask = info.context
    return Steward.of(ask.database, ask.viewer, await ask.find_community(str(community_id)))


async def _read(info: Ask, community_id: UUID, decision: UUID) -> Decision:
    return await read_decision(info.context.database, community_id, decision)
