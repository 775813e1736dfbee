"""The supply of services: Program -> Service at Location, with its capacity (HSDS), and the service types."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from cabinet.tables.catalog import (
    Holds,
    Label,
    code_column,
    column,
    community_table,
    in_order,
    index,
    of_sector,
    once,
    one_of,
    recorded_at,
    ref,
)
from cabinet.tables.terms import CharacteristicKind, NeedRule

PUBLIC = Label.PUBLIC


def _ages() -> tuple[Column[int], Column[int]]:
    return (
        column("min_age", Integer(), PUBLIC, "Youngest age served, completed years.", nullable=True),
        column("max_age", Integer(), PUBLIC, "Oldest age served, completed years, inclusive.", nullable=True),
    )


def _seats(name: str, comment: str) -> Column[int]:
    return column(name, Integer(), PUBLIC, comment, nullable=True)


_rule_kinds = ", ".join(f"'{kind}'" for kind in CharacteristicKind)

service_type = community_table(
    "service_type",
    Holds.SUPPLY,
    "A kind of service, with how its need is known and what counts as served; one version of one community.",
    code_column("Code of the service type, for example AFTER_SCHOOL."),
    column("name", Text(), PUBLIC, "Name as people know it."),
    column("sector", Text(), PUBLIC, "Sector it belongs to."),
    *_ages(),
    column("grades", ARRAY(Text()), PUBLIC, "CEDS grade levels served; empty: by age alone.", default="'{}'"),
    column("need_rule", Text(), PUBLIC, "How need is known."),
    column(
        "need_characteristics",
        ARRAY(Text()),
        PUBLIC,
        "With BY_RULE: a child with any of these characteristics is in need.",
        default="'{}'",
    ),
    column(
        "recency_months",
        Integer(),
        PUBLIC,
        "An encounter counts as served for this many months; empty: only enrollments count.",
        nullable=True,
    ),
    column("dosage_days", Integer(), PUBLIC, "Days attended in a school year that are enough.", nullable=True),
    column("version", Integer(), PUBLIC, "Version of this definition.", default="1"),
    recorded_at(),
    of_sector(),
    one_of("need_rule", tuple(NeedRule)),
    CheckConstraint(f"need_characteristics <@ ARRAY[{_rule_kinds}]::text[]", name="need_characteristics_known"),
    CheckConstraint("(need_rule = 'BY_RULE') = (need_characteristics <> '{}')", name="rule_has_characteristics"),
    in_order("min_age", "max_age"),
    once("code"),
)

program = community_table(
    "program",
    Holds.SUPPLY,
    "What an organization offers and enrolls children in (HSDS program).",
    column("organization_id", Uuid(), PUBLIC, "The organization that runs it."),
    code_column("The program's code in this community, as partners post it."),
    column("name", Text(), PUBLIC, "Name as people know it."),
    column("sector", Text(), PUBLIC, "Sector its participation records belong to."),
    column("description", Text(), PUBLIC, "What it does.", nullable=True),
    recorded_at(),
    of_sector(),
    ref("organization"),
    once("code"),
    index("program_organization_idx", "organization_id"),
)

service = community_table(
    "service",
    Holds.SUPPLY,
    "One service of a program (HSDS service); being enrolled in the program is being reached by it.",
    column("program_id", Uuid(), PUBLIC, "The program it is part of."),
    column(
        "service_type_id",
        Uuid(),
        PUBLIC,
        "What kind of service it is; empty: of none the community lists.",
        nullable=True,
    ),
    code_column("The service's code."),
    column("name", Text(), PUBLIC, "Name as people know it."),
    *_ages(),
    column("grades", ARRAY(Text()), PUBLIC, "CEDS grade levels served.", default="'{}'"),
    recorded_at(),
    ref("program"),
    ref("service_type"),
    in_order("min_age", "max_age"),
    once("code"),
    index("service_program_idx", "program_id"),
    index("service_service_type_idx", "service_type_id"),
)

service_at_location = community_table(
    "service_at_location",
    Holds.SUPPLY,
    "A service given at one place (HSDS service_at_location).",
    column("service_id", Uuid(), PUBLIC, "The service."),
    column("location_id", Uuid(), PUBLIC, "The place."),
    recorded_at(),
    ref("service"),
    ref("location"),
    once("service_id", "location_id"),
    index("service_at_location_location_idx", "location_id"),
)

service_capacity = community_table(
    "service_capacity",
    Holds.SUPPLY,
    "Seats of a service at a place from a date on (HSDS service_capacity).",
    column("service_at_location_id", Uuid(), PUBLIC, "The service at its place."),
    _seats("available", "Seats free on that date."),
    _seats("maximum", "Seats there are."),
    _seats("funded", "Seats paid for."),
    column("unit", Text(), PUBLIC, "What is counted.", default="'seat'"),
    column("updated", Date(), PUBLIC, "The date these numbers are of."),
    recorded_at(),
    column("record_version", BigInteger(), Label.INTERNAL, "The highest version of them received.", default="1"),
    ref("service_at_location"),
    CheckConstraint("available >= 0 AND maximum >= 0 AND funded >= 0", name="seats_not_negative"),
    in_order("available", "maximum"),
    once("service_at_location_id", "updated"),
)
