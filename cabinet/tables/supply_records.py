"""What directories say of the supply and has no column of its own."""

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB

from cabinet.tables.catalog import Holds, Label, column, community_table, recorded_at

INTERNAL = Label.INTERNAL

supply_record = community_table(
    "supply_record",
    Holds.LEDGER,
    "What one format says of an item of the supply and has no column here, kept as received.",
    column("format", Text(), INTERNAL, "Name of the format it was read from."),
    column("kind", Text(), INTERNAL, "What the item is: organization, location, program, service."),
    column("code", Text(), INTERNAL, "The item's code in this community."),
    column("payload", JSONB(), INTERNAL, "What is said, by the source's own names."),
    recorded_at(),
    key=("format", "kind", "code"),
)
