"""Views: questions that were saved, with every version they had, and whom they are shared with."""

from sqlalchemy import CheckConstraint, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

from cabinet.tables.catalog import Holds, Label, column, community_table, once, recorded_at, ref

INTERNAL = Label.INTERNAL

view = community_table(
    "view",
    Holds.VIEW,
    "A question about coverage that somebody saved; it is answered by the rights of who runs it.",
    column("name", Text(), INTERNAL, "Name as people know it."),
    column("description", Text(), INTERNAL, "What it is for.", nullable=True),
    column("owner", Text(), INTERNAL, "Who saved it, as the subject of their token."),
    column("latest", Integer(), INTERNAL, "Its latest version."),
    column(
        "shared_with",
        ARRAY(Text()),
        INTERNAL,
        "CABINET, ROLE:code or PERSON:subject, as many as apply.",
        default="'{}'",
    ),
    column(
        "forked_from", Uuid(), INTERNAL, "The view it was made of, perhaps another community's.", nullable=True
    ),
    column("forked_version", Integer(), INTERNAL, "Which version of that.", nullable=True),
    column("archived_at", TIMESTAMP(timezone=True), INTERNAL, "When it was put away.", nullable=True),
    recorded_at(),
    CheckConstraint("(forked_from IS NULL) = (forked_version IS NULL)", name="forked_whole"),
)

view_version = community_table(
    "view_version",
    Holds.VIEW,
    "What a view asked in one version; it is never changed.",
    column("view_id", Uuid(), INTERNAL, "The view."),
    column("version", Integer(), INTERNAL, "Its number, from 1."),
    column("definition", JSONB(), INTERNAL, "The question, see cabinet.views.definition."),
    column("note", Text(), INTERNAL, "What changed, in its maker's words.", nullable=True),
    column("made_by", Text(), INTERNAL, "Who made it."),
    recorded_at(),
    ref("view"),
    once("view_id", "version"),
)
