"""All records of a community matched again: who turns out to be one child is joined, and doubt goes to a person.

What people settled stays as it is, and so does what the records say of themselves. A second run changes nothing.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from cabinet import audit
from cabinet.communities import Community
from cabinet.db import Connection, Database
from cabinet.linkage.models import InUse, required_model
from cabinet.linkage.proposals import Proposal, Proposals, propose
from cabinet.linkage.whole import Whole, weigh_all
from cabinet.matching.doubts import Doubt, new_doubts, open_reviews
from cabinet.matching.expected import Expected, expected_of, keep_expected
from cabinet.matching.join import Found, join
from cabinet.matching.members import Source, Sourced, make_comparable, read_members, writing
from cabinet.scope import Scope
from cabinet.viewer import Viewer


@dataclass
class Report:
    """What a run did or, with `dry_run`, would do.

    `joined` are children found to be one with another, `reviews` newly opened ones. `passed_over` are pairs that
    somebody changed while the run was at work: the next one looks at them again.
    """

    version: int
    dry_run: bool
    sources: Sequence[Source]
    records: int
    joined: int = 0
    reviews: int = 0
    passed_over: int = 0
    expected: list[Expected] = field(default_factory=list)


@dataclass(frozen=True)
class Weighing:
    """All that a run has found, before anything is done about it."""

    found: Sourced
    whole: Whole
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
    weighing = await asyncio.to_thread(_weigh, model, found)
    report = Report(model.version, dry_run, found.sources, len(found.members), expected=weighing.expected)
    if dry_run:
        async with database.transaction(scope) as connection:
            doubts = await _doubts(connection, community, weighing)
        report.joined, report.reviews = len(weighing.proposals.joined), len(doubts)
        return report
    for each in weighing.proposals.joined:
        done = await join(database, scope, community, _found(weighing, each, model.version))
        report.joined, report.passed_over = report.joined + done, report.passed_over + (not done)
    await _conclude(database, scope, viewer, community, weighing, report)
    return report


def _weigh(model: InUse, found: Sourced) -> Weighing:
    whole = weigh_all(model.model, found.features, found.settled)
    proposals = propose(whole, found.members, found.settled)
    return Weighing(found, whole, proposals, list(expected_of(found, whole, proposals)))


def _found(weighing: Weighing, proposal: Proposal, version: int) -> Found:
    members = weighing.found.members
    probability = float(weighing.whole.probabilities[proposal.pair])
    return Found(members[proposal.left], members[proposal.right], probability, version)


async def _doubts(connection: Connection, community: Community, weighing: Weighing) -> list[Doubt]:
    members, doubtful = weighing.found.members, weighing.proposals.doubtful
    return await new_doubts(connection, community.community_id, members, doubtful)


async def _conclude(
    database: Database, scope: Scope, viewer: Viewer, community: Community, weighing: Weighing, report: Report
) -> None:
    """Open the reviews, keep what is expected, and audit the run."""
    key = community.community_id
    async with database.transaction(scope) as connection:
        doubts = await _doubts(connection, community, weighing)
        report.reviews = await open_reviews(connection, key, doubts, weighing.whole, report.version)
        await keep_expected(connection, key, weighing.found, report.version, report.expected)
        detail = {"version": report.version, "records": report.records, "joined": report.joined}
        detail |= {"reviews": report.reviews, "passed_over": report.passed_over}
        await audit.record(connection, viewer, key, "link", detail)
