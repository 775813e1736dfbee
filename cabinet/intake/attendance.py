"""Which enrollment a day of attendance belongs to, and the one that is made where the agency has told of none.

A made enrollment says what its days say, however they arrived: ENROLLED and open from the first day attended, or
NOT_ENROLLED as long as there is none. The agency's own record of the time takes its place (`open_enrollments`).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from cabinet.db import Connection, Record
from cabinet.errors import EnrollmentContradicted, EnrollmentMade, EnrollmentUnknown
from cabinet.intake.changes import log_changes
from cabinet.intake.drafts import Draft, Held
from cabinet.intake.open_enrollments import IN_THE_PROGRAM, Place, place
from cabinet.intake.source import Source, said_by
from cabinet.intake.write import insert
from cabinet.tables import enrollment
from cabinet.tables.terms import ATTENDED, EnrollmentStatus

MADE_VERSION = -1
"""Below every version a source can give: that is how a made enrollment is known, and why it gives way to any."""

_ENROLLMENTS = """
SELECT child_id, program_id, enrollment_id, record_id, status, begins, ends, record_version < 0 AS is_made
FROM enrollment WHERE community_id = $1 AND organization_id = $2 AND child_id = ANY ($3) ORDER BY record_id
"""
# Asked by key and not joined: while a load fills the tables, the planner has no idea of their size.
_MADE = """
SELECT enrollment_id, child_id, status, begins FROM enrollment
WHERE community_id = $1 AND enrollment_id = ANY ($2) AND record_version < 0
"""
_DAYS = """
SELECT enrollment_id, min(attended_on) FILTER (WHERE category = ANY ($3)) AS first_day, min(attended_on) AS any_day
FROM attendance_event WHERE community_id = $1 AND enrollment_id = ANY ($2) GROUP BY enrollment_id
"""
_REWRITE = """
UPDATE enrollment SET status = said.status, begins = said.begins
FROM unnest($2::uuid[], $3::text[], $4::date[]) AS said (enrollment_id, status, begins)
WHERE community_id = $1 AND enrollment.enrollment_id = said.enrollment_id
"""
_NO_DAY_YET = "The child has no enrollment in this program and attended no day of it; it counts as not enrolled."


async def find_enrollments(connection: Connection, source: Source, drafts: Sequence[Draft]) -> list[Draft]:
    """Give every day its enrollment, and reject those that name one there is not; nothing is written yet."""
    held = await _read_held(connection, source, drafts)
    # The days attended come first, in their order: the others may belong to what they make.
    for draft in sorted(drafts, key=lambda d: (not _is_attended(d), d.values["attended_on"])):
        named = draft.values.pop("enrollment")
        here = held.setdefault(place(draft.values), [])
        draft.held = _named(draft, here, named) if named else _of_that_day(draft, here)
    return [draft for draft in drafts if draft.held is not None]


async def make_enrollments(connection: Connection, source: Source, drafts: Sequence[Draft]) -> None:
    """Write the enrollments that are made, and say under which one every day is."""
    made = {d.held: _made_values(source, d, d.held) for d in drafts if d.held is not None and d.held.id is None}
    rows = await insert(
        connection, enrollment, list(made.values()), returning="record_id, enrollment_id, child_id"
    )
    await log_changes(connection, source, enrollment, [(row["enrollment_id"], row["child_id"]) for row in rows])
    keys = {row["record_id"]: row["enrollment_id"] for row in rows}
    for draft in drafts:
        if draft.held is not None:
            del draft.values["program_id"]
            draft.values["enrollment_id"] = draft.held.id or keys[draft.held.record_id]


def enrollments_of(drafts: Sequence[Draft]) -> set[UUID]:
    """Return the enrollments that the days are under; those too that a corrected day has left."""
    touched = {draft.values["enrollment_id"] for draft in drafts}
    left = (draft.stored.enrollment_id for draft in drafts if draft.stored is not None)
    return touched | {key for key in left if key is not None}


async def refresh_made(connection: Connection, source: Source, enrollments: Collection[UUID]) -> None:
    """Let those of the enrollments that were made say what their days say now."""
    made = await connection.fetch(_MADE, source.community_id, list(enrollments))
    keys = [row["enrollment_id"] for row in made]
    days = await connection.fetch(_DAYS, source.community_id, keys, list(ATTENDED))
    by_key = {row["enrollment_id"]: row for row in days}
    fresh = {key: _as_its_days_say(by_key.get(key), row["begins"]) for key, row in zip(keys, made, strict=True)}
    stale = [row for row in made if fresh[row["enrollment_id"]] != (row["status"], row["begins"])]
    keys = [row["enrollment_id"] for row in stale]
    statuses, begins = [fresh[key][0] for key in keys], [fresh[key][1] for key in keys]
    await connection.execute(_REWRITE, source.community_id, keys, statuses, begins)
    await log_changes(connection, source, enrollment, [(row["enrollment_id"], row["child_id"]) for row in stale])


def _as_its_days_say(days: Record | None, begins: date) -> tuple[EnrollmentStatus, date]:
    if days is None:
        return EnrollmentStatus.NOT_ENROLLED, begins
    if days["first_day"] is None:
        return EnrollmentStatus.NOT_ENROLLED, days["any_day"]
    return EnrollmentStatus.ENROLLED, days["first_day"]


async def _read_held(connection: Connection, source: Source, drafts: Sequence[Draft]) -> dict[Place, list[Held]]:
    children = list({draft.placed.child_id for draft in drafts})
    held: dict[Place, list[Held]] = {}
    for row in await connection.fetch(_ENROLLMENTS, source.community_id, source.organization_id, children):
        status = EnrollmentStatus(row["status"])
        found = Held(row["enrollment_id"], row["record_id"], status, row["begins"], row["ends"], row["is_made"])
        held.setdefault(place(row), []).append(found)
    return held


def _named(draft: Draft, here: Sequence[Held], record_id: str) -> Held | None:
    found = next((held for held in here if held.record_id == record_id and not held.is_made), None)
    if found is None:
        draft.outcome.reject(EnrollmentUnknown(), "enrollment")
    elif not _covers(found, draft.values["attended_on"]):
        draft.outcome.note(EnrollmentContradicted(), "attended_on")
    return found


def _of_that_day(draft: Draft, here: list[Held]) -> Held:
    """Return the enrollment that covers the day, or else the one that comes nearest, or else a made one."""
    day: date = draft.values["attended_on"]
    covering = [held for held in here if _covers(held, day)]
    if covering:
        return max(covering, key=lambda held: held.begins)
    if _is_attended(draft):
        at_hand = [held for held in here if held.status != EnrollmentStatus.NOT_ENROLLED and _not_over(held, day)]
        if at_hand:
            return _contradicted(draft, min(at_hand, key=lambda held: held.begins))
    return _made(draft, here)


def _contradicted(draft: Draft, held: Held) -> Held:
    if held.is_made:
        held.begins = draft.values["attended_on"]
    else:
        draft.outcome.note(EnrollmentContradicted(), "attended_on")
    return held


def _made(draft: Draft, here: list[Held]) -> Held:
    """Return the made enrollment of the child in the program, or make it; tell of it where it is new."""
    day, attended = draft.values["attended_on"], _is_attended(draft)
    known = next((held for held in here if held.is_made), None)
    held = known or Held(None, _made_id(draft), EnrollmentStatus.NOT_ENROLLED, day, None, is_made=True)
    if known is None:
        here.append(held)
    if attended:
        held.status, held.begins = EnrollmentStatus.ENROLLED, day
    if attended or known is None:
        draft.outcome.note(EnrollmentMade(None if attended else _NO_DAY_YET), "attended_on")
    return held


def _made_id(draft: Draft) -> str:
    said = (*place(draft.values), draft.record_id)
    return "attendance:" + hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _made_values(source: Source, draft: Draft, held: Held) -> Mapping[str, object]:
    return {
        **said_by(source),
        **{name: draft.values[name] for name in ("child_id", "program_id", "sector")},
        "source_record_id": draft.placed.source_record_id,
        "status": held.status,
        "begins": held.begins,
        "record_id": held.record_id,
        "record_version": MADE_VERSION,
        "content_hash": "",
    }


def _is_attended(draft: Draft) -> bool:
    return draft.values["category"] in ATTENDED


def _covers(held: Held, day: date) -> bool:
    return held.status in IN_THE_PROGRAM and held.begins <= day and _not_over(held, day)


def _not_over(held: Held, day: date) -> bool:
    return held.ends is None or day <= held.ends
