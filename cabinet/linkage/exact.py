"""Exact linkage: by shared identifiers, and by name, birth date and sex.

A record is tied to a child when
1. the same source has said so before, or
2. an identifier they share is equal, and name or birth date does not contradict it altogether, or
3. name, birth date and (known) sex are equal, and no identifier is different: that would be a namesake.
More than one such child, or an equal identifier of nobody but of who has another name and birth date, is for a
person to decide. What a source is answered follows from its own words alone (decision 41).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from cabinet.tables.terms import LinkMethod, Sex

IdentityKey = tuple[str, date, str]
Identifier = tuple[str, str]


@dataclass(frozen=True)
class Person:
    """What a row says of who the child is, as compared."""

    record_id: str
    name_key: str | None = None
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    identifiers: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity_key(self) -> IdentityKey | None:
        """Name, birth date and sex; None unless all three are known."""
        if self.name_key is None or self.birth_date is None or self.sex is Sex.UNKNOWN:
            return None
        return (self.name_key, self.birth_date, self.sex.value)


@dataclass(frozen=True)
class Match:
    """The child a person was tied to, and how; or the children it might be, for a person to decide."""

    child_id: UUID | None
    method: LinkMethod
    candidates: frozenset[UUID] = frozenset()

    @property
    def is_ambiguous(self) -> bool:
        return bool(self.candidates)


@dataclass
class Words:
    """What is said of the children a batch may be about; grows as the batch is worked through."""

    by_identifier: defaultdict[Identifier, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    by_identity: defaultdict[IdentityKey, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    holders: defaultdict[str, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    """Who has an identifier of a system, whichever."""
    names: defaultdict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))
    birth_dates: defaultdict[UUID, set[date]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, child_id: UUID, person: Person) -> None:
        """Remember that this person is this child, for the rows that follow."""
        for identifier in person.identifiers.items():
            self.by_identifier[identifier].add(child_id)
            self.holders[identifier[0]].add(child_id)
        key = person.identity_key
        if key is not None:
            self.by_identity[key].add(child_id)
        if person.name_key is not None:
            self.names[child_id].add(person.name_key)
        if person.birth_date is not None:
            self.birth_dates[child_id].add(person.birth_date)


@dataclass
class Known:
    """What is known of the children a batch may be about, to a source and to everybody.

    `records` are the keys of the source's records that are written, by their ids there, `links` whose they are,
    `children` those it has a record of.
    """

    records: dict[str, UUID] = field(default_factory=dict)
    links: dict[str, UUID] = field(default_factory=dict)
    children: set[UUID] = field(default_factory=set)
    words: Words = field(default_factory=Words)
    own: Words = field(default_factory=Words)
    """What the source itself said: only of that may an answer to it speak."""

    def learn(self, child_id: UUID, person: Person) -> None:
        """Remember what the source says of a child, for the rows that follow."""
        self.words.learn(child_id, person)
        self.own.learn(child_id, person)
        self.children.add(child_id)


@dataclass(frozen=True)
class Answer:
    """Whose a record is as far as its source is told, and the children a person has to look at.

    Without a child it is a new one's, or waits.
    """

    child_id: UUID | None
    method: LinkMethod
    doubts: frozenset[UUID] = frozenset()
    waits: bool = False


def answer(known: Known, person: Person) -> Answer:
    """Decide which child a person is, so that a source learns nothing of what others said.

    Where its own words tell, they decide, and what others said beside them is for a person to look at. Where they
    do not, others' words may tie it to a child that is new to the source. Tied to one that the source knows, it
    would tell that somebody knows both.
    """
    linked = known.links.get(person.record_id)
    if linked is not None:
        return Answer(linked, LinkMethod.IDENTIFIER)
    own, found = match(known.own, person), match(known.words, person)
    meant = found.candidates if found.child_id is None else frozenset({found.child_id})
    if own.is_ambiguous:
        return Answer(None, own.method, own.candidates | meant, waits=True)
    if own.child_id is not None:
        return Answer(own.child_id, own.method, meant - {own.child_id})
    if found.is_ambiguous or found.child_id in known.children:
        return Answer(None, found.method, meant)
    return Answer(found.child_id, found.method)


def match(known: Words, person: Person) -> Match:
    """Decide which known child a person is; a Match without child and candidates is a new child."""
    named = _union(known.by_identifier.get(item, ()) for item in person.identifiers.items())
    if named:
        sound = {child for child in named if not contradicts_identity(known, child, person)}
        return _decide(sound, named, LinkMethod.IDENTIFIER)
    key = person.identity_key
    alike = known.by_identity.get(key, set()) if key else set()
    # None has an identifier of the person's. Who has another one of the same system is a namesake; there may be
    # thousands of them, where a source writes something else in the place of names.
    sound = alike.difference(*(known.holders.get(system, set()) for system in person.identifiers))
    return _decide(sound, sound, LinkMethod.EXACT_IDENTITY)


def _decide(sound: set[UUID], candidates: set[UUID], method: LinkMethod) -> Match:
    if not candidates:
        return Match(None, LinkMethod.NEW_CHILD)
    if len(sound) == 1:
        return Match(next(iter(sound)), method)
    return Match(None, method, frozenset(candidates))


def contradicts_identity(known: Words, child: UUID, person: Person) -> bool:
    """Whether neither name nor birth date agrees: then the identifier was probably mistyped."""
    names, birth_dates = known.names.get(child), known.birth_dates.get(child)
    other_name = bool(names and person.name_key and person.name_key not in names)
    other_birth = bool(birth_dates and person.birth_date and person.birth_date not in birth_dates)
    return other_name and other_birth


def _union(sets: Iterable[Iterable[UUID]]) -> set[UUID]:
    return {child for members in sets for child in members}
