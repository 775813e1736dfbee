"""Records that were posted in error, as they stood: they count no longer, and are not lost."""

from sqlalchemy import BigInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from cabinet.tables.catalog import Holds, Label, column, community_table, once, recorded_at, ref
from cabinet.tables.children import said_by, said_of

IDENTITY, INTERNAL = Label.IDENTITY, Label.INTERNAL

withdrawn_record = community_table(
    "withdrawn_record",
    Holds.IDENTITY,
    "A record that its source has withdrawn, as it stood. A higher version of the record stands again.",
    *said_by(),
    said_of(),
    column("entity", Text(), INTERNAL, "Table the record stood in."),
    column("record_id", Text(), IDENTITY, "The record's id at its source."),
    column("record_version", BigInteger(), INTERNAL, "The version that withdrew it."),
    column("reason", Text(), IDENTITY, "Why, in its source's words.", nullable=True),
    column("child_id", Uuid(), INTERNAL, "The child; empty: withdrawn before it arrived.", nullable=True),
    column(
        "payload", JSONB(), IDENTITY, "The row as it stood; empty: withdrawn before it arrived.", nullable=True
    ),
    recorded_at(),
    ref("organization"),
    ref("child"),
    once("organization_id", "entity", "record_id"),
)
