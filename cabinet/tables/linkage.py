"""What record linkage goes by: a community's trained parameters, records as they are compared, what to expect."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Float, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from cabinet.tables.catalog import Holds, Label, column, community_table, index, recorded_at, ref
from cabinet.tables.children import said_by

COUNTED, IDENTITY, INTERNAL = Label.COUNTED, Label.IDENTITY, Label.INTERNAL
_WHEN = TIMESTAMP(timezone=True)

linkage_model = community_table(
    "linkage_model",
    Holds.LINKAGE,
    "Parameters of record linkage that a community's records have taught. It holds no name.",
    column("version", Integer(), COUNTED, "1, 2 ... in the community."),
    column("parameters", Text(), INTERNAL, "The parameters, JSON as cabinet.linkage.model writes it."),
    column("records", JSONB(), INTERNAL, "Numbers of records it was learned from, by source."),
    column("trained_by", Text(), INTERNAL, "Who had it trained."),
    column("trained_at", _WHEN, COUNTED, "When.", default="now()"),
    column("in_use", Boolean(), COUNTED, "Whether rows are matched by it.", default="false"),
    column("used_by", Text(), INTERNAL, "Who put it to use last.", nullable=True),
    column("used_at", _WHEN, INTERNAL, "When.", nullable=True),
    CheckConstraint("version > 0", name="version_counts"),
    CheckConstraint(
        "(used_at IS NULL) = (used_by IS NULL) AND (used_at IS NOT NULL OR NOT in_use)", name="used_whole"
    ),
    index("linkage_model_one_in_use", unique=True, postgresql_where=text("in_use")),
    key=("version",),
)

child_comparison = community_table(
    "child_comparison",
    Holds.IDENTITY,
    "A source record as it is compared with others. Made of what it says, where a model is in use.",
    column("source_record_id", Uuid(), INTERNAL, "The source record."),
    *said_by(),
    column("form", Integer(), INTERNAL, "Version of the features: of what is compared, and how."),
    column("features", JSONB(), IDENTITY, "What is compared, by the fields of cabinet.linkage.features."),
    column("given", Text(), IDENTITY, "Given name as compared, to be counted.", nullable=True),
    column("family", Text(), IDENTITY, "Family name as compared, to be counted.", nullable=True),
    recorded_at(),
    ref("source_record"),
    index("child_comparison_given_idx", "given"),
    index("child_comparison_family_idx", "family"),
    key=("source_record_id",),
)

comparison_key = community_table(
    "comparison_key",
    Holds.IDENTITY,
    "What a record shares with others that are worth comparing with it: name, birth date, address, telephone ...",
    column("key", BigInteger(), IDENTITY, "Hash of one of its keys (cabinet.linkage.features)."),
    column("source_record_id", Uuid(), INTERNAL, "The source record."),
    *said_by(),
    ref("source_record"),
    index("comparison_key_record_idx", "source_record_id"),
    key=("key", "source_record_id"),
)

linkage_quality = community_table(
    "linkage_quality",
    Holds.LINKAGE,
    "How well two sources' records are expected to be linked, by the last run over all of them.",
    column("organization_id", Uuid(), COUNTED, "One source."),
    column("other_organization_id", Uuid(), COUNTED, "The other source."),
    column("version", Integer(), COUNTED, "Version of the model."),
    column("as_of", _WHEN, COUNTED, "When the records were matched."),
    column("records", Integer(), COUNTED, "Records of the one source."),
    column("other_records", Integer(), COUNTED, "Records of the other source."),
    column("linked", Integer(), COUNTED, "Pairs of their records that are one child's."),
    column("for_review", Integer(), COUNTED, "Pairs a person has to look at."),
    column("precision", Float(), COUNTED, "Share of the linked pairs that is expected to be true."),
    column("recall", Float(), COUNTED, "Share of the true pairs that is expected to be linked."),
    column("recall_with_review", Float(), COUNTED, "The same when people find those in review."),
    ref("organization"),
    ref("organization", "other_organization_id"),
    key=("organization_id", "other_organization_id"),
)
