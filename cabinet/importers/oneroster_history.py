"""What a package says of a student, beside what its source said before: the latest word on each part counts.

A part is the student's row of users.csv, that of demographics.csv, or one of roles.csv. They are kept as received,
so that a delta file with one of them leaves the others as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cabinet.calendar import school_year_of
from cabinet.errors import RowProblem
from cabinet.importers.format import Oddity, Standing, Stored, Whole
from cabinet.importers.oneroster_package import Mode
from cabinet.importers.oneroster_rows import instant
from cabinet.importers.oneroster_student import child_fields, has_student_role, is_deleted, org_ids
from cabinet.importers.values import present
from cabinet.importers.word_codes import Words
from cabinet.intake.rows import Kind, Raw

ABSENT = "absent"
MODIFIED = "dateLastModified"
PASSED_OVER = RowProblem("The row is marked to be deleted, and nothing was there; it was passed over.", hint="")
NO_STUDENT = RowProblem("The row is about nobody who is known as a student; it was passed over.", hint="")
Part = Mapping[str, Any]


@dataclass(frozen=True)
class Frame:
    """What holds for a whole package: how complete each file is, as of when, what its orgs and sessions say."""

    modes: Mapping[str, Mode]
    newest: Mapping[str, str]
    schools: Mapping[str, str]
    school_year: int | None
    in_roles: bool
    words: Words


@dataclass(frozen=True, kw_only=True)
class StudentRaw(Raw):
    """A student as the package alone says it, with the parts it was read from."""

    frame: Frame
    parts: Mapping[str, Any] = field(default_factory=dict)
    class_school: str | None = None


def settle_student(raw: StudentRaw, standing: Standing) -> Raw | Oddity:
    """Return the row of a student with the latest of each part."""
    record_id = str(raw.fields.get("record_id", ""))
    stored = standing.records.get(record_id, {})
    known: Part = stored.get("payload", {})
    parts = _merged(raw.frame, known, raw.parts)
    has_news = parts.get("users") is not known.get("users") or parts.get("roles") != known.get("roles")
    if stored and parts == known and (not has_news or raw.frame.modes["users"] is not Mode.BULK):
        return Raw(Kind.CHILD, stored, raw.file, raw.line)
    if not stored and is_deleted(parts.get("users", {}).get("status", "")):
        return Oddity(PASSED_OVER, raw.file, raw.line, "status")
    if not stored and not (
        "users" in parts and has_student_role(parts, raw.frame.words, in_roles=raw.frame.in_roles)
    ):
        return Oddity(NO_STUDENT, raw.file, raw.line)
    school_year, school = stored.get("school_year"), stored.get("school")
    if has_news:
        school_year = raw.frame.school_year or school_year_of(standing.today)
        school = _school(raw, parts, stored)
    fields = {
        **child_fields(record_id, parts, raw.frame.words, school, school_year),
        **_leaving(raw.frame, parts, stored, standing.today),
    }
    return Raw(Kind.CHILD, fields, raw.file, raw.line)


def end_student(whole: Whole, stored: Stored, today: date) -> Raw:
    """Return the row of a student whom a complete file no longer holds."""
    payload: dict[str, Any] = {**stored.get("payload", {})}
    users = payload.get("users", {})
    payload["users"] = {**users, **present(status=ABSENT, dateLastModified=whole.newest or users.get(MODIFIED))}
    left = {"ends": today.isoformat(), "exit_reason": whole.reason, "payload": payload}
    return Raw(Kind.CHILD, {**stored, **left}, whole.file, 1)


def is_student_newer(whole: Whole, stored: Stored) -> bool:
    users = stored.get("payload", {}).get("users", {})
    return is_before(whole.newest, users.get(MODIFIED, ""))


def is_before(one: str, other: str) -> bool:
    """Whether an instant is known to lie before another."""
    first, second = instant(one), instant(other)
    return first is not None and second is not None and first < second


def _merged(frame: Frame, known: Part, said: Part) -> dict[str, Any]:
    """Return the latest of each part."""
    roles, known_roles = said.get("roles", {}), known.get("roles", {})
    latest = {
        role_id: _latest(frame, "roles", known_roles.get(role_id), roles.get(role_id))
        for role_id in sorted({*roles, *known_roles})
    }
    return present(
        users=_latest(frame, "users", known.get("users"), said.get("users")) or known.get("users"),
        demographics=_latest(frame, "demographics", known.get("demographics"), said.get("demographics")),
        roles={role_id: role for role_id, role in latest.items() if role},
    )


def _latest(frame: Frame, noun: str, known: Part | None, said: Part | None) -> Part | None:
    """Return the later word of two on one part. A complete file speaks as of its own last modification."""
    is_whole = frame.modes[noun] is Mode.BULK
    if known is None or (said is None and not is_whole):
        return known if said is None else said
    modified = known.get(MODIFIED, "")
    spoken = frame.newest[noun] if is_whole else (said or {}).get(MODIFIED, "")
    is_again = known.get("status") == ABSENT and not is_whole and instant(spoken) == instant(modified) is not None
    if is_before(spoken, modified) or is_again:
        return known
    return {MODIFIED: modified, **said} if said and modified else said


def _school(raw: StudentRaw, parts: Part, stored: Stored) -> str | None:
    """Return the code of the school; where the package does not hold all orgs, that of before or the org's id."""
    words = raw.frame.words
    ids = org_ids(parts, words)
    found = next((raw.frame.schools[org_id] for org_id in ids if org_id in raw.frame.schools), raw.class_school)
    if found or raw.frame.modes["orgs"] in (Mode.BULK, Mode.UNDECLARED):
        return found
    is_still = stored and ids == org_ids(stored.get("payload", {}), words)
    return stored.get("school") if is_still else next(iter(ids), None)


def _leaving(frame: Frame, parts: Part, stored: Stored, today: date) -> dict[str, str]:
    """Return when and why the student has left, or nothing."""
    users = parts["users"]
    status = users.get("status", "")
    if status == ABSENT and stored.get("ends"):
        return {name: stored[name] for name in ("ends", "exit_reason")}
    if is_deleted(status):
        reason, modified = "Marked to be deleted in users.csv", users.get(MODIFIED, "")
    elif not has_student_role(parts, frame.words, in_roles=frame.in_roles):
        spoken = [role.get(MODIFIED, "") for role in parts.get("roles", {}).values()]
        reason, modified = "No longer has the role of a student", max([users.get(MODIFIED, ""), *spoken])
    else:
        return {}
    found = instant(modified)
    day = (min(found.date(), today) if found else today).isoformat()
    # A row without a date was deleted on the day it was first read.
    is_known = found is None and stored.get("exit_reason") == reason
    return {"ends": stored["ends"] if is_known else day, "exit_reason": reason}
