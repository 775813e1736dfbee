"""What a family permits and denies, kept as received; nothing is decided by it yet (decision 22)."""

from sqlalchemy import BigInteger, Date, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

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
from cabinet.tables.terms import ConsentDecision

IDENTITY, INTERNAL = Label.IDENTITY, Label.INTERNAL

consent = community_table(
    "consent",
    Holds.IDENTITY,
    "A permission or denial to share what is known of a child. It is kept, and not enforced yet.",
    column("child_id", Uuid(), INTERNAL, "The child."),
    *said_by(),
    column("decision", Text(), IDENTITY, "PERMIT, or DENY if it denies anything at all."),
    column("begins", Date(), IDENTITY, "First day it holds."),
    column("ends", Date(), IDENTITY, "Last day it holds; empty: until it is revoked.", nullable=True),
    column("payload", JSONB(), IDENTITY, "Purposes, recipients and exceptions, as received."),
    column("record_id", Text(), IDENTITY, "The record's id at its source."),
    column("record_version", BigInteger(), INTERNAL, "The highest version received."),
    column("content_hash", Text(), INTERNAL, "SHA-256 of what that version said."),
    recorded_at(),
    said_of(),
    ref("child"),
    ref("organization"),
    one_of("decision", tuple(ConsentDecision)),
    in_order("begins", "ends"),
    once("organization_id", "record_id"),
    index("consent_child_idx", "child_id"),
)
