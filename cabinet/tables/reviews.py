"""Doubt about who is the same child, what people decided of it, and what it takes to undo that."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Float, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from cabinet.tables.catalog import Holds, Label, column, community_table, index, once, one_of, recorded_at, ref
from cabinet.tables.children import said_by
from cabinet.tables.terms import MatchAct, ReviewReason, ReviewState

IDENTITY, INTERNAL = Label.IDENTITY, Label.INTERNAL
_WHEN = TIMESTAMP(timezone=True)

match_review = community_table(
    "match_review",
    Holds.IDENTITY,
    "A row or record that may be about more than one child; kept whole until a person decides.",
    column("organization_id", Uuid(), INTERNAL, "The organization whose record it is."),
    column("sector", Text(), INTERNAL, "Sector of the record."),
    column("kind", Text(), INTERNAL, "What was posted: child, enrollment, encounter."),
    column("record_id", Text(), IDENTITY, "The record's id at its source."),
    column("record_version", BigInteger(), INTERNAL, "Its version."),
    column("payload", JSONB(), IDENTITY, "The row as received."),
    recorded_at(),
    column("format", Text(), INTERNAL, "What it was read from: post, oneroster, fhir ...", default="'post'"),
    column("child_id", Uuid(), INTERNAL, "Whom it counts for meanwhile; empty: it waits.", nullable=True),
    column("source_record_id", Uuid(), INTERNAL, "The record in doubt; empty: it waits.", nullable=True),
    column("reason", Text(), INTERNAL, "Why a person has to look at it.", default="'SEVERAL_CHILDREN'"),
    column("state", Text(), INTERNAL, "Whether it was decided.", default="'OPEN'"),
    column("decided_by", Text(), INTERNAL, "Who decided.", nullable=True),
    column("decided_at", _WHEN, INTERNAL, "When.", nullable=True),
    ref("organization"),
    ref("child"),
    ref("source_record"),
    one_of("reason", tuple(ReviewReason)),
    one_of("state", tuple(ReviewState)),
    CheckConstraint(
        "(state = 'DECIDED') = (decided_at IS NOT NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
        name="decided_whole",
    ),
    once("organization_id", "kind", "record_id"),
    index("match_review_state_idx", "state", "match_review_id"),
    index("match_review_child_idx", "child_id"),
)

match_candidate = community_table(
    "match_candidate",
    Holds.IDENTITY,
    "A child that the record of a review may be about, and what speaks for it.",
    column("match_review_id", Uuid(), INTERNAL, "The review."),
    column("child_id", Uuid(), INTERNAL, "The child it may be."),
    *said_by(),
    column("probability", Float(), INTERNAL, "That it is this child; empty: by exact rules.", nullable=True),
    column("weight", Float(), INTERNAL, "In bits, against a stranger; empty: by exact rules.", nullable=True),
    column("reasons", JSONB(), INTERNAL, "What was found, a list of {says, bits}.", default="'[]'"),
    column("remarks", JSONB(), INTERNAL, "The rules that leave it to a person, a list.", default="'[]'"),
    column("model_version", Text(), INTERNAL, "Version of the model; empty: exact rules.", nullable=True),
    recorded_at(),
    ref("match_review"),
    ref("child"),
    CheckConstraint("probability BETWEEN 0 AND 1", name="probability_is_one"),
    index("match_candidate_child_idx", "child_id"),
    key=("match_review_id", "child_id"),
)

# The three below outlive what they speak of: undoing may take a child or a record away. So they refer to none.
match_decision = community_table(
    "match_decision",
    Holds.LEDGER,
    "One act on who is the same child: by a person, or by the model in batch.",
    column("act", Text(), INTERNAL, "What was done."),
    column("match_review_id", Uuid(), INTERNAL, "The review it answers, if it does.", nullable=True),
    column("child_id", Uuid(), INTERNAL, "The child whose records were given away, or taken in."),
    column("other_child_id", Uuid(), INTERNAL, "The other child of the act, if there is one.", nullable=True),
    column("note", Text(), INTERNAL, "Why, in the words of who decided.", nullable=True),
    column("decided_by", Text(), INTERNAL, "Who or what decided."),
    column("decided_at", _WHEN, INTERNAL, "When.", default="now()"),
    column("undone_by", Text(), INTERNAL, "Who undid it.", nullable=True),
    column("undone_at", _WHEN, INTERNAL, "When it was undone.", nullable=True),
    ref("match_review"),
    one_of("act", tuple(MatchAct)),
    CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_whole"),
    index("match_decision_review_idx", "match_review_id"),
)

settled_match = community_table(
    "settled_match",
    Holds.LEDGER,
    "What a person said of two source records; it stands as long as the decision does.",
    column("match_decision_id", Uuid(), INTERNAL, "The decision it is part of: by whom, when, whether undone."),
    column("source_record_id", Uuid(), INTERNAL, "One record, the lesser key of the two."),
    column("other_record_id", Uuid(), INTERNAL, "The other record."),
    column("is_same", Boolean(), INTERNAL, "Whether they are one child's."),
    ref("match_decision"),
    CheckConstraint("source_record_id < other_record_id", name="pair_in_order"),
    index("settled_match_record_idx", "source_record_id"),
    index("settled_match_other_idx", "other_record_id"),
    key=("match_decision_id", "source_record_id", "other_record_id"),
)

match_journal = community_table(
    "match_journal",
    Holds.LEDGER,
    "A row that a decision changed, as it was before and after, so that undoing is exact.",
    column("match_decision_id", Uuid(), INTERNAL, "The decision."),
    column("number", Integer(), INTERNAL, "Its place among the rows of the decision."),
    column("entity", Text(), INTERNAL, "Table of the row."),
    column("before", JSONB(), IDENTITY, "The row before; empty: it was made.", nullable=True),
    column("after", JSONB(), IDENTITY, "The row after; empty: it was taken away.", nullable=True),
    ref("match_decision"),
    key=("match_decision_id", "number"),
)

child_alias = community_table(
    "child_alias",
    Holds.IDENTITY,
    "A key by which an organization knew a child before its records were another child's.",
    *said_by(),
    column("former_id", Uuid(), INTERNAL, "The key it knew."),
    column("child_id", Uuid(), INTERNAL, "The child it means now."),
    recorded_at(),
    ref("organization"),
    ref("child"),
    index("child_alias_child_idx", "child_id"),
    key=("organization_id", "former_id"),
)
