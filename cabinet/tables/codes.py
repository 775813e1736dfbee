"""What a community's own codes mean."""

from sqlalchemy import Text

from cabinet.tables.catalog import Holds, Label, column, community_table, index, recorded_at

INTERNAL = Label.INTERNAL

code_mapping = community_table(
    "code_mapping",
    Holds.CODES,
    "What a community's own codes mean in files of one format; of several rows the latest counts.",
    column("format", Text(), INTERNAL, "Name of the format."),
    column("file", Text(), INTERNAL, "Name of the file it was set from, as problems name it."),
    column("content", Text(), INTERNAL, "What stands in that file, TOML; empty: nothing is said any more."),
    recorded_at(),
    index("code_mapping_format_idx", "format", "recorded_at"),
)
