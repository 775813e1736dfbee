"""Second step: which child is each row about? Ask what is known, then let linkage decide."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID, uuid4

from cabinet.db import Connection
from cabinet.errors import ChildAmbiguous, ChildUnknown, IdentityIncomplete
from cabinet.intake.child_facts import Identity
from cabinet.intake.known import read_known
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import ChildRow
from cabinet.intake.source import Source
from cabinet.intake.validate import Item
from cabinet.linkage import Known, Person, answer, name_key
from cabinet.linkage.doubt import Candidate, doubt_about
from cabinet.linkage.weighed import Weighed
from cabinet.pauses import in_turns
from cabinet.tables.terms import LinkMethod, ReviewReason, Sex

DERIVED = "identity:"
# By the key itself, where no client with references of its own asks.
OWN_BY_REFERENCE = """
SELECT child_id, app_reference(child_id, padded_key) AS ref, false AS is_former
FROM child CROSS JOIN unnest(coalesce(app_references(), ARRAY[NULL])) AS padded_key
WHERE community_id = $1 AND organization_ids @> ARRAY[$2::uuid]
UNION ALL
-- What it called a child by before the child was joined with another, or parted, goes on meaning its client.
SELECT child_id, app_reference(former_id, padded_key), true
FROM child_alias CROSS JOIN unnest(coalesce(app_references(), ARRAY[NULL])) AS padded_key
WHERE community_id = $1 AND organization_id = $2
"""
_REFERRED = f"SELECT ref, child_id FROM ({OWN_BY_REFERENCE}) AS own WHERE ref = ANY ($3) ORDER BY is_former DESC"

_Named: TypeAlias = tuple[Item, Person, Identity | None]


@dataclass
class Placed:
    """A row whose child is known by now; `is_linked` if its source record was tied to the child before.

    `source_record_id` is the record that says it, once that is written: where the record goes, the row goes.
    """

    item: Item
    child_id: UUID
    method: LinkMethod
    person: Person | None = None
    identity: Identity | None = None
    is_linked: bool = False
    source_record_id: UUID | None = None
    weighed: Weighed | None = None
    """What the community's model says, of a child that no exact rule knows."""

    @property
    def record_id(self) -> str:
        return self.person.record_id if self.person is not None else ""


@dataclass(frozen=True)
class Doubt:
    """A row that a person has to look at, what may be its child, and where it is placed meanwhile, if it is."""

    item: Item
    reason: ReviewReason
    candidates: Sequence[Candidate]
    placed: Placed | None = None


@dataclass
class Placing:
    """The rows of a batch, by what could be decided about their child."""

    known: Known = field(default_factory=Known)
    placed: list[Placed] = field(default_factory=list)
    for_review: list[Doubt] = field(default_factory=list)


class Settled(NamedTuple):
    """A row that brings no news, who it says its child is, and which child its record is tied to."""

    item: Item
    person: Person
    child_id: UUID


async def place(
    connection: Connection, source: Source, items: Sequence[Item], settled: Sequence[Settled] = ()
) -> Placing:
    """Find or make the child of every row that is still open.

    Rows of the batch that were settled before say, too, who a child is, to the rows that follow them.
    """
    open_items = [item for item in items if item.outcome.is_open]
    by_ref = [item for item in open_items if _ref(item.row) is not None]
    placing = Placing()
    await _place_by_ref(connection, source, by_ref, placing)
    named = [(item, *described(item.row)) for item in open_items if _ref(item.row) is None]
    persons = [person for _, person, _ in named]
    known = placing.known = await read_known(connection, source, persons)
    linked_before = frozenset(known.links)
    has_new = not linked_before.issuperset(person.record_id for person in persons)
    in_order = _with_settled(known, named, settled) if has_new else named
    await in_turns(_place_persons(known, placing, in_order))
    for each in placing.placed:
        each.is_linked = each.person is None or each.record_id in linked_before
    return placing


async def _place_by_ref(connection: Connection, source: Source, items: Sequence[Item], placing: Placing) -> None:
    refs = [_ref(item.row) for item in items]
    asked = source.community_id, source.organization_id, refs
    rows = await connection.fetch(_REFERRED, *asked) if refs else []
    own = {row["ref"]: row["child_id"] for row in rows}
    for item in items:
        if item.row.child.ref in own:
            placing.placed.append(Placed(item, own[item.row.child.ref], LinkMethod.IDENTIFIER))
        else:
            item.outcome.reject(ChildUnknown(), "child", "ref")


def _with_settled(known: Known, named: Sequence[_Named], settled: Sequence[Settled]) -> Iterable[_Named]:
    """Yield the rows, and before each remember the settled ones that stand before it."""
    before = iter([*settled, None])
    next_ = next(before)
    for each in named:
        while next_ is not None and next_.item.outcome.index < each[0].outcome.index:
            known.learn(next_.child_id, next_.person)
            known.links[next_.person.record_id] = next_.child_id
            next_ = next(before)
        yield each


def _place_persons(known: Known, placing: Placing, named: Iterable[_Named]) -> Iterator[Item]:
    for item, person, identity in named:
        _place_person(known, placing, item, person, identity)
        yield item


def _place_person(known: Known, placing: Placing, item: Item, person: Person, identity: Identity | None) -> None:
    is_linked = person.record_id in known.links
    if identity is None and not is_linked:
        item.outcome.reject(ChildUnknown(), "child", "source_id")
        return
    if identity is not None and not identity.is_complete and not is_linked:
        item.outcome.reject(
            IdentityIncomplete("This is a child we do not know from you yet."), "child", "identity"
        )
        return
    if identity is not None and is_nameless(person, item):
        item.outcome.reject(IdentityIncomplete("The name has no letters to know a child by."), "child", "identity")
        return
    found = answer(known, person)
    if found.waits:
        placing.for_review.append(Doubt(item, *doubt_about(known.words, person, found.doubts)))
        item.outcome.verdict = Verdict.NEEDS_REVIEW
        item.outcome.note(ChildAmbiguous())
        return
    child_id = found.child_id or uuid4()
    known.learn(child_id, person)
    known.links[person.record_id] = child_id
    placed = Placed(item, child_id, found.method, person, identity)
    placing.placed.append(placed)
    if found.doubts:
        placing.for_review.append(Doubt(item, *doubt_about(known.words, person, found.doubts), placed))


def is_nameless(person: Person, item: Item) -> bool:
    """Whether nothing but a name tells who this is, and the name says nothing."""
    by_name_alone = not person.identifiers and person.record_id.startswith(DERIVED)
    return by_name_alone and person.name_key is None and type(item.row) is not ChildRow


def _ref(row: Any) -> UUID | None:
    return None if type(row) is ChildRow else row.child.ref


def described(row: Any) -> tuple[Person, Identity | None]:
    """Return who the row is about, as compared and as said."""
    if type(row) is ChildRow:
        return _person(row.record_id, row.identity), row.identity
    identity: Identity | None = row.child.identity
    if identity is None:
        return Person(row.child.source_id), None
    return _person(row.child.source_id, identity), identity


def _person(record_id: str | None, identity: Identity) -> Person:
    key = name_key(identity.given_name, identity.family_name)
    named = record_id or _derived_id(key, identity)
    return Person(named, key, identity.birth_date, identity.sex, identity.identifiers)


def _derived_id(key: str | None, identity: Identity) -> str:
    """Name a child that its source does not number, so that the same words mean the same record again."""
    identifiers = sorted(identity.identifiers.items())
    said = f"({key!r}, {_written(identity.birth_date)}, {_written(identity.sex)}, {identifiers!r})"
    return DERIVED + hashlib.sha256(said.encode()).hexdigest()[:32]


@lru_cache(maxsize=10_000)
def _written(said: date | Sex | None) -> str:
    """Write what many children have in common, as a tuple of it was once written for the first ids."""
    return repr(said)
