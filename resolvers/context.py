"""What every resolver is given: who asks, and where to look."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from strawberry.types import Info

from cabinet.access import Action, Grant, grant
from cabinet.communities import Community
from cabinet.coverage.index.indexes import Indexes
from cabinet.db import Database
from cabinet.errors import PageTooLarge
from cabinet.read.directory import Directory
from cabinet.read.loaders import Loaders
from cabinet.settings import Settings
from cabinet.viewer import Viewer


@dataclass
class Context:
    """The context of one request."""

    database: Database
    settings: Settings
    viewer: Viewer
    loaders: Loaders
    directory: Directory
    indexes: Indexes | None = None
    withheld: dict[str, None] = field(default_factory=dict)
    """Fields answered null because of the viewer's role, as schema coordinates."""
    posted: int = 0
    """Rows of the posts in this request so far."""

    shared: dict[Hashable, asyncio.Task[Any]] = field(default_factory=dict)
    """What several fields of the request need, asked for once."""

    def withhold(self, info: Info[Any, Any]) -> None:
        """Note that a field is answered null because the viewer's role does not see it."""
        parent = info._raw_info.parent_type.name  # noqa: SLF001 - strawberry gives no other way to it.
        self.withheld[f"{parent}.{info.field_name}"] = None

    def check_page(self, first: int) -> None:
        """Raise PageTooLarge for a list longer than a page of records."""
        if not 1 <= first <= self.settings.page_limit:
            raise PageTooLarge(f"`first` is between 1 and {self.settings.page_limit}.", hint="Ask for fewer.")

    def grant(self, community_id: UUID, action: Action) -> Grant:
        return grant(self.viewer, community_id, action)

    async def find_community(self, id_or_code: str) -> Community:
        """Find a community by its opaque id or by its code; raise NotFound."""
        return await self.directory.find(id_or_code)


Ask = Info[Context, None]
