"""All records of a community matched again: who turns out to be one child is joined, and doubt goes to a person.

What another version of the model linked and this one would not is parted. What people settled stays as it is, and
so does what the records say of themselves. A second run changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from cabinet import audit
from cabinet.communities import Community
from cabinet.db import COLLISIONS, Connection, Database
from cabinet.errors import TimeoutExceeded
from cabinet.linkage.models import InUse, required_model
from cabinet.linkage.proposals import Proposal, Proposals, propose
from cabinet.linkage.whole import Whole, weigh_all
from cabinet.matching.doubts import Doubt, new_doubts, open_reviews
from cabinet.matching.earlier import Earlier, read_earlier
from cabinet.matching.expected import Expected, expected_of, keep_expected
from cabinet.matching.join import Found, join
from cabinet.matching.members import Source, Sourced, make_comparable, read_members, writing
from cabinet.matching.part import part
from cabinet.matching.reconsider import Parting, reconsider
from cabinet.scope import Scope
from cabinet.viewer import Viewer


@dataclass
class Report:
    """What a run did or, with `dry_run`, would do.

    `joined` are children found to be one with another, `reviews` newly opened ones, and `parted` are records that
    another version linked and this one would not. `passed_over` are pairs and partings that somebody changed, or
    held for long, while the run was at work: the next one looks at them again.
    """

    version: int
    dry_run: bool
    sources: Sequence[Source]
    records: int
    parted: list[Parting] = field(default_factory=list)
    joined: int = 0
    reviews: int = 0
    passed_over: int = 0
    expected: list[Expected] = field(default_factory=list)


@dataclass(frozen=True)
class Weighing:
    """All that a run has found, before anything is done about it."""

    found: Sourced
    whole: Whole
    partings: list[Parting]
    proposals: Proposals
    expected: list[Expected]


async def run(database: Database, viewer: Viewer, community: Community, *, dry_run: bool = False) -> Report:
    """Match all records of the community by its model. Raises LinkageUntrained."""
    scope = writing(community, viewer.subject)
    async with database.transaction(scope) as connection:
        model = await required_model(connection, community.community_id)
    await make_comparable(database, community, scope)
    async with database.transaction(scope, "repeatable_read") as connection:
        found = await read_members(connection, community.community_id)
        earlier = await read_earlier(connection, community.community_id, model.version)
    weighing = await asyncio.to_thread(_weigh, model, found, earlier)
    report = Report(model.version, dry_run, found.sources, len(found.members), expected=weighing.expected)
    if dry_run:
        async with database.transaction(scope) as connection:
            doubts = await _doubts(connection, community, weighing, _planned(weighing.partings))
        report.parted, report.joined = weighing.partings, len(weighing.proposals.joined)
        report.reviews = len(doubts)
        return report
    await _change(database, scope, community, weighing, report)
    await _conclude(database, scope, viewer, community, weighing, report)
    return report


def _weigh(model: InUse, found: Sourced, earlier: Earlier) -> Weighing:
    whole = weigh_all(model.model, found.features, found.settled)
    partings = reconsider(model, found, whole, earlier)
    found = found.with_children(_planned(partings))
    proposals = propose(whole, found.members, found.settled)
    return Weighing(found, whole, partings, proposals, list(expected_of(found, whole, proposals)))


def _planned(partings: Sequence[Parting]) -> dict[UUID, UUID]:
    """Return the child that each record is to be of which is parted from its own."""
    return {record: each.apart for each in partings for record in each.records}


async def _change(
    database: Database, scope: Scope, community: Community, weighing: Weighing, report: Report
) -> None:
    """Part what was linked wrongly, then join who is one child, each in a transaction of its own."""
    stuck = set()
    for parting in weighing.partings:
        if await _is_done(part(database, scope, community, parting, report.version)):
            report.parted.append(parting)
        else:
            stuck.add(parting.apart)
    for each in weighing.proposals.joined:
        found = _found(weighing, each, report.version)
        is_free = stuck.isdisjoint((found.one.child_id, found.other.child_id))
        done = is_free and await _is_done(join(database, scope, community, found))
        report.joined, report.passed_over = report.joined + done, report.passed_over + (not done)
    report.passed_over += len(stuck)


async def _is_done(work: Awaitable[bool]) -> bool:
    """Do one change; somebody who holds its children for long, or meets it there, does not end the run."""
    try:
        return await work
    except (TimeoutExceeded, *COLLISIONS):
        return False


def _found(weighing: Weighing, proposal: Proposal, version: int) -> Found:
    members = weighing.found.members
    probability = float(weighing.whole.probabilities[proposal.pair])
    return Found(members[proposal.left], members[proposal.right], probability, version)


async def _doubts(
    connection: Connection, community: Community, weighing: Weighing, planned: Mapping[UUID, UUID]
) -> list[Doubt]:
    members, doubtful = weighing.found.members, weighing.proposals.doubtful
    return await new_doubts(connection, community.community_id, members, doubtful, planned)


async def _conclude(
    database: Database, scope: Scope, viewer: Viewer, community: Community, weighing: Weighing, report: Report
) -> None:
    """Open the reviews, keep what is expected, and audit the run."""
    key = community.community_id
    async with database.transaction(scope) as connection:
        doubts = await _doubts(connection, community, weighing, {})
        report.reviews = await open_reviews(connection, key, doubts, weighing.whole, report.version)
        await keep_expected(connection, key, weighing.found, report.version, report.expected)
        detail = {"version": report.version, "records": report.records, "parted": len(report.parted)}
        detail |= {"joined": report.joined, "reviews": report.reviews, "passed_over": report.passed_over}
        await audit.record(connection, viewer, key, "link", detail)
