"""Seats come in by service, place and day: what was said of one day last, or under the highest version, holds."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cabinet.db import Connection
from cabinet.errors import ReferenceUnknown, ServiceNotYours
from cabinet.intake.locks import lock_seats
from cabinet.intake.receipt import Outcome, Verdict
from cabinet.intake.source import Source
from cabinet.intake.supply_rows import CapacityRow
from cabinet.intake.validate import Item
from cabinet.intake.versions import Stored, Values, keep_news
from cabinet.intake.write import insert, update_on_conflict
from cabinet.tables import service_capacity

_NUMBERS = ("available", "maximum", "funded")
_NATURAL_KEY = ("community_id", "service_at_location_id", "updated")
_PLACES = """
SELECT s.code AS service, l.code AS location, p.service_at_location_id AS id, g.organization_id
FROM service s
JOIN program g ON g.community_id = s.community_id AND g.program_id = s.program_id
LEFT JOIN service_at_location p ON p.community_id = s.community_id AND p.service_id = s.service_id
LEFT JOIN location l ON l.community_id = p.community_id AND l.location_id = p.location_id
WHERE s.community_id = $1 AND s.code = ANY ($2)
"""
_STORED = """
SELECT service_at_location_id, updated, record_version, service_capacity_id AS id, available, maximum, funded
FROM service_capacity WHERE community_id = $1 AND service_at_location_id = ANY ($2)
"""


@dataclass
class Seats:
    """A row about to be written."""

    outcome: Outcome
    values: Values
    given_version: int | None
    stored: Stored | None = None

    @property
    def key(self) -> Hashable:
        return self.values["service_at_location_id"], self.values["updated"]

    @property
    def content_hash(self) -> str:
        return _content(self.values)

    def settle_unchanged(self) -> None:
        self.outcome.verdict, self.outcome.record = Verdict.UNCHANGED, self.stored.id if self.stored else None


async def write_seats(connection: Connection, source: Source, items: Sequence[Item]) -> None:
    """Write the seats and set their verdicts; who posts says them of services of its own programs only."""
    await lock_seats(connection, source.community_id)
    open_items = [item for item in items if item.outcome.is_open]
    rows = await connection.fetch(_PLACES, source.community_id, list({item.row.service for item in open_items}))
    places: dict[str, list[Any]] = {}
    for row in rows:
        places.setdefault(row["service"], []).append(row)
    drafts = [_draft(source, item, key) for item in open_items if (key := _place(source, item, places))]
    news = keep_news(drafts, await _read_stored(connection, source, drafts))
    columns = [*_NUMBERS, "record_version"]
    rows = await insert(
        connection,
        service_capacity,
        [draft.values for draft in news],
        conflict=update_on_conflict(", ".join(_NATURAL_KEY), columns, service_capacity),
        returning="service_at_location_id, service_capacity.updated, service_capacity_id AS id,"
        " (old.community_id IS NULL) AS is_new",
    )
    written: dict[Hashable, Any] = {(row["service_at_location_id"], row["updated"]): row for row in rows}
    for draft in news:
        row = written[draft.key]
        draft.outcome.record = row["id"]
        draft.outcome.verdict = Verdict.CREATED if row["is_new"] else Verdict.UPDATED


def _place(source: Source, item: Item, places: Mapping[str, Sequence[Any]]) -> UUID | None:
    """Return the service at its place, or reject the row."""
    row: CapacityRow = item.row
    here = places.get(row.service, ())
    found = next((place["id"] for place in here if place["location"] == row.location), None)
    if not here:
        unknown = ReferenceUnknown(f"The community has no service {row.service!r}.")
        item.outcome.reject(unknown, "service")
    elif source.is_post and here[0]["organization_id"] != source.organization_id:
        item.outcome.reject(ServiceNotYours(), "service")
    elif found is None:
        elsewhere = ReferenceUnknown(f"The service {row.service!r} is not given at {row.location!r}.")
        item.outcome.reject(elsewhere, "location")
    return found if item.outcome.is_open else None


def _draft(source: Source, item: Item, place: UUID) -> Seats:
    said = {name: getattr(item.row, name) for name in (*_NUMBERS, "updated")}
    values = {"community_id": source.community_id, "service_at_location_id": place, **said}
    return Seats(item.outcome, values, item.row.record_version)


async def _read_stored(
    connection: Connection, source: Source, drafts: Sequence[Seats]
) -> Mapping[Hashable, Stored]:
    places = [draft.values["service_at_location_id"] for draft in drafts]
    rows = await connection.fetch(_STORED, source.community_id, places)
    return {
        (row["service_at_location_id"], row["updated"]): Stored(row["record_version"], _content(row), row["id"])
        for row in rows
    }


def _content(values: Any) -> str:
    return repr([values[name] for name in _NUMBERS])
