"""All that a community's sources say of its children, as it is compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from uuid import UUID

from cabinet.communities import Community
from cabinet.db import Connection, Database
from cabinet.linkage.comparable import catch_up
from cabinet.linkage.features import Features
from cabinet.linkage.proposals import Member
from cabinet.linkage.settled import settled
from cabinet.linkage.stored import FORM, as_stored, from_stored
from cabinet.linkage.whole import Settled
from cabinet.scope import Scope
from cabinet.tables.security import Login

_Whose = tuple[UUID, UUID]
_BATCH = 5_000
_RECORDS = """
SELECT l.source_record_id, l.organization_id, o.code, l.sector, l.child_id, l.score, c.features
FROM child_link l
JOIN child_comparison c USING (community_id, source_record_id)
JOIN organization o ON o.community_id = l.community_id AND o.organization_id = l.organization_id
WHERE l.community_id = $1 AND l.undone_at IS NULL AND c.form = $2
ORDER BY l.organization_id, l.source_record_id
"""


@dataclass
class Source:
    """One organization's records, one for each of its children: of several the fullest."""

    organization_id: UUID
    code: str
    sector: str
    members: list[Member] = field(default_factory=list)


@dataclass(frozen=True)
class Sourced:
    """The records of a community, source by source, and what people settled of them by their places in a row."""

    sources: Sequence[Source]
    settled: Settled

    @cached_property
    def members(self) -> list[Member]:
        return [each for source in self.sources for each in source.members]

    def record(self, place: int) -> UUID:
        return self.members[place].source_record_id

    def with_children(self, child_of: Mapping[UUID, UUID]) -> "Sourced":
        """Return the same records, of which these are other children's."""
        return Sourced(
            [
                replace(source, members=[_of_child(each, child_of) for each in source.members])
                for source in self.sources
            ],
            self.settled,
        )

    @property
    def features(self) -> list[list[Features]]:
        return [[each.features for each in source.members] for source in self.sources]


def _of_child(member: Member, child_of: Mapping[UUID, UUID]) -> Member:
    return replace(member, child_id=child_of.get(member.source_record_id, member.child_id))


def writing(community: Community, subject: str) -> Scope:
    return Scope(Login.WRITER, (community.community_id,), subject=subject)


async def make_comparable(database: Database, community: Community, scope: Scope) -> int:
    """Make comparable what is not yet, a thousand records a transaction; return how many they were."""
    total = 0
    while True:
        async with database.transaction(scope) as connection:
            made = await catch_up(connection, community.community_id, community.today)
        total += made
        if not made:
            return total


async def read_members(connection: Connection, community_id: UUID) -> Sourced:
    """Read every source's record of every child; in one transaction, so that they are of one moment."""
    sources: dict[UUID, Source] = {}
    fullest: dict[_Whose, Member] = {}
    whose: dict[UUID, _Whose] = {}
    async for row in connection.cursor(_RECORDS, community_id, FORM, prefetch=_BATCH):
        features = from_stored(str(row["source_record_id"]), row["features"])
        said = {name: row[name] for name in ("source_record_id", "organization_id", "sector", "child_id", "score")}
        member = Member(**said, features=features)
        key = whose[member.source_record_id] = member.organization_id, member.child_id
        sources.setdefault(key[0], Source(key[0], row["code"], row["sector"]))
        fullest[key] = fuller(member, fullest.get(key))
    for (organization, _), member in fullest.items():
        sources[organization].members.append(member)
    decided = await settled(connection, community_id)
    return Sourced(list(sources.values()), _by_place(list(sources.values()), whose, decided))


def fuller(member: Member, before: Member | None) -> Member:
    """Return the one of two records of a child that says more."""
    if before is None or len(as_stored(member.features)) > len(as_stored(before.features)):
        return member
    return before


def _by_place(
    sources: Sequence[Source], whose: Mapping[UUID, _Whose], decided: Mapping[tuple[UUID, UUID], bool]
) -> Settled:
    members = (member for source in sources for member in source.members)
    places = {(each.organization_id, each.child_id): place for place, each in enumerate(members)}
    found = {
        (places[whose[one]], places[whose[other]]): is_same
        for (one, other), is_same in decided.items()
        if one in whose and other in whose
    }
    return {(min(pair), max(pair)): is_same for pair, is_same in found.items() if pair[0] != pair[1]}
