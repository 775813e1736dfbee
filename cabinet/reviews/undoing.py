"""Undo a decision in an open transaction, exactly, but for what was said since."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table

from cabinet.db import Connection
from cabinet.errors import MatchOvertaken, MatchUndone, NotFound
from cabinet.linkage.models import BY_MODEL
from cabinet.linkage.settled import settle
from cabinet.read.rows import encode_id
from cabinet.reviews.act import nobody, records_of
from cabinet.reviews.changes import log_moves
from cabinet.reviews.locks import lock_children
from cabinet.reviews.move import move
from cabinet.reviews.picture import Picture, Row, take
from cabinet.reviews.rewrite import rewrite
from cabinet.reviews.undo import Entry, is_untouched, made_link, take_back
from cabinet.tables import child, child_link, match_decision, match_review, metadata, source_record
from cabinet.tables.terms import LinkMethod, MatchAct, ReviewState

_DECISION = """
SELECT match_decision_id, act, match_review_id, child_id, other_child_id, decided_by, undone_at FROM match_decision
WHERE community_id = $1 AND match_decision_id = $2
"""
_LATER = """
SELECT match_decision_id FROM match_decision
WHERE community_id = $1 AND match_decision_id > $2 AND undone_at IS NULL
  AND (child_id = ANY ($3) OR other_child_id = ANY ($3) OR match_review_id = $4)
ORDER BY match_decision_id DESC LIMIT 1
"""
_JOURNAL = """
SELECT entity, before, after FROM match_journal WHERE community_id = $1 AND match_decision_id = $2 ORDER BY number
"""
_UNDONE = """
UPDATE match_decision SET undone_by = $3, undone_at = now()
WHERE community_id = $1 AND match_decision_id = $2 RETURNING match_decision_id
"""


async def undo(connection: Connection, community_id: UUID, decision: UUID, undone_by: str) -> None:
    """Undo a decision. Raises NotFound, MatchUndone, and MatchOvertaken while a later one stands on it."""
    found = await connection.fetchrow(_DECISION, community_id, decision)
    if found is None:
        raise NotFound
    journal = await _journal(connection, community_id, decision)
    children = sorted({found["child_id"], *(key for entry in journal for key in _children_of(entry))})
    reviews = [found["match_review_id"]] if found["match_review_id"] else []
    await lock_children(connection, community_id, children, reviews)
    await _check(connection, community_id, decision, children)
    picture = await take(connection, community_id, children, reviews)
    _turn_back(picture, journal, found, undone_by)
    await rewrite(connection, picture)
    await log_moves(connection, community_id, picture)
    await connection.execute(_UNDONE, community_id, decision, undone_by)
    if found["decided_by"] == BY_MODEL:
        await _settle(connection, community_id, picture, journal, found)


async def _settle(
    connection: Connection,
    community_id: UUID,
    picture: Picture,
    journal: Sequence[Entry],
    found: Mapping[str, Any],
) -> None:
    """Keep what a person said who took a decision of the model back: the next run would decide the same again."""
    moved = {UUID(link["source_record_id"]) for each in journal if (link := made_link(each, found["child_id"]))}
    is_same = found["act"] == MatchAct.SPLIT
    staying = records_of(picture, found["other_child_id"] if is_same else found["child_id"])
    pairs = [(one, other) for one in moved for other in staying if other not in moved]
    await settle(connection, community_id, found["match_decision_id"], pairs, is_same=is_same)


async def _check(connection: Connection, community_id: UUID, decision: UUID, children: Sequence[UUID]) -> None:
    """Look again, now that nobody else decides of the children."""
    found = await connection.fetchrow(_DECISION, community_id, decision)
    if found["undone_at"] is not None:
        raise MatchUndone
    later = await connection.fetchval(_LATER, community_id, decision, children, found["match_review_id"])
    if later is not None:
        raise MatchOvertaken(decision=encode_id(match_decision, community_id, later))


async def _journal(connection: Connection, community_id: UUID, decision: UUID) -> list[Entry]:
    rows = await connection.fetch(_JOURNAL, community_id, decision)
    return [_entry(metadata.tables[row["entity"]], row["before"], row["after"]) for row in rows]


def _entry(table: Table, before: Row | None, after: Row | None) -> Entry:
    """Return what the journal holds, without columns that the table has no more."""
    known = set(table.c.keys())
    return Entry(
        table,
        None if before is None else {name: value for name, value in before.items() if name in known},
        None if after is None else {name: value for name, value in after.items() if name in known},
    )


def _children_of(entry: Entry) -> list[UUID]:
    rows = [row for row in (entry.before, entry.after) if row is not None]
    return [UUID(row["child_id"]) for row in rows if row.get("child_id")]


def _turn_back(picture: Picture, journal: Sequence[Entry], decision: Mapping[str, Any], undone_by: str) -> None:
    target, source = str(decision["child_id"]), decision["other_child_id"]
    taken_in = {
        entry.after["source_record_id"]
        for entry in journal
        if entry.table in (source_record, child_link) and entry.before is None and entry.after
    }
    if source is not None or is_untouched(picture, journal, taken_in):
        take_back(picture, journal, str(source) if source else None, target)
        return
    if taken_in and not any(entry.table is child and entry.before is None for entry in journal):
        _set_apart(picture, taken_in, target, undone_by)
    # A row has been corrected since: it cannot wait any more, and counts while its review is open again.
    answered = [entry.after for entry in journal if entry.table is match_review and entry.after]
    closed = {(after["match_review_id"], after["decided_at"]) for after in answered}
    for slot in picture.of(match_review):
        if (slot.now["match_review_id"], slot.now["decided_at"]) in closed:
            slot.set(state=ReviewState.OPEN.value, decided_by=None, decided_at=None)


def _set_apart(picture: Picture, records: set[str], child_id: str, undone_by: str) -> None:
    """Make a child of a record that has said more since its row was taken in."""
    target, here = uuid4(), picture.child(child_id).now
    picture.add(child, nobody(here["community_id"], target))
    links = (slot.now for slot in picture.at(child_id, child_link))
    standing = next(row for row in links if row["source_record_id"] in records)
    link = {"method": LinkMethod.MANUAL.value, "score": 1.0, "decided_by": undone_by}
    move(picture, records, child_id, str(target), {**link, "decided_at": standing["decided_at"]})
