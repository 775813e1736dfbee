"""Communities and who belongs to them: made by the operator, found by code or id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from cabinet.calendar import today
from cabinet.db import Connection, Database
from cabinet.errors import InputInvalid, NotFound
from cabinet.scope import Scope
from cabinet.sectors import SECTORS
from cabinet.tables.security import Login
from cabinet.tables.terms import Role

_NAMED = 80
"""Letters of an unknown name that are said again."""
_FIND = """
SELECT community_id, code, name, time_zone FROM community WHERE code = $1 OR community_id::text = $1
"""
_ADD_SERVICE_TYPE = """
INSERT INTO service_type
  (community_id, code, name, sector, min_age, max_age, grades, need_rule, need_characteristics,
   recency_months, dosage_days)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING
"""
_ADD_MEMBER = """
INSERT INTO membership (community_id, subject, role, organization_id, sector) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""
_STANDING = """
SELECT DISTINCT subject FROM membership
WHERE community_id = $1 AND subject = ANY ($2) AND role = ANY ($3)
  AND begins <= CURRENT_DATE AND (ends IS NULL OR ends >= CURRENT_DATE)
"""
_ADD_ORGANIZATION = """
INSERT INTO organization (community_id, code, name, sector) VALUES ($1, $2, $2, $3) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Community:
    """A site, as commands and steps need it."""

    community_id: UUID
    code: str
    name: str
    time_zone: str

    @property
    def today(self) -> date:
        return today(self.time_zone)


@dataclass(frozen=True)
class Organization:
    organization_id: UUID
    code: str
    sector: str


async def find_community(database: Database, code_or_id: str) -> Community:
    """Find a community by its code or its id; raise NotFound."""
    async with database.transaction(Scope(Login.READER_AGGREGATE)) as connection:
        row = await connection.fetchrow(_FIND, code_or_id)
    if row is None:
        raise NotFound(
            f"There is no community {code_or_id[:_NAMED]!r}.", hint="`cabinet community list` lists them."
        )
    return Community(**row)


async def add_community(
    database: Database, code: str, name: str, state: str | None = None, time_zone: str = "America/New_York"
) -> Community:
    """Make a community with the service types of every sector, which its cabinet may change later."""
    async with database.transaction(Scope(Login.OPERATOR)) as connection:
        community_id: UUID = await connection.fetchval("SELECT uuidv7()")
    async with database.transaction(Scope(Login.OPERATOR, (community_id,))) as connection:
        try:
            await connection.execute(
                "INSERT INTO community (community_id, code, name, state, time_zone) VALUES ($1, $2, $3, $4, $5)",
                community_id,
                code,
                name,
                state,
                time_zone,
            )
        except asyncpg.UniqueViolationError as error:
            raise InputInvalid(f"There is a community {code!r} already.") from error
        await _add_service_types(connection, community_id)
    return Community(community_id, code, name, time_zone)


async def _add_service_types(connection: Connection, community_id: UUID) -> None:
    await connection.executemany(
        _ADD_SERVICE_TYPE,
        [
            (
                community_id,
                kind.code,
                kind.name,
                sector.code,
                kind.min_age,
                kind.max_age,
                list(kind.grades),
                kind.need_rule,
                list(kind.need_characteristics),
                kind.recency_months,
                kind.dosage_days,
            )
            for sector in SECTORS
            for kind in sector.service_types
        ],
    )


async def list_communities(database: Database) -> list[Community]:
    async with database.transaction(Scope(Login.READER_AGGREGATE)) as connection:
        rows = await connection.fetch("SELECT community_id, code, name, time_zone FROM community ORDER BY code")
    return [Community(**row) for row in rows]


async def find_organization(database: Database, community: Community, code: str) -> Organization:
    """Find an organization of the community by code; raise NotFound."""
    async with database.transaction(Scope(Login.READER_AGGREGATE, (community.community_id,))) as connection:
        row = await connection.fetchrow(
            "SELECT organization_id, code, sector FROM organization WHERE community_id = $1 AND code = $2",
            community.community_id,
            code,
        )
    if row is None:
        raise NotFound(
            f"{community.name} has no organization {code!r}.",
            hint="`cabinet load hsds` or `cabinet load oneroster` brings organizations in.",
        )
    return Organization(**row)


async def add_organization(database: Database, community: Community, code: str, sector: str) -> Organization:
    """Make a source organization that no supply file has brought yet, under its code as name."""
    async with database.transaction(Scope(Login.OPERATOR, (community.community_id,))) as connection:
        await connection.execute(_ADD_ORGANIZATION, community.community_id, code, sector)
    return await find_organization(database, community, code)


async def add_member(
    database: Database,
    community: Community,
    subject: str,
    role: Role,
    *,
    organization: str | None = None,
    sector: str | None = None,
) -> None:
    """Give a subject a role; an agency needs its organization's code, a steward the sector."""
    if (role is Role.PARTNER_AGENCY) != (organization is not None):
        raise InputInvalid("PARTNER_AGENCY, and no other role, goes with an organization.")
    if (role is Role.SECTOR_STEWARD) != (sector is not None):
        raise InputInvalid("SECTOR_STEWARD, and no other role, goes with a sector.")
    if sector is not None and sector not in {s.code for s in SECTORS}:
        raise InputInvalid(f"There is no sector {sector!r}: {', '.join(s.code for s in SECTORS)}.")
    found = await find_organization(database, community, organization) if organization else None
    async with database.transaction(Scope(Login.OPERATOR, (community.community_id,))) as connection:
        await connection.execute(
            _ADD_MEMBER,
            community.community_id,
            subject,
            role,
            found.organization_id if found else None,
            sector,
        )


async def end_membership(database: Database, community: Community, subject: str) -> int:
    """End every standing membership of a subject in a community as of yesterday; return how many."""
    async with database.transaction(Scope(Login.OPERATOR, (community.community_id,))) as connection:
        done = await connection.execute(
            "UPDATE membership SET begins = least(begins, CURRENT_DATE - 1), ends = CURRENT_DATE - 1"
            " WHERE community_id = $1 AND subject = $2 AND ends IS NULL",
            community.community_id,
            subject,
        )
    return int(str(done).rpartition(" ")[2])


async def subjects_among(
    database: Database, community_id: UUID, subjects: Sequence[str], roles: Sequence[Role]
) -> set[str]:
    """Return which of some subjects hold any of some roles in a community today."""
    async with database.transaction(Scope(Login.OPERATOR, (community_id,))) as connection:
        rows = await connection.fetch(_STANDING, community_id, list(subjects), list(roles))
    return {row["subject"] for row in rows}
