"""Take a decision back: each row as it was before, but for what was said since. Nothing is asked of the database.

What nobody touched since is restored to the letter. Of a row that was corrected since, the columns that were not
corrected are. What arrived since goes with the record that said it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from cabinet.reviews.counted import add_holders
from cabinet.reviews.move import SAYING, Leaving, can_be_twins, follow, put, rename, settle_at, twin_of
from cabinet.reviews.picture import STORED, Picture, Row, Slot, key_of
from cabinet.tables import child, child_alias, child_link, match_candidate, match_review

_HOLDERS = ("sectors", "organization_ids")


@dataclass(frozen=True)
class Entry:
    """A row that the decision changed. Without `before` the decision made it, without `after` it took it away."""

    table: Table
    before: Row | None
    after: Row | None


def take_back(picture: Picture, journal: Sequence[Entry], source: str | None, target: str) -> None:
    """Turn the rows as they stand into those to be restored; records had gone from `source` to `target`."""
    given = {link["source_record_id"] for each in journal if (link := made_link(each, target))}
    leaving = Leaving.of(picture, given, target)
    made = [each for each in journal if each.before is None]
    known = {(slot.table, key_of(slot.table, slot.now)): slot for slot in picture.of(*STORED)}
    # What was folded into another row has its words back before that row loses them.
    for entry in sorted(journal, key=lambda each: each.after is not None):
        if entry.after is None and entry.before is not None:
            _bring_back(picture, journal, entry, leaving)
        elif entry.before is not None and entry.after is not None:
            slot = known.get((entry.table, key_of(entry.table, entry.after)))
            if slot is not None:
                _restore(picture, slot, entry, leaving, source)
    for entry in made:
        slot = known.get((entry.table, key_of(entry.table, entry.after or {})))
        if slot is not None and slot.before == entry.after and entry.table is not child:
            slot.after = None
    if source is not None:
        _send_after(picture, journal, leaving, source, target)
    for child_id in filter(None, (source, target)):
        add_holders(picture, child_id, dict.fromkeys(_HOLDERS, ()))
    _take_away(picture, made, target)


def is_untouched(picture: Picture, journal: Sequence[Entry], records: Collection[str]) -> bool:
    """Whether all that the decision made is as it made it, and nothing has been said by these records since."""
    left = {(e.table, key_of(e.table, e.after)): e for e in journal if e.after is not None}
    known = {(slot.table, key_of(slot.table, slot.now)): slot.now for slot in picture.of(*STORED)}
    made = {key: e.after for key, e in left.items() if e.before is None and e.table is not child}
    said = {key: row for key, row in known.items() if row.get("source_record_id") in records}
    since = [key for key, row in said.items() if key not in left or left[key].after != row]
    return not since and all(known.get(key) == row for key, row in made.items())


def made_link(entry: Entry, target: UUID | str) -> Row | None:
    """Return the link to the target that the decision made, if this is one."""
    link = entry.after if entry.table is child_link and entry.before is None else None
    return link if link is not None and link["child_id"] == str(target) else None


def _bring_back(picture: Picture, journal: Sequence[Entry], entry: Entry, leaving: Leaving) -> None:
    """Make a row anew that was folded into another, with what its record has corrected since."""
    row = dict(entry.before or {})
    lost = Slot(entry.table, None, row)
    for other in journal if can_be_twins(entry.table) else ():
        held = _held_by(picture, lost, other)
        if held is not None and other.after and other.before and _is_said_by(held.now, leaving):
            row.update(_since(held.now, other.after))
            held.after = {**held.now, **{k: other.before.get(k) for k in _since(held.now, other.after)}}
    put(picture, Slot(entry.table, None, {**row, "child_id": (entry.before or {})["child_id"]}))


def _held_by(picture: Picture, lost: Slot, other: Entry) -> Slot | None:
    if other.table is not lost.table or other.after is None:
        return None
    held = twin_of(picture, lost, other.after["child_id"])
    return held if held is not None and key_of(held.table, held.now) == key_of(other.table, other.after) else None


def _is_said_by(row: Row, leaving: Leaving) -> bool:
    return row.get("source_record_id") in leaving.records


def _is_written_over(slot: Slot, after: Row, leaving: Leaving) -> bool:
    """Whether a record that goes has put its words since where another's had been."""
    return can_be_twins(slot.table) and slot.now != after and _is_said_by(slot.now, leaving)


def _since(now: Row, after: Row) -> Row:
    """Return the columns that were changed since."""
    return {name: value for name, value in now.items() if value != after.get(name)}


def _restore(picture: Picture, slot: Slot, entry: Entry, leaving: Leaving, source: str | None) -> None:
    before, after = entry.before or {}, entry.after or {}
    if slot.now.get("child_id") != after.get("child_id"):
        # Somebody has corrected since whose it is.
        return
    has_moved = before.get("child_id") != after.get("child_id")
    if source is not None and not has_moved and _is_written_over(slot, after, leaving):
        own = slot.table.info["key"]
        said = {name: value for name, value in slot.now.items() if name != own}
        put(picture, Slot(slot.table, None, {**said, "child_id": source}))
        slot.after = before
        return
    is_said = slot.table in SAYING and slot.table is not match_review
    if has_moved and is_said and slot.now["source_record_id"] in leaving.staying:
        return
    row = {name: before.get(name) if value == after.get(name) else value for name, value in slot.now.items()}
    if slot.table is child:
        row.update({name: before[name] for name in _HOLDERS})
    slot.after = row if not has_moved else {**row, "child_id": after["child_id"]}
    if has_moved:
        settle_at(picture, slot, before["child_id"])


def _send_after(picture: Picture, journal: Sequence[Entry], leaving: Leaving, source: str, target: str) -> None:
    """Let what arrived since go with the record that said it."""
    told = {(e.table, key_of(e.table, e.after)) for e in journal if e.after is not None}
    for slot in list(picture.at(target, *SAYING)):
        if (slot.table, key_of(slot.table, slot.now)) not in told and leaving.takes(slot.now):
            settle_at(picture, slot, source)
    follow(picture, target, source)
    follow(picture, source, target)
    rename(picture, leaving, target, source)


def _take_away(picture: Picture, made: Sequence[Entry], target: str) -> None:
    """Take a child that the decision made away again, if nothing is about it any more."""
    is_new = any(entry.table is child and entry.after and entry.after["child_id"] == target for entry in made)
    others: list[Any] = [slot for slot in picture.at(target) if slot.table is not child]
    if is_new and all(slot.table in (child_alias, match_candidate) for slot in others):
        for slot in (*others, picture.child(target)):
            slot.after = None
