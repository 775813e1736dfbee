"""A post by somebody with a role: on whose behalf, with what right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cabinet.access import Action, grant
from cabinet.communities import Community
from cabinet.db import Database
from cabinet.errors import Forbidden, InputInvalid
from cabinet.intake.effects import Measure
from cabinet.intake.post import post
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from cabinet.intake.source import POST, Source
from cabinet.viewer import Viewer

MAX_KEY = 200


@dataclass(frozen=True)
class Posting:
    """What a client sends: the rows as received, and how they are to be taken."""

    kind: Kind
    rows: Sequence[Mapping[str, Any]]
    organization_id: UUID | None = None
    dry_run: bool = False
    atomic: bool = False
    idempotency_key: str | None = None
    measure: Measure | None = None


@dataclass(frozen=True)
class Posted:
    """The receipt, and by which key its children are called."""

    receipt: Receipt
    source: Source


async def post_for_viewer(database: Database, viewer: Viewer, community: Community, posting: Posting) -> Posted:
    """Post as the viewer's own organization. Raises Forbidden and InputInvalid beside what `post` raises."""
    granted = grant(viewer, community.community_id, Action.POST_ENROLLMENTS)
    if posting.idempotency_key is not None and not 1 <= len(posting.idempotency_key) <= MAX_KEY:
        raise InputInvalid(f"An idempotency key has 1 to {MAX_KEY} characters.")
    organization_id = _own_organization(granted.scope.organizations, posting.organization_id)
    source = Source(
        community_id=community.community_id,
        organization_id=organization_id,
        sector=await _sector(database, viewer, community, organization_id),
        format=POST,
        today=community.today,
        viewer=viewer,
        references=_references(viewer, community.community_id, organization_id),
    )
    receipt = await post(
        database,
        source,
        posting.kind,
        posting.rows,
        dry_run=posting.dry_run,
        atomic=posting.atomic,
        idempotency_key=posting.idempotency_key,
        measure=posting.measure,
    )
    return Posted(receipt, source)


def _references(viewer: Viewer, community_id: UUID, organization_id: UUID) -> tuple[str, ...]:
    """Return the keys of the viewer's organizations, that of the posting one first."""
    own = next(m.reference_key for m in viewer.within(community_id) if m.organization_id == organization_id)
    keys = viewer.reference_keys(community_id)
    return tuple(sorted(keys, key=lambda key: key != own))


def _own_organization(own: Sequence[UUID], asked: UUID | None) -> UUID:
    if asked is None:
        if len(own) > 1:
            raise InputInvalid("You act for several organizations; say in `organization` for which one you post.")
        return own[0]
    if asked not in own:
        raise Forbidden("You do not act for this organization.")
    return asked


async def _sector(database: Database, viewer: Viewer, community: Community, organization_id: UUID) -> str:
    granted = grant(viewer, community.community_id, Action.READ_SUPPLY)
    async with database.transaction(granted.scope) as connection:
        sector: str = await connection.fetchval(
            "SELECT sector FROM organization WHERE community_id = $1 AND organization_id = $2",
            community.community_id,
            organization_id,
        )
    return sector
