"""A small world, made through the same doors as any other: two communities, three agencies, a few programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cabinet.communities import (
    Community,
    Organization,
    add_community,
    add_organization,
    find_community,
    find_organization,
)
from cabinet.db import Database
from cabinet.intake.post import post
from cabinet.intake.receipt import Receipt, Verdict
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.viewer import Viewer

DAY = date(2026, 10, 15)
"""The day of the small world; its school year is 2027."""

LOADER = Viewer("test-loader")


@dataclass(frozen=True)
class World:
    database: Database
    harbor: Community
    river: Community

    async def source(self, code: str, community: Community | None = None) -> Source:
        where = community or self.harbor
        organization: Organization = await find_organization(self.database, where, code)
        return Source(where.community_id, organization.organization_id, organization.sector, "test", DAY, LOADER)

    async def post(
        self, code: str, kind: Kind, *rows: Mapping[str, Any], community: Community | None = None, **how: Any
    ) -> Receipt:
        """Post rows as an organization of the community (Harbor by default)."""
        return await post(self.database, await self.source(code, community), kind, rows, **how)

    async def fill(self, code: str, kind: Kind, rows: Sequence[Mapping[str, Any]]) -> None:
        """Post rows that must all be taken."""
        receipt = await self.post(code, kind, *rows)
        bad = [o for o in receipt.outcomes if o.verdict in (Verdict.REJECTED, Verdict.NEEDS_REVIEW)]
        assert not bad, bad

    async def roster(self, code: str, *children: Mapping[str, Any]) -> None:
        await self.fill(code, Kind.CHILD, children)

    async def enroll(self, code: str, *rows: Mapping[str, Any]) -> None:
        await self.fill(code, Kind.ENROLLMENT, rows)


def child(record_id: str, given: str, family: str = "Rivera", **said: Any) -> dict[str, Any]:
    """Describe a child on a roster: eight years old on DAY unless told otherwise."""
    identity = {
        "given_name": given,
        "family_name": family,
        "birth_date": said.pop("birth_date", "2018-03-09"),
        "sex": said.pop("sex", "FEMALE"),
        "identifiers": said.pop("identifiers", {}),
    }
    return {"record_id": record_id, "identity": identity, "school_year": 2027, **said}


def enrollment(record_id: str, child: Mapping[str, Any] | str, program: str, **said: Any) -> dict[str, Any]:
    """Describe an enrollment; a child given as text is the source's own id for it."""
    reference = {"source_id": child} if isinstance(child, str) else {"identity": child["identity"]}
    row = {"record_id": record_id, "child": reference, "program": program, "status": "ENROLLED"}
    return {**row, "begins": "2026-09-01", **said}


def attendance(record_id: str, child: Mapping[str, Any] | str, day: str, **said: Any) -> dict[str, Any]:
    """Describe a day at the club's program, attended unless told otherwise."""
    row = enrollment(record_id, child, said.pop("program", "after"))
    about = {name: row[name] for name in ("record_id", "child", "program")}
    return {**about, "attended_on": day, "category": "PRESENT", **said}


async def find_world(database: Database) -> World:
    return World(database, await find_community(database, "harbor"), await find_community(database, "river"))


async def build_world(database: Database) -> None:
    harbor = await build_town(database, "harbor")
    river = await add_community(database, "river", "River", "RI")
    await add_organization(database, river, "club", "OUT_OF_SCHOOL_TIME")
    program = {"code": "after", "name": "After", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await World(database, harbor, river).post("club", Kind.PROGRAM, program, community=river)


async def build_town(database: Database, code: str) -> Community:
    """Make a community as Harbor is, with nobody in it yet."""
    town = await add_community(database, code, code.title(), "MA")
    for organization, sector in (("district", "EDUCATION"), ("clinic", "HEALTH"), ("club", "OUT_OF_SCHOOL_TIME")):
        await add_organization(database, town, organization, sector)
    await add_organization(database, town, "arts", "OUT_OF_SCHOOL_TIME")
    await _add_supply(World(database, town, town))
    return town


async def _add_supply(world: World) -> None:
    neighborhoods = [
        {"code": code, "name": code.title(), "postal_codes": [postal]}
        for code, postal in (("north", "02101"), ("south", "02102"))
    ]
    await world.fill("district", Kind.NEIGHBORHOOD, neighborhoods)
    await world.fill(
        "district", Kind.SCHOOL, [{"code": "ES1", "name": "Elementary One", "organization": "district"}]
    )
    programs = [
        ("tutoring", "district", "EDUCATION", "TUTORING"),
        ("after", "club", "OUT_OF_SCHOOL_TIME", "AFTER_SCHOOL"),
        ("paint", "arts", "OUT_OF_SCHOOL_TIME", "ARTS_AND_MUSIC"),
    ]
    for code, organization, sector, service_type in programs:
        await world.fill(
            "district",
            Kind.PROGRAM,
            [{"code": code, "name": code.title(), "organization": organization, "sector": sector}],
        )
        await world.fill(
            "district",
            Kind.SERVICE,
            [{"code": f"{code}-s", "name": code.title(), "program": code, "service_type": service_type}],
        )
