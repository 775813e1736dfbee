"""Records that were posted in error, as they stood: they count no longer, and are not lost."""

from sqlalchemy import BigInteger, Date, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from cabinet.tables.catalog import Holds, Label, column, community_table, once, one_of, ref
from cabinet.tables.children import said_by, said_of
from cabinet.tables.terms import WithdrawnKind

COUNTED, SENSITIVE, IDENTITY, INTERNAL = Label.COUNTED, Label.SENSITIVE, Label.IDENTITY, Label.INTERNAL

# What stood in the record has columns beside the payload: they have labels, and are masked like the record's own.
STOOD = (
    column(
        "service_type_id",
        Uuid(),
        COUNTED,
        "The kind of service it was about, where it was about one.",
        nullable=True,
    ),
    column(
        "day",
        Date(),
        COUNTED,
        "The day it was about, or the first one; empty: withdrawn before it arrived.",
        nullable=True,
    ),
    column("closed", Date(), COUNTED, "Day on which a need or a referral was over, if it was.", nullable=True),
    column("said", Text(), COUNTED, "Its category, kind of contact, basis or status, as it stood.", nullable=True),
    column("code", Text(), SENSITIVE, "Of an encounter: code at its source, as system|code.", nullable=True),
    column(
        "recipient",
        Text(),
        SENSITIVE,
        "Of a referral: whom the child was sent to, as its source writes it.",
        nullable=True,
    ),
)

withdrawn_record = community_table(
    "withdrawn_record",
    Holds.IDENTITY,
    "A record that its source has withdrawn, as it stood. A higher version of the record stands again.",
    *said_by(),
    said_of(),
    column("entity", Text(), INTERNAL, "Table the record stood in."),
    column("record_id", Text(), IDENTITY, "The record's id at its source."),
    column("record_version", BigInteger(), COUNTED, "The version that withdrew it."),
    column("reason", Text(), IDENTITY, "Why, in its source's words.", nullable=True),
    column("child_id", Uuid(), COUNTED, "The child; empty: withdrawn before it arrived.", nullable=True),
    column(
        "payload", JSONB(), IDENTITY, "The row as it stood; empty: withdrawn before it arrived.", nullable=True
    ),
    column("recorded_at", TIMESTAMP(timezone=True), COUNTED, "When it was taken out.", default="now()"),
    column("kind", Text(), COUNTED, "What kind of record it was."),
    *STOOD,
    ref("organization"),
    ref("child"),
    ref("service_type"),
    one_of("kind", tuple(WithdrawnKind)),
    once("organization_id", "entity", "record_id"),
)
