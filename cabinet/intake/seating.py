"""Whether a program is full: an enrollment that finds no seat free waits in line (decision 23)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cabinet.calendar import school_year_begins, school_year_of
from cabinet.db import Connection
from cabinet.errors import ProgramFull
from cabinet.intake.drafts import Draft
from cabinet.intake.open_enrollments import IN_THE_PROGRAM
from cabinet.intake.source import Source
from cabinet.intake.versions import Values
from cabinet.tables.terms import EnrollmentStatus

_HOLDS_SEAT = "e.status = 'ENROLLED' AND (e.ends IS NULL OR e.ends >= $4)"
_SEATS = f"""
WITH standing AS (
  SELECT DISTINCT ON (v.service_id, p.service_at_location_id)
    v.community_id, v.program_id, v.service_id, c.available, c.maximum, c.updated
  FROM service v
  JOIN service_at_location p ON p.community_id = v.community_id AND p.service_id = v.service_id
  LEFT JOIN service_capacity c ON c.community_id = p.community_id
    AND c.service_at_location_id = p.service_at_location_id AND c.updated BETWEEN $3 AND $4
  WHERE v.community_id = $1 AND v.program_id = ANY ($2)
  ORDER BY v.service_id, p.service_at_location_id, c.updated DESC
),
-- What is not known of one of a service's places is not known of the service.
known AS (
  SELECT community_id, program_id, service_id,
    CASE WHEN bool_and(available IS NOT NULL) THEN sum(available) END AS available,
    CASE WHEN bool_and(available IS NOT NULL) THEN min(updated) END AS counted_on,
    CASE WHEN bool_and(maximum IS NOT NULL) THEN sum(maximum) END AS maximum
  FROM standing GROUP BY community_id, program_id, service_id
)
SELECT k.program_id, k.counted_on, least(2147483647, coalesce(k.available, k.maximum)
  - count(*) FILTER (WHERE {_HOLDS_SEAT} AND (k.counted_on IS NULL OR e.begins > k.counted_on))
  + count(*) FILTER (WHERE e.status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN')
      AND e.begins <= k.counted_on AND e.ends >= k.counted_on AND e.ends < $4))::int AS free
FROM known k
LEFT JOIN enrollment e ON e.community_id = k.community_id AND e.program_id = k.program_id
  AND NOT e.record_id = ANY ($5)
WHERE k.available IS NOT NULL OR k.maximum IS NOT NULL
GROUP BY k.program_id, k.service_id, k.counted_on, k.available, k.maximum
"""
_SEATED = f"""
SELECT record_id, program_id FROM enrollment e
WHERE community_id = $1 AND organization_id = $2 AND record_id = ANY ($3) AND {_HOLDS_SEAT}
"""


@dataclass
class Seats:
    """The seats of one service that are free; of a count of free seats, the day it was taken."""

    free: int
    counted_on: date | None

    def take(self, values: Values, today: date) -> int:
        """Return how many seats an enrollment takes of those that were free: one, none, or one it has given back.

        Who had begun by the day of the count is in it already.
        """
        if self.counted_on is None or values["begins"] > self.counted_on:
            return int(holds_seat(values, today))
        was_there = values["status"] in IN_THE_PROGRAM and values["ends"] is not None
        return -int(was_there and self.counted_on <= values["ends"] < today)


async def read_seats(
    connection: Connection, source: Source, programs: Iterable[UUID], without: Sequence[str] = ()
) -> Mapping[UUID, list[Seats]]:
    """Return the free seats of the programs, service by service where they are known.

    The latest word of this school year holds. Records named in `without` are left out of the counting.
    """
    begins = school_year_begins(school_year_of(source.today))
    asked = source.community_id, list(set(programs)), begins, source.today, list(without)
    seats: dict[UUID, list[Seats]] = {}
    for row in await connection.fetch(_SEATS, *asked):
        seats.setdefault(row["program_id"], []).append(Seats(row["free"], row["counted_on"]))
    return seats


async def seat(connection: Connection, source: Source, drafts: Sequence[Draft]) -> None:
    """Put whom a full program has no seat for on its waiting list; who has a seat keeps it."""
    rewritten = [name for draft in drafts for name in (draft.record_id, draft.takes_over) if name]
    programs = [draft.values["program_id"] for draft in drafts]
    seats = await read_seats(connection, source, programs, rewritten)
    if not seats:
        return
    asked = source.community_id, source.organization_id, rewritten, source.today
    rows = await connection.fetch(_SEATED, *asked)
    seated = {(row["record_id"], row["program_id"]) for row in rows}
    for draft in sorted(drafts, key=lambda d: (not _keeps(d, seated, source.today), d.outcome.index)):
        here = seats.get(draft.values["program_id"], [])
        if not _keeps(draft, seated, source.today):
            _wait_if_full(draft, here, source.today)
        for each in here:
            each.free -= each.take(draft.values, source.today)


def holds_seat(values: Values, today: date) -> bool:
    is_over = values["ends"] is not None and values["ends"] < today
    return values["status"] == EnrollmentStatus.ENROLLED and not is_over


def _keeps(draft: Draft, seated: set[tuple[str, Any]], today: date) -> bool:
    """Whether the draft asks for no seat: it frees one, or its enrollment has had one before."""
    names = (draft.record_id, draft.takes_over)
    had_one = any((name, draft.values["program_id"]) in seated for name in names if name)
    return had_one or not holds_seat(draft.values, today)


def _wait_if_full(draft: Draft, seats: Sequence[Seats], today: date) -> None:
    if any(each.free < each.take(draft.values, today) for each in seats):
        draft.values["status"] = EnrollmentStatus.WAITLISTED
        draft.outcome.note(ProgramFull(), "status")
