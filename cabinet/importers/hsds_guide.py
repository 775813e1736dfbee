"""What people who export HSDS are told of it."""

from collections.abc import Mapping

from cabinet.importers.guide import Guide, Part
from cabinet.importers.guide_limits import OF_CSV, OF_JSON, OF_PACKAGES
from cabinet.importers.hsds_tables import COLUMNS, FILES, REQUIRED
from cabinet.importers.hsds_words import PACKAGED, SECTIONS

BECOMES: Mapping[str, str] = {
    "organization": "an organization",
    "program": "a program",
    "service": "a service; without a program it is one of its own",
    "location": "a place",
    "service_at_location": "where a service is given",
    "address": "the address of a place, the physical one before the postal",
    "service_capacity": "seats of a service at its one place",
    "taxonomy_term": "by its name the type of a service",
    "attribute": "which terms a service has",
}


def guide(about: str) -> Guide:
    """Return the guide, with the docstring of the reader."""
    return Guide(
        about=about,
        part="table",
        parts=[
            Part(f"{table} ({', '.join(names)})", BECOMES[table], COLUMNS[table], REQUIRED.get(table, ()))
            for table, names in FILES.items()
        ],
        without_home="Rows of other tables (phones, contacts, schedules, languages, cost options, accessibility,"
        " metadata and so on), columns and nested parts that are not read are counted by table and name, and"
        " kept as received with the organization, program, service or place that they are said of.",
        limits=(
            OF_PACKAGES,
            OF_CSV,
            OF_JSON,
            "organization and service have to be there, and of CSV files each by its name.",
        ),
        packaged=PACKAGED,
        codes=SECTIONS,
    )
