"""Populations under a name, for everybody who counts in the community."""

from sqlalchemy import Boolean, CheckConstraint, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from cabinet.tables.catalog import Holds, Label, code_column, column, community_table, recorded_at

PUBLIC = Label.PUBLIC

named_population = community_table(
    "named_population",
    Holds.DEFINITION,
    "A version of a population under a name; what a version said stays.",
    code_column("The population's code."),
    column("version", Integer(), PUBLIC, "1, and one more with each change."),
    column("name", Text(), PUBLIC, "Name as people know it."),
    column("description", Text(), PUBLIC, "What it is for.", nullable=True),
    column("definition", JSONB(), PUBLIC, "The AND / OR / NOT of its conditions."),
    column("retired", Boolean(), PUBLIC, "Whether it is out of use from this version on.", default="false"),
    column("saved_by", Text(), Label.INTERNAL, "Subject of who saved it."),
    recorded_at(),
    CheckConstraint("version > 0", name="version_positive"),
    CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,59}$'", name="code_plain"),
    key=("code", "version"),
)
