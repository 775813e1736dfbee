"""What a kind of service was taken to be before it was changed."""

from sqlalchemy import Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from cabinet.tables.catalog import Holds, Label, column, community_table, recorded_at, ref

PUBLIC = Label.PUBLIC

service_type_version = community_table(
    "service_type_version",
    Holds.DEFINITION,
    "What a version of a service type said, kept when the next one took its place.",
    column("service_type_id", Uuid(), PUBLIC, "The service type."),
    column("version", Integer(), PUBLIC, "The version that was replaced."),
    column("definition", JSONB(), PUBLIC, "Ages, grades, rule of need, recency and dosage, as they were."),
    column("replaced_by", Text(), Label.INTERNAL, "Subject of who changed it."),
    recorded_at(),
    ref("service_type"),
    key=("service_type_id", "version"),
)
