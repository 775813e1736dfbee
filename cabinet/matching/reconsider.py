"""Links that another version of the model made, looked at again by the one in use.

A child falls into parts where nothing ties them any more: no person joined them, no exact rule does, and the model
in use would not link a record of the one with a record of the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from uuid import UUID, uuid4

import numpy as np

from cabinet.linkage.decide import Outcome
from cabinet.linkage.features import Features
from cabinet.linkage.models import InUse
from cabinet.linkage.proposals import Member
from cabinet.linkage.whole import Whole, weigh_these
from cabinet.matching.earlier import Earlier, Link
from cabinet.matching.members import Sourced
from cabinet.tables.terms import LinkMethod

_FOUND = (LinkMethod.IDENTIFIER, LinkMethod.EXACT_IDENTITY)


@dataclass(frozen=True)
class Parting:
    """Records of a child that the model in use would not link with its others.

    `others` stay with the child when those that are parted before them have gone. `score` and `version` are the
    surest that another version said of them, `probability` the most that this one says. Until they are parted,
    `apart` stands for the child that they will be.
    """

    child_id: UUID
    records: frozenset[UUID]
    others: frozenset[UUID]
    score: float
    version: int
    probability: float
    apart: UUID = field(default_factory=uuid4)


def reconsider(model: InUse, found: Sourced, whole: Whole, earlier: Earlier) -> list[Parting]:
    """Return what has to be parted of the children that another version's links hold together."""
    of_child: defaultdict[UUID, list[Link]] = defaultdict(list)
    for link in earlier.links:
        of_child[link.child_id].append(link)
    members = found.members
    place_of = {each.source_record_id: place for place, each in enumerate(members)}
    ties = _Ties()
    for links in of_child.values():
        present = [members[place_of[link.record]] for link in links if link.record in place_of]
        _tie_by_others(ties, links, present, earlier)
    likely = _tie_by_model(ties, whole, members, of_child, model.version)
    _tie_unseen(ties, model, found, of_child, place_of, likely)
    return [
        parting for child, links in of_child.items() for parting in _partings(ties, child, links, place_of, likely)
    ]


class _Ties:
    """Which records hang together."""

    def __init__(self) -> None:
        self._above: dict[UUID, UUID] = {}

    def root(self, record: UUID) -> UUID:
        while (above := self._above.get(record, record)) != record:
            self._above[record] = self._above.get(above, above)
            record = above
        return record

    def tie(self, one: UUID, other: UUID) -> None:
        self._above[self.root(one)] = self.root(other)

    def all(self, records: Iterable[UUID]) -> None:
        for one, other in pairwise(records):
            self.tie(one, other)


def _tie_by_others(ties: _Ties, links: Sequence[Link], present: Sequence[Member], earlier: Earlier) -> None:
    """Tie what is one child's by anybody's word but the model's: its source's, a person's, an exact rule's."""
    of_source: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        of_source[link.organization_id].append(link.record)
        ties.all([link.record, *earlier.same.get(link.record, ())])
    for records in of_source.values():
        ties.all(records)
    exact = [pair for pair in combinations(present, 2) if _is_exact(pair[0].features, pair[1].features)]
    for one, other in exact:
        ties.tie(one.source_record_id, other.source_record_id)
    plain = {each.source_record_id for pair in exact for each in pair}
    # By an exact rule that would tie it to another record today, a record is tied to that one alone.
    held: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for link in links:
        for child, method in earlier.held.get(link.record, ()):
            if method not in _FOUND or link.record not in plain:
                held[child].append(link.record)
    for records in held.values():
        ties.all(records)


def _is_exact(one: Features, other: Features) -> bool:
    """Whether the exact rules would tie them: by an identifier, or by name, birth date and sex."""
    if not set(one.ids).isdisjoint(other.ids):
        return True
    named = [(each.given, each.family, each.birth, each.sex) for each in (one, other)]
    return None not in named[0] and named[0] == named[1] and set(one.systems).isdisjoint(other.systems)


def _tie_by_model(
    ties: _Ties,
    whole: Whole,
    members: Sequence[Member],
    of_child: Mapping[UUID, Sequence[Link]],
    version: int,
) -> dict[tuple[int, int], float]:
    """Tie what this model links, or has linked; return how likely each pair of one child is that it looked at."""
    number = {child: place for place, child in enumerate(of_child)}
    child = np.array([number.get(each.child_id, -1 - place) for place, each in enumerate(members)], dtype=np.int64)
    left, right = whole.pairs.left, whole.pairs.right
    likely: dict[tuple[int, int], float] = {}
    closest: dict[UUID, tuple[float, UUID]] = {}
    for pair in np.flatnonzero(child[left] == child[right]).tolist():
        sides = int(left[pair]), int(right[pair])
        one, other = (members[side].source_record_id for side in sides)
        likely[sides] = probability = float(whole.probabilities[pair])
        if whole.outcomes[pair] is Outcome.LINK:
            ties.tie(one, other)
        for record, beside in ((one, other), (other, one)):
            closest[record] = max(closest.get(record, (0.0, beside)), (probability, beside))
    for link in (each for links in of_child.values() for each in links):
        if link.version == version and link.record in closest:
            ties.tie(link.record, closest[link.record][1])
    return likely


def _tie_unseen(
    ties: _Ties,
    model: InUse,
    found: Sourced,
    of_child: Mapping[UUID, Sequence[Link]],
    place_of: Mapping[UUID, int],
    likely: dict[tuple[int, int], float],
) -> None:
    """Look at the pairs that no key led to, of what is not tied yet; add how likely they are.

    A key may have become too common since. So these are parted only where the model rejects them altogether.
    """
    chosen = [
        pair
        for links in of_child.values()
        for pair in _pairs(links, place_of)
        if pair not in likely and ties.root(found.record(pair[0])) != ties.root(found.record(pair[1]))
    ]
    if not chosen:
        return
    probabilities, outcomes = weigh_these(model.model, found.features, chosen)
    for pair, probability, outcome in zip(chosen, probabilities.tolist(), outcomes, strict=True):
        likely[pair] = probability
        if outcome is not Outcome.SEPARATE:
            ties.tie(found.record(pair[0]), found.record(pair[1]))


def _pairs(links: Sequence[Link], place_of: Mapping[UUID, int]) -> Iterator[tuple[int, int]]:
    return combinations(sorted(place_of[link.record] for link in links if link.record in place_of), 2)


def _partings(
    ties: _Ties,
    child: UUID,
    links: Sequence[Link],
    place_of: Mapping[UUID, int],
    likely: Mapping[tuple[int, int], float],
) -> Iterator[Parting]:
    """Yield the parts of a child but the first: the record that was there first keeps the child."""
    parts: defaultdict[UUID, list[Link]] = defaultdict(list)
    for link in sorted(links, key=lambda each: each.record):
        parts[ties.root(link.record)].append(link)
    left = frozenset(link.record for link in links)
    made = [link for link in links if link.method is LinkMethod.PROBABILISTIC]
    for part in list(parts.values())[1:]:
        records = frozenset(link.record for link in part)
        said = max((each for each in part if each in made), default=max(made, key=_sure), key=_sure)
        beside = (pair for pair in _pairs(links, place_of) if _is_across(pair, records, place_of))
        probability = max((likely.get(pair, 0.0) for pair in beside), default=0.0)
        left -= records
        yield Parting(child, records, left, said.score, said.version or 0, probability)


def _sure(link: Link) -> float:
    return link.score


def _is_across(pair: tuple[int, int], records: frozenset[UUID], place_of: Mapping[UUID, int]) -> bool:
    inside = {place_of[record] for record in records if record in place_of}
    return (pair[0] in inside) != (pair[1] in inside)
