"""The supply comes in by code: organizations, places, programs, services, seats."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from cabinet.db import Connection
from cabinet.errors import ReferenceUnknown, SupplyNotYours
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.intake.seats import write_seats
from cabinet.intake.source import Source
from cabinet.intake.supply_payloads import keep_payloads
from cabinet.intake.supply_rows import (
    LocationRow,
    OrganizationRow,
    ProgramRow,
    SchoolRow,
    ServiceRow,
)
from cabinet.intake.validate import Item
from cabinet.intake.write import insert, update_on_conflict
from cabinet.tables import (
    location,
    neighborhood,
    organization,
    program,
    school,
    service,
    service_at_location,
    service_capacity,
)

_CODES = """
SELECT 'organization' AS what, code, organization_id AS id FROM organization WHERE community_id = $1
UNION ALL SELECT 'neighborhood', code, neighborhood_id FROM neighborhood WHERE community_id = $1
UNION ALL SELECT 'location', code, location_id FROM location WHERE community_id = $1
UNION ALL SELECT 'program', code, program_id FROM program WHERE community_id = $1
UNION ALL SELECT 'service_type', code, service_type_id FROM service_type WHERE community_id = $1
UNION ALL SELECT 'service', code, service_id FROM service WHERE community_id = $1
UNION ALL SELECT 'sector', code, NULL FROM sector
"""

_OWN_CODE = "SELECT code FROM organization WHERE community_id = $1 AND organization_id = $2"
_OF_OTHERS = "SELECT code FROM school WHERE community_id = $1 AND organization_id <> $2 AND code = ANY ($3)"
_TAKEN = "The community has a school of this code already, of another organization."
_OTHER_CODE = "Give your school a code of its own, or tell the operator if that one is yours now."
_STILL_OWN = "school.organization_id = excluded.organization_id AND school.name <> excluded.name"


@dataclass(frozen=True)
class Codes:
    """What the codes of the supply stand for."""

    known: Mapping[str, Mapping[str, Any]]

    def find(self, what: str, code: str | None) -> Any:
        """Return the id a code stands for, None for no code; raise ReferenceUnknown."""
        if code is None:
            return None
        if code not in self.known.get(what, {}):
            raise ReferenceUnknown(f"The community has no {what.replace('_', ' ')} {code!r}.")
        return self.known[what][code]


def _organization(row: OrganizationRow, codes: Codes) -> dict[str, Any]:
    codes.find("sector", row.sector)
    return row.model_dump(exclude={"payload"})


def _neighborhood(row: Any, _: Codes) -> dict[str, Any]:
    values: dict[str, Any] = row.model_dump()
    return values


def _location(row: LocationRow, codes: Codes) -> dict[str, Any]:
    return {
        **row.model_dump(exclude={"neighborhood", "payload"}),
        "neighborhood_id": codes.find("neighborhood", row.neighborhood),
    }


def _school(row: SchoolRow, codes: Codes) -> dict[str, Any]:
    return {
        **row.model_dump(exclude={"organization", "location"}),
        "organization_id": codes.find("organization", row.organization),
        "location_id": codes.find("location", row.location),
    }


def _program(row: ProgramRow, codes: Codes) -> dict[str, Any]:
    codes.find("sector", row.sector)
    return {
        **row.model_dump(exclude={"organization", "payload"}),
        "organization_id": codes.find("organization", row.organization),
    }


def _service(row: ServiceRow, codes: Codes) -> dict[str, Any]:
    for code in row.locations:
        codes.find("location", code)
    return {
        **row.model_dump(exclude={"program", "service_type", "locations", "payload"}),
        "program_id": codes.find("program", row.program),
        "service_type_id": codes.find("service_type", row.service_type),
    }


_UPSERTED: Mapping[Kind, tuple[Table, Callable[[Any, Codes], dict[str, Any]], tuple[str, ...]]] = {
    Kind.ORGANIZATION: (organization, _organization, ("code",)),
    Kind.NEIGHBORHOOD: (neighborhood, _neighborhood, ("code",)),
    Kind.LOCATION: (location, _location, ("code",)),
    Kind.SCHOOL: (school, _school, ("code",)),
    Kind.PROGRAM: (program, _program, ("code",)),
    Kind.SERVICE: (service, _service, ("code",)),
}


TABLES: Mapping[Kind, Table] = {
    **{kind: table for kind, (table, _, _) in _UPSERTED.items()},
    Kind.CAPACITY: service_capacity,
}
"""The kinds that are of the supply, and where each is kept."""


async def write_supply(connection: Connection, source: Source, kind: Kind, items: Sequence[Item]) -> None:
    """Write rows of the supply and set their verdicts; a row of an unknown reference is rejected."""
    if source.is_limited:
        await _write_own_schools(connection, source, kind, items)
    elif kind is Kind.CAPACITY:
        await write_seats(connection, source, items)
    else:
        await _upsert(connection, source.community_id, kind, items)
        await keep_payloads(connection, source, kind, items)


async def _write_own_schools(connection: Connection, source: Source, kind: Kind, items: Sequence[Item]) -> None:
    """Write the schools that the organization says it has; a code that is another's school stays another's.

    What the operator said of a school's place and grades stays: a roster does not know it.
    """
    whose = source.community_id, source.organization_id
    own = await connection.fetchval(_OWN_CODE, *whose)
    drafts: dict[str, Item] = {}
    for item in items:
        if not item.outcome.is_open:
            continue
        if kind is not Kind.SCHOOL or item.row.organization != own:
            item.outcome.reject(SupplyNotYours())
            continue
        if item.row.code in drafts:
            drafts[item.row.code].outcome.verdict = Verdict.UNCHANGED
        drafts[item.row.code] = item
    keys = dict(zip(("community_id", "organization_id"), whose, strict=True))
    rows = [{**keys, "code": code, "name": item.row.name} for code, item in drafts.items()]
    written = await _write(connection, school, rows, ("code",), _STILL_OWN)
    for code, item in drafts.items():
        item.outcome.verdict, item.outcome.record = written.get((code,), (Verdict.UNCHANGED, None))
    # Asked after the writing: who was first with a code is known only then.
    for row in await connection.fetch(_OF_OTHERS, *whose, list(drafts)):
        drafts[row["code"]].outcome.reject(SupplyNotYours(_TAKEN, hint=_OTHER_CODE), "code")


async def _upsert(connection: Connection, community_id: UUID, kind: Kind, items: Sequence[Item]) -> None:
    codes = await _read_codes(connection, community_id)
    table, values_of, natural_key = _UPSERTED[kind]
    drafts: dict[tuple[Any, ...], tuple[Item, dict[str, Any]]] = {}
    for item in items:
        if item.outcome.is_open:
            _draft(drafts, item, values_of, codes, natural_key)
    rows = [{"community_id": community_id, **values} for _, values in drafts.values()]
    written = await _write(connection, table, rows, natural_key)
    for key, (item, _) in drafts.items():
        outcome = item.outcome
        outcome.verdict, outcome.record = written.get(tuple(map(str, key)), (Verdict.UNCHANGED, None))
    if kind is Kind.SERVICE:
        await _place_services(connection, community_id, [item for item, _ in drafts.values()])


def _draft(
    drafts: dict[tuple[Any, ...], tuple[Item, dict[str, Any]]],
    item: Item,
    values_of: Callable[[Any, Codes], dict[str, Any]],
    codes: Codes,
    natural_key: tuple[str, ...],
) -> None:
    try:
        values = values_of(item.row, codes)
    except ReferenceUnknown as problem:
        item.outcome.reject(problem)
        return
    key = tuple(values[name] for name in natural_key)
    overtaken = drafts.get(key)
    if overtaken is not None:
        overtaken[0].outcome.verdict = Verdict.UNCHANGED
    drafts[key] = (item, values)


async def _write(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    natural_key: tuple[str, ...],
    guard: str | None = None,
) -> dict[tuple[str, ...], tuple[Verdict, UUID]]:
    columns = [name for name in rows[0] if name not in ("community_id", *natural_key)] if rows else []
    listed = ", ".join(natural_key)
    written = await insert(
        connection,
        table,
        rows,
        conflict=update_on_conflict(f"community_id, {listed}", columns, table, guard),
        returning=f"{listed}, {table.info['key']} AS id, (old.community_id IS NULL) AS is_new",
    )
    return {
        tuple(str(row[name]) for name in natural_key): (
            Verdict.CREATED if row["is_new"] else Verdict.UPDATED,
            row["id"],
        )
        for row in written
    }


async def _place_services(connection: Connection, community_id: UUID, items: Sequence[Item]) -> None:
    """Say where the services are given, now that they and the places have keys."""
    codes = await _read_codes(connection, community_id)
    rows = [
        {
            "community_id": community_id,
            "service_id": codes.find("service", item.row.code),
            "location_id": codes.find("location", place),
        }
        for item in items
        for place in dict.fromkeys(item.row.locations)
    ]
    await insert(connection, service_at_location, rows, conflict="ON CONFLICT DO NOTHING")


async def _read_codes(connection: Connection, community_id: UUID) -> Codes:
    known: dict[str, dict[Any, Any]] = {}
    for row in await connection.fetch(_CODES, community_id):
        known.setdefault(row["what"], {})[row["code"]] = row["id"]
    return Codes(known)
