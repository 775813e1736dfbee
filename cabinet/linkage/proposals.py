"""What follows from all pairs for a community's children: who is one child, and where a person has to look."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cabinet.linkage.comparisons import IDENTIFIERS
from cabinet.linkage.decide import Outcome
from cabinet.linkage.features import Features
from cabinet.linkage.whole import Settled, Whole

SAME_SOURCE = "One source has a record of each: it may hold this child twice, or know two children."
CONTRADICTED = "Other records of theirs have different identifiers of one kind."


@dataclass(frozen=True, slots=True)
class Member:
    """What one source says of one child: of several records the fullest."""

    source_record_id: UUID
    organization_id: UUID
    sector: str
    child_id: UUID
    score: float
    """How sure the tie is."""
    features: Features


@dataclass(frozen=True)
class Proposal:
    """Two records whose children may be one, by their places, with the place of their pair."""

    left: int
    right: int
    pair: int
    remark: str | None = None


@dataclass
class Proposals:
    """Whom to join, the surest first, and whom to show to a person; `child_of` is each member's child then."""

    joined: list[Proposal] = field(default_factory=list)
    doubtful: list[Proposal] = field(default_factory=list)
    child_of: list[UUID] = field(default_factory=list)


class _Households:
    """The records of each child, as children are joined."""

    def __init__(self, members: Sequence[Member], settled: Settled) -> None:
        self._members = members
        self._of: defaultdict[UUID, list[int]] = defaultdict(list)
        for place, each in enumerate(members):
            self._of[each.child_id].append(place)
        self.child_of = [each.child_id for each in members]
        self._apart = {pair for pair, is_same in settled.items() if not is_same}

    def are_parted(self, one: UUID, other: UUID) -> bool:
        """Tell whether a person said of two of their records that they are two children's."""
        pairs = ((left, right) for left in self._of[one] for right in self._of[other])
        return any((min(pair), max(pair)) in self._apart for pair in pairs)

    def against(self, one: UUID, other: UUID) -> str | None:
        """Return what speaks against joining two children without a person."""
        ours, theirs = ([self._members[place] for place in self._of[child]] for child in (one, other))
        if {each.organization_id for each in ours} & {each.organization_id for each in theirs}:
            return SAME_SOURCE
        is_contradicted = any(_differ(left, right) for left in ours for right in theirs)
        return CONTRADICTED if is_contradicted else None

    def join(self, one: UUID, other: UUID) -> None:
        for place in self._of[other]:
            self.child_of[place] = one
        self._of[one] += self._of.pop(other)


def propose(whole: Whole, members: Sequence[Member], settled: Settled) -> Proposals:
    """Join children, the surest pair first, as far as nothing speaks against it and no person has parted them."""
    children, found = _Households(members, settled), Proposals()
    in_order = sorted(range(len(whole.outcomes)), key=lambda pair: -whole.probabilities[pair])
    doubted: list[Proposal] = []
    for pair in in_order:
        left, right = int(whole.pairs.left[pair]), int(whole.pairs.right[pair])
        one, other = children.child_of[left], children.child_of[right]
        if one == other or whole.outcomes[pair] is Outcome.SEPARATE:
            continue
        against = children.against(one, other)
        proposal = Proposal(left, right, pair, against)
        if whole.outcomes[pair] is Outcome.REVIEW or against or children.are_parted(one, other):
            doubted.append(proposal)
            continue
        children.join(one, other)
        found.joined.append(proposal)
    found.child_of = children.child_of
    found.doubtful = _still_apart(doubted, children)
    return found


def _still_apart(doubted: Sequence[Proposal], children: _Households) -> list[Proposal]:
    """Return the likeliest doubt about every two children that are two to the end, and that nobody has parted."""
    kept: dict[frozenset[UUID], Proposal] = {}
    for each in doubted:
        one, other = children.child_of[each.left], children.child_of[each.right]
        if one != other and not children.are_parted(one, other):
            kept.setdefault(frozenset((one, other)), each)
    return list(kept.values())


def _differ(one: Member, other: Member) -> bool:
    level = IDENTIFIERS.levels[IDENTIFIERS.level_of(one.features, other.features)]
    return level.name == "different"
