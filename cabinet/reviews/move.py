"""Give source records, and what they say, from one child to another. Nothing is asked of the database."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table

from cabinet.reviews.counted import count_source, count_target
from cabinet.reviews.picture import OF_CHILDREN, Picture, Row, Slot
from cabinet.tables import (
    attendance_event,
    characteristic,
    child,
    child_alias,
    child_link,
    child_year,
    enrollment,
    match_candidate,
)
from cabinet.tables.terms import OPEN_STATUSES

_BY_OTHERS = (child, child_link, child_alias, attendance_event, match_candidate)
"""Tables whose rows go by something else than the record that says them."""

_LINKED = ("community_id", "source_record_id", "organization_id", "sector")

SAYING = [table for table in OF_CHILDREN if table not in _BY_OTHERS]


@dataclass(frozen=True)
class Leaving:
    """The records that leave a child, those that stay, and whose they are.

    `organizations` leave the child altogether, each with the sector of a record of its; `sources` may stay too.
    """

    records: frozenset[str]
    staying: frozenset[str]
    sources: frozenset[str]
    organizations: Mapping[str, str]

    @classmethod
    def of(cls, picture: Picture, records: Collection[str], child_id: str) -> "Leaving":
        links = [slot.now for slot in picture.at(child_id, child_link) if slot.now["undone_at"] is None]
        going = [link for link in links if link["source_record_id"] in records]
        staying = [link for link in links if link["source_record_id"] not in records]
        kept = {link["organization_id"] for link in staying}
        return cls(
            frozenset(link["source_record_id"] for link in going),
            frozenset(link["source_record_id"] for link in staying),
            frozenset(link["organization_id"] for link in going),
            {link["organization_id"]: link["sector"] for link in going if link["organization_id"] not in kept},
        )

    def takes(self, row: Row) -> bool:
        """Whether a row goes along: by the record that says it or else, where none does, by its organization."""
        said_of = row.get("source_record_id")
        if said_of in self.records or said_of in self.staying:
            return said_of in self.records
        return row["organization_id"] in self.organizations


def move(picture: Picture, records: Collection[str], source: str, target: str, link: Row) -> None:
    """Move these records of one child, and all they say, to the other; `link` is how and by whom it is decided."""
    leaving = Leaving.of(picture, records, source)
    before = picture.child(source).now
    for slot in picture.at(target, child_year, characteristic):
        # Of an organization with a record of either child, what it says from now on may write over this.
        slot.took_in = slot.now["organization_id"] in leaving.sources
    for slot in list(picture.at(source, *SAYING)):
        if leaving.takes(slot.now):
            settle_at(picture, slot, target)
    follow(picture, source, target)
    _relink(picture, leaving, source, target, link)
    rename(picture, leaving, source, target)
    if not leaving.staying:
        for slot in list(picture.at(source, match_candidate)):
            settle_at(picture, slot, target)
    count_target(picture, target, None if leaving.staying else before)
    count_source(picture, source)


def follow(picture: Picture, source: str, target: str) -> None:
    """Let days of attendance be the child's whose enrollment they stand under."""
    enrollments = {slot.now["enrollment_id"] for slot in picture.at(target, enrollment)}
    for slot in list(picture.at(source, attendance_event)):
        if slot.now["enrollment_id"] in enrollments:
            slot.set(child_id=target)


def settle_at(picture: Picture, slot: Slot, target: str) -> None:
    """Make a row another child's. Where that has such a row already, it takes this one in, and this goes."""
    held = twin_of(picture, slot, target)
    if held is not None:
        _fold(held, slot)
        return
    slot.set(child_id=target)
    if slot.table is enrollment and _is_open(slot.now) and _has_open(picture, slot, target):
        slot.set(is_second=True)


def put(picture: Picture, slot: Slot) -> None:
    """Add a new row, or let the row that stands in its place take it in."""
    held = twin_of(picture, slot, slot.now["child_id"])
    if held is None:
        picture.slots.append(slot)
    else:
        _fold(held, slot)


def _fold(held: Slot, slot: Slot) -> None:
    _FOLDS[slot.table].fold(held, slot.now)
    held.took_in, slot.after = True, None


def twin_of(picture: Picture, slot: Slot, target: str) -> Slot | None:
    """Return the other child's row that stands where this one would."""
    keys = _FOLDS[slot.table].keys if slot.table in _FOLDS else ()
    wanted = [slot.now[key] for key in keys]
    held = (each for each in picture.at(target, slot.table) if [each.now[key] for key in keys] == wanted)
    return next(held, None) if keys else None


def _is_open(row: Row) -> bool:
    return row["ends"] is None and row["status"] in OPEN_STATUSES and not row["is_second"]


def _has_open(picture: Picture, slot: Slot, target: str) -> bool:
    others = (each for each in picture.at(target, enrollment) if each is not slot)
    return any(_is_open(each.now) and each.now["program_id"] == slot.now["program_id"] for each in others)


def _relink(picture: Picture, leaving: Leaving, source: str, target: str, link: Row) -> None:
    for slot in list(picture.at(source, child_link)):
        if slot.now["undone_at"] is None and slot.now["source_record_id"] in leaving.records:
            made = {name: slot.now[name] for name in _LINKED}
            picture.add(child_link, {**made, **link, "child_id": target})
            slot.set(undone_by=link["decided_by"], undone_at=link["decided_at"])


def rename(picture: Picture, leaving: Leaving, source: str, target: str) -> None:
    """Let what the leaving organizations called the child by mean the other from now on."""
    known = {(slot.now["organization_id"], slot.now["former_id"]): slot for slot in picture.of(child_alias)}
    for (organization, former), slot in known.items():
        if organization in leaving.organizations and former == target:
            slot.after = None
        elif organization in leaving.organizations and slot.now["child_id"] == source:
            slot.set(child_id=target)
    for organization, sector in leaving.organizations.items():
        if (organization, source) in known and known[organization, source].after is not None:
            known[organization, source].set(child_id=target)
        else:
            picture.add(child_alias, _alias(picture, source, target, organization, sector))


def _alias(picture: Picture, source: str, target: str, organization: str, sector: str) -> Row:
    here = picture.child(source).now
    who = {"organization_id": organization, "sector": sector}
    return {"community_id": here["community_id"], **who, "former_id": source, "child_id": target}


@dataclass(frozen=True)
class _Fold:
    """Which columns make two rows of different children one, and how the one takes in the other."""

    keys: tuple[str, ...]
    fold: Callable[[Slot, Row], None]


def _fold_year(held: Slot, given: Row) -> None:
    """Add grade, school and neighborhood that are not known; who is there by one of the two has not left."""
    facts = ("grade", "school_id", "neighborhood_id")
    added: dict[str, Any] = {name: given[name] for name in facts if held.now[name] is None}
    later = max(held.now, given, key=lambda row: (row["ends"] is None, row["ends"] or ""))
    held.set(**added, ends=later["ends"], exit_reason=later["exit_reason"])


def _keep(_: Slot, __: Row) -> None:
    """Leave what is there: it says the same, or was said of the child that stays."""


_FOLDS = {
    child_year: _Fold(("organization_id", "school_year"), _fold_year),
    characteristic: _Fold(("organization_id", "kind", "begins"), _keep),
    match_candidate: _Fold(("match_review_id",), _keep),
}


def can_be_twins(table: Table) -> bool:
    """Whether a child has at most one row of this table for what it is about."""
    return table in _FOLDS
