"""The child as counted, apart from who the child is, and how source records are tied to a child."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Float, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

from cabinet.calendar import FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR
from cabinet.tables.catalog import (
    Holds,
    Label,
    column,
    community_table,
    in_order,
    index,
    once,
    one_of,
    recorded_at,
    ref,
)
from cabinet.tables.terms import (
    GRADES,
    CharacteristicKind,
    CharacteristicValue,
    LinkMethod,
    RaceEthnicity,
    Sex,
)

COUNTED, IDENTITY, INTERNAL = Label.COUNTED, Label.IDENTITY, Label.INTERNAL

_categories = ", ".join(f"'{category}'" for category in RaceEthnicity)


def said_by() -> tuple[Column[str], Column[str]]:
    """Which organization, of which sector, said it: row-level security goes by these two."""
    return (
        column("organization_id", Uuid(), COUNTED, "The organization whose record says so."),
        column("sector", Text(), COUNTED, "Sector of that organization's record."),
    )


def said_of() -> Column[Any]:
    """Which of the organization's records of the child says so: where a record goes, what it says goes with it."""
    return column(
        "source_record_id",
        Uuid(),
        INTERNAL,
        "The source record whose child it is about; empty: said by our reference, or by no one record.",
        nullable=True,
    )


child = community_table(
    "child",
    Holds.COUNTED,
    "The person in one community, as counted. Who it is stands in child_identity.",
    column(
        "birth_month",
        Date(),
        Label.SENSITIVE,
        "First day of the month of birth: ages are counted from it; the day stays in child_identity.",
        nullable=True,
    ),
    column("sex", Text(), Label.SENSITIVE, "Sex as recorded.", default="'UNKNOWN'"),
    column(
        "race_ethnicity",
        ARRAY(Text()),
        Label.SENSITIVE,
        "OMB SPD-15 (2024) categories, as many as apply; empty: unknown.",
        default="'{}'",
    ),
    column("sectors", ARRAY(Text()), INTERNAL, "Sectors that have a record of the child.", default="'{}'"),
    column(
        "organization_ids",
        ARRAY(Uuid()),
        INTERNAL,
        "Organizations that have a record of the child.",
        default="'{}'",
    ),
    recorded_at(),
    one_of("sex", tuple(Sex)),
    CheckConstraint(f"race_ethnicity <@ ARRAY[{_categories}]::text[]", name="race_ethnicity_known"),
    CheckConstraint("extract(day FROM birth_month) = 1", name="birth_month_first_day"),
    Index("child_organization_ids_idx", "organization_ids", postgresql_using="gin"),
)

source_record = community_table(
    "source_record",
    Holds.IDENTITY,
    "What one source says about one child, kept as received.",
    *said_by(),
    column("record_id", Text(), IDENTITY, "The child's id at the source."),
    column("format", Text(), INTERNAL, "What it was read from: post, oneroster, fhir ..."),
    column("payload", JSONB(), IDENTITY, "The record as received."),
    recorded_at(),
    column("record_version", BigInteger(), INTERNAL, "Its version, where the source has versions.", nullable=True),
    ref("organization"),
    once("organization_id", "record_id"),
)

child_link = community_table(
    "child_link",
    Holds.IDENTITY,
    "Ties a source record to a child: how, how surely, by whom, when; can be undone.",
    column("source_record_id", Uuid(), INTERNAL, "The source record."),
    column("child_id", Uuid(), INTERNAL, "The child it is taken to be about."),
    *said_by(),
    column("method", Text(), INTERNAL, "How it was decided."),
    column("score", Float(), INTERNAL, "Probability that it is right, 0 to 1; 1 for exact rules."),
    column("decided_by", Text(), INTERNAL, "Who or what decided."),
    column("decided_at", TIMESTAMP(timezone=True), INTERNAL, "When.", default="now()"),
    column("undone_by", Text(), INTERNAL, "Who undid it.", nullable=True),
    column("undone_at", TIMESTAMP(timezone=True), INTERNAL, "When it was undone.", nullable=True),
    column("model_version", Integer(), INTERNAL, "Version of the model that decided, if one did.", nullable=True),
    ref("source_record"),
    ref("child"),
    one_of("method", tuple(LinkMethod)),
    CheckConstraint("score BETWEEN 0 AND 1", name="score_is_probability"),
    CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_whole"),
    index("child_link_child_idx", "child_id"),
    index(
        "child_link_standing_once",
        "source_record_id",
        unique=True,
        postgresql_where=text("undone_at IS NULL"),
    ),
)

child_identity = community_table(
    "child_identity",
    Holds.IDENTITY,
    "Who a child is, as one source record says it.",
    column("source_record_id", Uuid(), INTERNAL, "The source record that says it."),
    column("child_id", Uuid(), COUNTED, "The child."),
    *said_by(),
    column("given_name", Text(), IDENTITY, "Given name.", nullable=True),
    column("middle_name", Text(), IDENTITY, "Middle name or initial.", nullable=True),
    column("family_name", Text(), IDENTITY, "Family name.", nullable=True),
    column("name_key", Text(), IDENTITY, "Given and family name as compared, see cabinet.linkage.", nullable=True),
    column("birth_date", Date(), IDENTITY, "Date of birth.", nullable=True),
    column("sex", Text(), IDENTITY, "Sex as this source records it.", default="'UNKNOWN'"),
    column(
        "race_ethnicity",
        ARRAY(Text()),
        Label.SENSITIVE,
        "OMB SPD-15 (2024) categories as this source records them; empty: not said.",
        default="'{}'",
    ),
    column("address", Text(), IDENTITY, "Street address.", nullable=True),
    column("postal_code", Text(), IDENTITY, "ZIP code.", nullable=True),
    recorded_at(),
    column("guardians", ARRAY(Text()), IDENTITY, "Names of parents and guardians.", default="'{}'"),
    column("phones", ARRAY(Text()), IDENTITY, "Telephone numbers of the home.", default="'{}'"),
    ref("source_record"),
    ref("child"),
    one_of("sex", tuple(Sex)),
    once("source_record_id"),
    index("child_identity_match_idx", "birth_date", "name_key"),
    index("child_identity_child_idx", "child_id"),
)

child_identifier = community_table(
    "child_identifier",
    Holds.IDENTITY,
    "An identifier that more than one organization uses for the child, such as the district's student id.",
    column("system", Text(), IDENTITY, "Who gives the identifier, for example DISTRICT_STUDENT_ID."),
    column("value", Text(), IDENTITY, "The identifier."),
    column("child_id", Uuid(), INTERNAL, "The child."),
    *said_by(),
    recorded_at(),
    said_of(),
    ref("child"),
    once("system", "value", "organization_id"),
    index("child_identifier_child_idx", "child_id"),
)

child_year = community_table(
    "child_year",
    Holds.COUNTED,
    "What one organization says of the child in one school year.",
    column("child_id", Uuid(), COUNTED, "The child."),
    column("school_year", Integer(), COUNTED, "The calendar year in which it ends (Ed-Fi SchoolYear)."),
    *said_by(),
    column("grade", Text(), COUNTED, "CEDS grade level.", nullable=True),
    column("school_id", Uuid(), COUNTED, "School attended.", nullable=True),
    column("neighborhood_id", Uuid(), COUNTED, "Neighborhood lived in.", nullable=True),
    recorded_at(),
    column("ends", Date(), COUNTED, "Last day there; empty: has not left.", nullable=True),
    column("exit_reason", Text(), COUNTED, "Why the child is there no more.", nullable=True),
    said_of(),
    ref("child"),
    ref("organization"),
    ref("school"),
    ref("neighborhood"),
    one_of("grade", GRADES),
    CheckConstraint(
        f"school_year BETWEEN {FIRST_SCHOOL_YEAR} AND {LAST_SCHOOL_YEAR}", name="school_year_plausible"
    ),
    CheckConstraint("exit_reason IS NULL OR ends IS NOT NULL", name="left_has_end"),
    index("child_year_year_idx", "school_year"),
    key=("child_id", "school_year", "organization_id"),
    # The grade is what is asked of a year, and the sector what the policy goes by.
    beside_key=("sector", "grade"),
)

characteristic = community_table(
    "characteristic",
    Holds.COUNTED,
    "A dated characteristic of a child; a date no row covers is unknown.",
    column("child_id", Uuid(), COUNTED, "The child."),
    *said_by(),
    column("kind", Text(), COUNTED, "What is characterised."),
    column("value", Text(), COUNTED, "What is known of it."),
    column("begins", Date(), COUNTED, "First day it holds."),
    column("ends", Date(), COUNTED, "Last day it holds; empty: still holds.", nullable=True),
    recorded_at(),
    said_of(),
    ref("child"),
    ref("organization"),
    one_of("kind", tuple(CharacteristicKind)),
    one_of("value", tuple(CharacteristicValue)),
    CheckConstraint(
        "(kind = 'INSURANCE') = (value IN ('PUBLIC_INSURANCE', 'PRIVATE_INSURANCE', 'UNINSURED'))",
        name="value_fits_kind",
    ),
    in_order("begins", "ends"),
    once("child_id", "organization_id", "kind", "begins"),
)
