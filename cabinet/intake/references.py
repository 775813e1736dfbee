"""The codes rows refer to, read once a batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cabinet.db import Connection

_CODES = """
SELECT 'program' AS what, code, program_id AS id, organization_id, sector FROM program WHERE community_id = $1
UNION ALL
SELECT 'own_program', min(name), min(program_id::text)::uuid, organization_id, min(sector) FROM program
WHERE community_id = $1 AND organization_id = $2 GROUP BY organization_id, name HAVING count(*) = 1
UNION ALL
SELECT 'service_type', code, service_type_id, NULL, sector FROM service_type WHERE community_id = $1
UNION ALL
SELECT 'school', code, school_id, NULL, NULL FROM school WHERE community_id = $1
UNION ALL
SELECT 'neighborhood', code, neighborhood_id, NULL, NULL FROM neighborhood WHERE community_id = $1
UNION ALL
SELECT 'postal_code', postal_code, min(neighborhood_id::text)::uuid, NULL, NULL
FROM neighborhood, unnest(postal_codes) AS postal_code
WHERE community_id = $1 GROUP BY postal_code HAVING count(*) = 1
"""


@dataclass(frozen=True)
class Reference:
    """What a code stands for."""

    id: UUID
    organization_id: UUID | None
    sector: str | None


@dataclass(frozen=True)
class References:
    """The codes of one community. A postal code stands for a neighborhood only where it lies in just one.

    A program is found by its code, and by its name where the organization that posts has just one of that name.
    """

    programs: Mapping[str, Reference]
    service_types: Mapping[str, Reference]
    schools: Mapping[str, Reference]
    neighborhoods: Mapping[str, Reference]
    postal_codes: Mapping[str, Reference]

    def about(self, row: Any) -> Reference | None:
        """Return the program or the service type a row is about."""
        said = vars(row)
        program = said.get("program")
        return self.programs.get(program) if program else self.service_types.get(said.get("service_type") or "")


async def read_references(connection: Connection, community_id: UUID, organization_id: UUID) -> References:
    found: dict[str, dict[str, Reference]] = {
        what: {} for what in ("program", "service_type", "school", "neighborhood", "postal_code", "own_program")
    }
    for row in await connection.fetch(_CODES, community_id, organization_id):
        found[row["what"]][row["code"]] = Reference(row["id"], row["organization_id"], row["sector"])
    named = found.pop("own_program")
    found["program"] = {**named, **found["program"]}
    return References(*found.values())
