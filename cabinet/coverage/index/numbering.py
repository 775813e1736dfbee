"""The numbers of what rows name by key, for thousands of rows at once."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from cabinet.coverage.index.catalog import Catalog
from cabinet.coverage.index.keys import Keys
from cabinet.coverage.index.statements import ORGANIZATIONS
from cabinet.db import Connection


@dataclass(frozen=True)
class Numbering:
    """Organizations go by the order of their ids, the rest by their numbers in the catalog."""

    organizations: Keys
    types: Keys
    programs: Keys
    schools: Keys
    neighborhoods: Keys

    @classmethod
    async def read(cls, connection: Connection, community_id: UUID, catalog: Catalog) -> Self:
        organizations = await connection.fetch(ORGANIZATIONS, community_id)
        return cls(
            Keys.of(row["organization_id"] for row in organizations),
            Keys.of(catalog.kinds.numbers),
            Keys.of(catalog.programs.numbers),
            Keys.of(catalog.schools.numbers),
            Keys.of(catalog.neighborhoods.numbers),
        )
