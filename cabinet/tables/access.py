"""Who may do what, and what was done: memberships, idempotency keys, changes and the audit."""

from typing import Any

from sqlalchemy import CheckConstraint, Date, LargeBinary, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

from cabinet.tables.catalog import (
    Holds,
    Label,
    column,
    community_table,
    in_order,
    index,
    one_of,
    recorded_at,
    ref,
)
from cabinet.tables.terms import Role


class XID8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


INTERNAL = Label.INTERNAL

membership = community_table(
    "membership",
    Holds.MEMBERSHIP,
    "A person's or a machine's role in one community.",
    column("subject", Text(), INTERNAL, "`sub` of the token, as the identity provider gives it."),
    column("role", Text(), INTERNAL, "The role."),
    column("organization_id", Uuid(), INTERNAL, "With PARTNER_AGENCY: the organization acted for.", nullable=True),
    column("sector", Text(), INTERNAL, "With SECTOR_STEWARD: the sector.", nullable=True),
    column("begins", Date(), INTERNAL, "First day.", default="CURRENT_DATE"),
    column("ends", Date(), INTERNAL, "Last day; empty: open.", nullable=True),
    recorded_at(),
    ref("organization"),
    one_of("role", tuple(Role)),
    in_order("begins", "ends"),
    CheckConstraint("(role = 'PARTNER_AGENCY') = (organization_id IS NOT NULL)", name="agency_has_organization"),
    CheckConstraint("(role = 'SECTOR_STEWARD') = (sector IS NOT NULL)", name="steward_has_sector"),
    index(
        "membership_standing_once",
        "subject",
        "role",
        text("coalesce(organization_id::text, '')"),
        text("coalesce(sector, '')"),
        unique=True,
        postgresql_where=text("ends IS NULL"),
    ),
    index("membership_subject_idx", "subject"),
)

community_secret = community_table(
    "community_secret",
    Holds.KEYS,
    "A secret of the community, from which keys are derived; made when it is first needed.",
    column("purpose", Text(), INTERNAL, "What it is for."),
    column(
        "secret",
        LargeBinary(),
        INTERNAL,
        "The secret: 32 bytes, 244 bits of them by chance.",
        default="uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())",
    ),
    recorded_at(),
    one_of("purpose", ("CHILD_REFERENCES",)),
    key=("purpose",),
)

idempotency_key = community_table(
    "idempotency_key",
    Holds.LEDGER,
    "A post already answered: the same key and body get the same receipt.",
    column("organization_id", Uuid(), INTERNAL, "The organization that posted."),
    column("key", Text(), INTERNAL, "The key the client chose."),
    column("request_hash", LargeBinary(), INTERNAL, "SHA-256 of the canonical request."),
    column("receipt", Text(), INTERNAL, "The receipt as given, JSON.", nullable=True),
    recorded_at(),
    ref("organization"),
    key=("organization_id", "key"),
)

change = community_table(
    "change",
    Holds.LEDGER,
    "One row written, in the transaction that wrote it.",
    column(
        "xid",
        XID8(),
        INTERNAL,
        "Id of that transaction (pg_current_xact_id): what a reader has not yet seen is told by it.",
        default="pg_current_xact_id()",
    ),
    column("entity", Text(), INTERNAL, "Table of the row."),
    column("entity_id", Uuid(), INTERNAL, "Key of the row."),
    column("child_id", Uuid(), INTERNAL, "The child it is about.", nullable=True),
    recorded_at(),
    column("organization_id", Uuid(), INTERNAL, "The organization that wrote it.", nullable=True),
    column("sector", Text(), INTERNAL, "Sector of that organization's record.", nullable=True),
    index("change_xid_idx", "xid"),
)

audit_event = community_table(
    "audit_event",
    Holds.AUDIT,
    "Who asked for or wrote what, under which role.",
    column("subject", Text(), INTERNAL, "`sub` of the token, or the command that ran."),
    column("roles", Text(), INTERNAL, "Roles held in the community at that time."),
    column("action", Text(), INTERNAL, "What was done."),
    column("detail", JSONB(), INTERNAL, "The question or the counts, never a child's identity.", default="'{}'"),
    recorded_at(),
    index("audit_event_recorded_idx", "recorded_at"),
)
