"""What is told to the outside: events, the webhooks they are told to, and each telling of one to the other."""

from sqlalchemy import Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

from cabinet.tables.catalog import Holds, Label, column, community_table, index, once, recorded_at, ref

INTERNAL, MOMENT = Label.INTERNAL, TIMESTAMP(timezone=True)

outbox = community_table(
    "outbox",
    Holds.OUTBOX,
    "An event to be told, in the transaction that caused it.",
    column("topic", Text(), INTERNAL, "What happened, for example enrollment.posted."),
    column("payload", JSONB(), INTERNAL, "The event: counts and keys, never a child's identity."),
    column("addressees", Integer(), INTERNAL, "Webhooks it is for.", default="0"),
    column("addressed_at", MOMENT, INTERNAL, "When a delivery was made for each of them.", nullable=True),
    recorded_at(),
    index("outbox_waiting_idx", "outbox_id", postgresql_where=text("addressed_at IS NULL")),
)

webhook = community_table(
    "webhook",
    Holds.WEBHOOK,
    "An address at which an organization wants to be told of events.",
    column("organization_id", Uuid(), INTERNAL, "The organization that is told."),
    column("url", Text(), INTERNAL, "Where events are posted to."),
    column("topics", ARRAY(Text()), INTERNAL, "Topics it is told of; empty: all it may know.", default="'{}'"),
    column("secret", Text(), INTERNAL, "What its deliveries are signed with; empty once removed.", nullable=True),
    column("failures", Integer(), INTERNAL, "Attempts that failed since one did not.", default="0"),
    column("next_attempt_at", MOMENT, INTERNAL, "Before this, nothing is sent to it.", default="now()"),
    column("claimed_until", MOMENT, INTERNAL, "Until when one deliverer has it for itself.", nullable=True),
    column("removed_at", MOMENT, INTERNAL, "When it was removed.", nullable=True),
    recorded_at(),
    ref("organization"),
    index("webhook_standing_idx", "next_attempt_at", postgresql_where=text("removed_at IS NULL")),
)

delivery = community_table(
    "delivery",
    Holds.DELIVERY,
    "One event on its way to one webhook.",
    column("webhook_id", Uuid(), INTERNAL, "Where it goes."),
    column("outbox_id", Uuid(), INTERNAL, "The event."),
    column("attempts", Integer(), INTERNAL, "How often it was tried.", default="0"),
    column("last_error", Text(), INTERNAL, "Why it failed when it was last tried.", nullable=True),
    column("waiting_since", MOMENT, INTERNAL, "From when on its time runs until it is given up.", default="now()"),
    column("delivered_at", MOMENT, INTERNAL, "When the receiver took it.", nullable=True),
    column("dead_at", MOMENT, INTERNAL, "When it was given up.", nullable=True),
    recorded_at(),
    ref("webhook"),
    ref("outbox"),
    once("webhook_id", "outbox_id"),
    index(
        "delivery_waiting_idx",
        "webhook_id",
        "outbox_id",
        postgresql_where=text("delivered_at IS NULL AND dead_at IS NULL"),
    ),
    index("delivery_dead_idx", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
)
