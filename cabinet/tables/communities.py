"""A community, its places and its organizations (HSDS where it has a name for them)."""

from sqlalchemy import Column, Float, PrimaryKeyConstraint, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from cabinet.tables.catalog import (
    Holds,
    Label,
    code_column,
    column,
    community_table,
    index,
    metadata,
    of_sector,
    once,
    recorded_at,
    ref,
)

PUBLIC = Label.PUBLIC


def _name() -> Column[str]:
    return column("name", Text(), PUBLIC, "Name as people know it.")


sector = Table(
    "sector",
    metadata,
    code_column("Code of the sector, for example HEALTH."),
    _name(),
    column("legal_basis", Text(), PUBLIC, "The law its records are shared under."),
    PrimaryKeyConstraint("code"),
    comment="A field of work whose records are held together; filled from cabinet/sectors.",
    info={"holds": Holds.REFERENCE, "key": None},
)

community = Table(
    "community",
    metadata,
    column("community_id", Uuid(), PUBLIC, "Key of the community, uuid v7.", default="uuidv7()"),
    code_column("Short name for addresses and commands, for example harbor-city."),
    _name(),
    column("state", Text(), PUBLIC, "USPS state code.", nullable=True),
    column("time_zone", Text(), PUBLIC, "IANA time zone its days begin in.", default="'America/New_York'"),
    recorded_at(),
    PrimaryKeyConstraint("community_id"),
    UniqueConstraint("code"),
    comment="A site with one Children's Cabinet; everything but reference data belongs to exactly one.",
    info={"holds": Holds.COMMUNITY, "key": "community_id"},
)

organization = community_table(
    "organization",
    Holds.SUPPLY,
    "An organization that serves children (HSDS organization); also the district and its schools.",
    code_column("The organization's code in this community."),
    _name(),
    column("sector", Text(), PUBLIC, "Sector its records belong to."),
    column("source_id", Text(), PUBLIC, "Its id in the source it was first read from.", nullable=True),
    column("website", Text(), PUBLIC, "Web address.", nullable=True),
    recorded_at(),
    of_sector(),
    once("code"),
)

neighborhood = community_table(
    "neighborhood",
    Holds.SUPPLY,
    "A part of the community that the cabinet speaks of.",
    code_column("The neighborhood's code."),
    _name(),
    column("geometry", JSONB(), PUBLIC, "GeoJSON geometry (RFC 7946, WGS 84 longitude, latitude).", nullable=True),
    column("tracts", ARRAY(Text()), PUBLIC, "Census tract GEOIDs inside it.", default="'{}'"),
    column("postal_codes", ARRAY(Text()), PUBLIC, "ZIP codes taken to be inside it.", default="'{}'"),
    recorded_at(),
    once("code"),
)

location = community_table(
    "location",
    Holds.SUPPLY,
    "A place where services are given (HSDS location).",
    code_column("The location's code."),
    _name(),
    column("address", Text(), PUBLIC, "Street address.", nullable=True),
    column("postal_code", Text(), PUBLIC, "ZIP code.", nullable=True),
    column("latitude", Float(), PUBLIC, "Degrees north, WGS 84.", nullable=True),
    column("longitude", Float(), PUBLIC, "Degrees east, WGS 84.", nullable=True),
    column("neighborhood_id", Uuid(), PUBLIC, "Neighborhood it lies in.", nullable=True),
    recorded_at(),
    ref("neighborhood"),
    once("code"),
    index("location_neighborhood_idx", "neighborhood_id"),
)

school = community_table(
    "school",
    Holds.SUPPLY,
    "A school: an organization with a location.",
    code_column("The school's code at its district."),
    _name(),
    column("organization_id", Uuid(), PUBLIC, "The district or school organization that runs it."),
    column("location_id", Uuid(), PUBLIC, "Where it stands.", nullable=True),
    column("grades", ARRAY(Text()), PUBLIC, "CEDS grade levels it teaches.", default="'{}'"),
    recorded_at(),
    ref("organization"),
    ref("location"),
    once("code"),
    index("school_organization_idx", "organization_id"),
)
