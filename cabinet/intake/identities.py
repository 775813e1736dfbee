"""Who a child is, as its source records say it; what one of them does not say any more stays."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.intake.match import Placed
from cabinet.intake.rows import ChildRow
from cabinet.intake.source import Source, said_by
from cabinet.intake.write import insert
from cabinet.tables import child_identifier, child_identity
from cabinet.tables.terms import Sex

_IDENTITY_FIELDS = (
    *("given_name", "middle_name", "family_name", "name_key", "birth_date"),
    *("address", "postal_code"),
)
_SAID = frozenset((*_IDENTITY_FIELDS, "sex", "guardians", "phones"))
_LISTS = ("race_ethnicity", "guardians", "phones")
_KEEP_KNOWN = ", ".join(f"{name} = coalesce(excluded.{name}, child_identity.{name})" for name in _IDENTITY_FIELDS)
_IDENTITY_CONFLICT = (
    f"ON CONFLICT (community_id, source_record_id) DO UPDATE SET {_KEEP_KNOWN},"
    " sex = CASE excluded.sex WHEN 'UNKNOWN' THEN child_identity.sex ELSE excluded.sex END, "
    + ", ".join(
        f"{name} = CASE excluded.{name} WHEN '{{}}' THEN child_identity.{name} ELSE excluded.{name} END"
        for name in _LISTS
    )
)


async def write_identities(
    connection: Connection, source: Source, people: Sequence[Placed], records: dict[str, UUID]
) -> set[UUID]:
    """Return the source records that say something new of who their child is."""
    rows = [
        {
            **said_by(source),
            "source_record_id": records[p.person.record_id],
            "child_id": p.child_id,
            **{name: value for name, value in vars(p.identity).items() if name in _SAID},
            "name_key": p.person.name_key,
            "race_ethnicity": race_ethnicity_of(p),
        }
        for p in people
        if p.person is not None and p.identity is not None
    ]
    written = await insert(
        connection,
        child_identity,
        rows,
        conflict=_IDENTITY_CONFLICT,
        returning="source_record_id, (old IS DISTINCT FROM new) AS is_new",
    )
    return {row["source_record_id"] for row in written if row["is_new"]}


def identity_said(placed: Placed) -> dict[str, Any]:
    """Return what a row says of who its child is, without what it leaves open."""
    if placed.person is None or placed.identity is None:
        return {}
    said = {name: value for name, value in vars(placed.identity).items() if name in _SAID}
    said |= {"name_key": placed.person.name_key, **{name: list(said[name]) for name in ("guardians", "phones")}}
    return {name: value for name, value in said.items() if value not in (None, [], Sex.UNKNOWN)}


async def write_identifiers(connection: Connection, source: Source, people: Sequence[Placed]) -> set[UUID]:
    """Return the children that got an identifier."""
    rows = {
        item: {
            **said_by(source),
            "system": item[0],
            "value": item[1],
            "child_id": p.child_id,
            "source_record_id": p.source_record_id,
        }
        for p in people
        if p.person is not None
        for item in p.person.identifiers.items()
    }
    written = await insert(
        connection,
        child_identifier,
        list(rows.values()),
        conflict="ON CONFLICT DO NOTHING",
        returning="child_id",
    )
    return {row["child_id"] for row in written}


def race_ethnicity_of(placed: Placed) -> list[str]:
    """Return the categories a roster gives, in order; nothing else says any."""
    row = placed.item.row
    return sorted(row.race_ethnicity) if type(row) is ChildRow else []
