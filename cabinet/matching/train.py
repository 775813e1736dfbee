"""A community's records teach a model; kept as a new version, it is used when somebody says so."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from cabinet import audit
from cabinet.communities import Community
from cabinet.db import Database
from cabinet.errors import LinkageExtraMissing, TooLittleToLearn
from cabinet.linkage.features import Features
from cabinet.linkage.model import Model
from cabinet.linkage.models import InUse, Trained, add_model, list_models, use_model
from cabinet.linkage.proposals import Member
from cabinet.matching.members import Sourced, fuller, make_comparable, read_members, writing
from cabinet.viewer import Viewer

LEAST = 100
"""Records that a source needs at least, to say anything of how often records agree."""


@dataclass(frozen=True)
class Learned:
    version: int
    model: Model
    records: dict[str, int]


async def train_model(database: Database, viewer: Viewer, community: Community, false_links: float) -> Learned:
    """Learn a model from all records of the community and keep it; `false_links` is the share that may be false.

    Takes minutes where there are many records. Raises LinkageExtraMissing and TooLittleToLearn.
    """
    train = _trainer()
    scope = writing(community, viewer.subject)
    await make_comparable(database, community, scope)
    async with database.transaction(scope, "repeatable_read") as connection:
        found = await read_members(connection, community.community_id)
    sources = _teachers(found)
    model = await asyncio.to_thread(train, list(sources.values()), false_links=false_links)
    records = {name: len(source) for name, source in sources.items()}
    async with database.transaction(scope) as connection:
        version = await add_model(connection, community.community_id, model, records, viewer.subject)
        detail = {"version": version, "records": records, "false_links": false_links}
        await audit.record(connection, viewer, community.community_id, "train linkage model", detail)
    return Learned(version, model, records)


async def put_to_use(database: Database, viewer: Viewer, community: Community, version: int) -> InUse:
    """Match posted rows by this version from now on, with all records that are there.

    Raises ModelUnknown and ModelOutdated.
    """
    scope = writing(community, viewer.subject)
    await make_comparable(database, community, scope)
    async with database.transaction(scope) as connection:
        used = await use_model(connection, community.community_id, version, viewer.subject)
        await audit.record(
            connection, viewer, community.community_id, "use linkage model", {"version": used.version}
        )
    # What was posted in between, by the exact rules alone.
    await make_comparable(database, community, scope)
    return used


async def show_models(database: Database, community: Community) -> list[Trained]:
    """Return every version of a community's model, the first one first."""
    async with database.transaction(writing(community, "")) as connection:
        return await list_models(connection, community.community_id)


def _trainer() -> Callable[..., Model]:
    try:
        from cabinet.linkage.training import train  # noqa: PLC0415 - it takes a second, and the extra.
    except ModuleNotFoundError as missing:
        raise LinkageExtraMissing from missing
    return train


def _teachers(found: Sourced) -> dict[str, list[Features]]:
    """Return the records to learn from: by sector, or by source where there is one sector only."""
    by_sector: defaultdict[str, list[Member]] = defaultdict(list)
    for source in found.sources:
        by_sector[source.sector] += source.members
    by_source = {source.code: source.members for source in found.sources}
    for groups in (by_sector, by_source):
        enough = {name: _once(group) for name, group in groups.items() if len(group) >= LEAST}
        if len(enough) > 1:
            return enough
    there = ", ".join(f"{len(group):,} of {name}" for name, group in by_sector.items()) or "none"
    raise TooLittleToLearn(f"Two sectors or sources with {LEAST} children each are needed; there are {there}.")


def _once(group: Sequence[Member]) -> list[Features]:
    """Return one record of each child: what two records of a child share is not what strangers share."""
    fullest: dict[UUID, Member] = {}
    for each in group:
        fullest[each.child_id] = fuller(each, fullest.get(each.child_id))
    return [each.features for each in fullest.values()]
