"""Days of attendance whose enrollment is corrected to be another child's, or of another program.

What the days say is not corrected by it: they look for their enrollment anew, and make one where there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from cabinet.db import Connection, Record
from cabinet.errors import EnrollmentContradicted
from cabinet.intake.attendance import enrollments_of, find_enrollments, make_enrollments, refresh_made
from cabinet.intake.changes import log_changes
from cabinet.intake.drafts import Draft
from cabinet.intake.open_enrollments import place
from cabinet.intake.receipt import Outcome
from cabinet.intake.source import Source
from cabinet.tables import attendance_event

_PLACES = """
SELECT enrollment_id, child_id, program_id FROM enrollment WHERE community_id = $1 AND enrollment_id = ANY ($2)
"""
_DAYS = """
SELECT attendance_event_id, enrollment_id, child_id, sector, record_id, attended_on, category
FROM attendance_event WHERE community_id = $1 AND enrollment_id = ANY ($2)
"""
_MOVE = """
UPDATE attendance_event SET enrollment_id = said.enrollment_id
FROM unnest($2::uuid[], $3::uuid[]) AS said (attendance_event_id, enrollment_id)
WHERE community_id = $1 AND attendance_event.attendance_event_id = said.attendance_event_id
"""
_TOLD = "Days of attendance of another child or program stood under this enrollment; they have another one now."

LeftBehind = dict[UUID, Draft]
"""The days that lose their enrollment, by their keys."""


async def days_left_behind(connection: Connection, source: Source, drafts: Sequence[Draft]) -> LeftBehind:
    """Return the days under enrollments that these drafts give to another child or program, and tell of it."""
    known = {draft.stored.id: draft for draft in drafts if draft.stored is not None}
    rows = await connection.fetch(_PLACES, source.community_id, list(known)) if known else []
    moved = {row["enrollment_id"]: row for row in rows if place(row) != place(known[row["enrollment_id"]].values)}
    days = await connection.fetch(_DAYS, source.community_id, list(moved)) if moved else []
    for key in {day["enrollment_id"] for day in days}:
        known[key].outcome.note(EnrollmentContradicted(_TOLD), "child")
    return {day["attendance_event_id"]: _day(known[day["enrollment_id"]], day, moved) for day in days}


def _day(draft: Draft, day: Record, moved: Mapping[UUID, Record]) -> Draft:
    """Return the day as a draft; what is made for it is told of by the enrollment that left it."""
    item = replace(draft.placed.item, outcome=Outcome(draft.outcome.index))
    values = {**dict(day), "program_id": moved[day["enrollment_id"]]["program_id"], "enrollment": None}
    stayed = replace(draft.placed, item=item, child_id=day["child_id"], source_record_id=None)
    return Draft(stayed, values, None)


async def settle_days(connection: Connection, source: Source, left: LeftBehind) -> None:
    """Give the days their new enrollments, now that the old ones are written."""
    if not left:
        return
    days = list(left.values())
    await find_enrollments(connection, source, days)
    await make_enrollments(connection, source, days)
    homes = [day.values["enrollment_id"] for day in days]
    await connection.execute(_MOVE, source.community_id, list(left), homes)
    await log_changes(
        connection, source, attendance_event, [(key, day.placed.child_id) for key, day in left.items()]
    )
    await refresh_made(connection, source, enrollments_of(days))
