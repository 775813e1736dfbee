"""Participation: enrollments, attendance, encounters, needs and referrals, each counted by child."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, Integer, Text, Uuid, text

from cabinet.tables.catalog import (
    Holds,
    Label,
    column,
    community_table,
    in_order,
    index,
    once,
    one_of,
    recorded_at,
    ref,
)
from cabinet.tables.children import said_by, said_of
from cabinet.tables.terms import (
    ENDED_STATUSES,
    AttendanceCategory,
    EncounterKind,
    EnrollmentStatus,
    NeedBasis,
    ReferralStatus,
)

COUNTED, IDENTITY, INTERNAL = Label.COUNTED, Label.IDENTITY, Label.INTERNAL

_ended = ", ".join(f"'{status}'" for status in ENDED_STATUSES)


def _posted() -> tuple[Column[str], Column[int], Column[str]]:
    """Return the natural key a partner posts under, its version, and what that version said."""
    return (
        column("record_id", Text(), IDENTITY, "The record's id at its source."),
        column("record_version", BigInteger(), INTERNAL, "The highest version received."),
        column("content_hash", Text(), INTERNAL, "SHA-256 of what that version said."),
    )


def _child_id() -> Column[Any]:
    return column("child_id", Uuid(), COUNTED, "The child.")


def _service_type_id(comment: str) -> Column[Any]:
    return column("service_type_id", Uuid(), COUNTED, comment)


enrollment = community_table(
    "enrollment",
    Holds.COUNTED,
    "A child in a program over a period.",
    _child_id(),
    column("program_id", Uuid(), COUNTED, "The program."),
    *said_by(),
    column("status", Text(), COUNTED, "Where the enrollment stands."),
    column("begins", Date(), COUNTED, "First day."),
    column("ends", Date(), COUNTED, "Last day, inclusive; empty: open.", nullable=True),
    column("exit_reason", Text(), COUNTED, "Why it ended.", nullable=True),
    *_posted(),
    recorded_at(),
    said_of(),
    column(
        "is_second",
        Boolean(),
        INTERNAL,
        "Whether it was open beside another of the program when two children were found to be one.",
        default="false",
    ),
    ref("child"),
    ref("program"),
    ref("organization"),
    one_of("status", tuple(EnrollmentStatus)),
    in_order("begins", "ends"),
    CheckConstraint(f"status NOT IN ({_ended}) OR ends IS NOT NULL", name="ended_has_end"),
    once("organization_id", "record_id"),
    index(
        "enrollment_one_open",
        "child_id",
        "program_id",
        unique=True,
        postgresql_where=text(
            "ends IS NULL AND NOT is_second AND status IN ('REFERRED', 'WAITLISTED', 'ENROLLED')"
        ),
    ),
    index("enrollment_child_idx", "child_id"),
    # Made from attendance: a new record asks whether it is to take the place of one.
    index("enrollment_made_idx", "child_id", "program_id", postgresql_where=text("record_version < 0")),
    # Pages of a program's enrollments, and lists by date, are read in the order of the index. With what the policy
    # goes by in it, rows of other sectors are passed over, and rows are counted, without looking at the table.
    index(
        "enrollment_program_idx",
        "program_id",
        "enrollment_id",
        "sector",
        postgresql_include=["organization_id"],
    ),
    index("enrollment_begins_idx", "begins", "enrollment_id"),
)

attendance_event = community_table(
    "attendance_event",
    Holds.COUNTED,
    "One day of one enrollment, or one session of that day.",
    column("enrollment_id", Uuid(), COUNTED, "The enrollment."),
    _child_id(),
    *said_by(),
    column("attended_on", Date(), COUNTED, "The day."),
    column("category", Text(), COUNTED, "Present or absent, and how."),
    column("minutes", Integer(), COUNTED, "Minutes attended.", nullable=True),
    recorded_at(),
    column("session", Text(), IDENTITY, "Which session, in its source's own words.", nullable=True),
    *_posted(),
    said_of(),
    ref("enrollment"),
    ref("child"),
    ref("organization"),
    one_of("category", tuple(AttendanceCategory)),
    CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes_within_day"),
    once("organization_id", "record_id"),
    index("attendance_event_child_idx", "child_id"),
    index("attendance_event_day_idx", "enrollment_id", "attended_on"),
    is_withdrawable=True,
)

encounter = community_table(
    "encounter",
    Holds.COUNTED,
    "A dated health or support contact: a visit, an immunization, a screening.",
    _child_id(),
    _service_type_id("The kind of service given."),
    *said_by(),
    column("kind", Text(), COUNTED, "What kind of contact."),
    column("occurred_on", Date(), COUNTED, "The day."),
    column("code", Text(), Label.SENSITIVE, "Code at its source, as system|code (CVX, SNOMED CT).", nullable=True),
    *_posted(),
    recorded_at(),
    said_of(),
    ref("child"),
    ref("service_type"),
    ref("organization"),
    one_of("kind", tuple(EncounterKind)),
    once("organization_id", "record_id"),
    index("encounter_child_idx", "child_id"),
    index("encounter_service_type_idx", "service_type_id", "occurred_on"),
    is_withdrawable=True,
)

need = community_table(
    "need",
    Holds.COUNTED,
    "An identified need of a child for a kind of service.",
    _child_id(),
    _service_type_id("The kind of service needed."),
    *said_by(),
    column("basis", Text(), COUNTED, "How it came to be known."),
    column("opened", Date(), COUNTED, "First day of the need."),
    column("resolved", Date(), COUNTED, "Day it was resolved; empty: open.", nullable=True),
    *_posted(),
    recorded_at(),
    said_of(),
    ref("child"),
    ref("service_type"),
    ref("organization"),
    one_of("basis", tuple(NeedBasis)),
    in_order("opened", "resolved"),
    once("organization_id", "record_id"),
    index("need_child_idx", "child_id"),
    is_withdrawable=True,
)

referral = community_table(
    "referral",
    Holds.COUNTED,
    "A child sent to somebody for a kind of service, and what became of it.",
    _child_id(),
    _service_type_id("The kind of service the child was sent for."),
    *said_by(),
    column("status", Text(), COUNTED, "Where the referral stands."),
    column("sent", Date(), COUNTED, "Day it was sent."),
    column("closed", Date(), COUNTED, "Day it was declined, completed or taken back; empty: open.", nullable=True),
    column(
        "recipient", Text(), Label.SENSITIVE, "Whom the child was sent to, as its source writes it.", nullable=True
    ),
    *_posted(),
    recorded_at(),
    said_of(),
    ref("child"),
    ref("service_type"),
    ref("organization"),
    one_of("status", tuple(ReferralStatus)),
    in_order("sent", "closed"),
    once("organization_id", "record_id"),
    index("referral_child_idx", "child_id"),
    is_withdrawable=True,
)
