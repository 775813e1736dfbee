"""On whose behalf rows come in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.viewer import Viewer

NOBODY = UUID(int=0)
"""Whose records a file of the supply alone is: it speaks of organizations without being one's."""

POST = "post"
"""The format of what a client posts."""

LANE_FROM = 200
"""Fewer enrollments are sooner taken in one by one than together."""


@dataclass(frozen=True)
class Source:
    """The organization whose records these are, and who sends them."""

    community_id: UUID
    organization_id: UUID
    sector: str
    format: str
    today: date
    viewer: Viewer
    lane_from: int = LANE_FROM
    """From how many rows on those enrollments that are plain are taken in together (`cabinet.intake.lane`)."""
    references: tuple[str, ...] = field(default=(), repr=False)
    """The keys by which a client calls children: the organization's, then those of others it acts for."""
    is_limited: bool = False
    """Whether it may say of the supply only what schools the organization itself has."""
    tied: Mapping[str, UUID] = field(default_factory=dict)
    """Records whose child a person has just named, who also writes the link."""

    @property
    def is_post(self) -> bool:
        """Whether the organization itself sends the rows, and not the operator a file."""
        return self.format == POST

    @property
    def scope(self) -> Scope:
        own = (self.community_id,)
        return Scope(Login.WRITER, own, subject=self.viewer.subject, references=self.references)


def said_by(source: Source) -> dict[str, Any]:
    """Return the columns that say whose record a row is."""
    return {
        "community_id": source.community_id,
        "organization_id": source.organization_id,
        "sector": source.sector,
    }
