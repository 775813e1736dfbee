"""An HSDS directory as tables of items by id, whichever way it was written: CSV files or nested JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cabinet.errors import FileUnreadable, RowInvalid
from cabinet.importers.documents import dicts, read_json
from cabinet.importers.format import Oddity
from cabinet.importers.package import Package
from cabinet.importers.tabular import Record, named, read_table

FILES: Mapping[str, tuple[str, ...]] = {
    "organization": ("organization.csv", "organizations.csv"),
    "program": ("program.csv", "programs.csv"),
    "service": ("service.csv", "services.csv"),
    "location": ("location.csv", "locations.csv"),
    "service_at_location": (
        "service_at_location.csv",
        "services_at_location.csv",
        "service_at_locations.csv",
    ),
    "address": ("address.csv", "addresses.csv", "physical_address.csv", "physical_addresses.csv"),
    "service_capacity": ("service_capacity.csv", "service_capacities.csv"),
    "taxonomy_term": ("taxonomy_term.csv", "taxonomy_terms.csv", "taxonomy.csv"),
    "attribute": ("attribute.csv", "attributes.csv", "service_taxonomy.csv", "services_taxonomy.csv"),
}
"""Names of HSDS 3.0 and of 1.1 with its successors, for what is read here."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organization": ("id", "name", "website"),
    "program": ("id", "organization_id", "name", "description"),
    "service": (
        *("id", "organization_id", "program_id", "location_id", "name", "description", "status"),
        *("minimum_age", "maximum_age", "taxonomy_ids"),
    ),
    "location": ("id", "organization_id", "name", "alternate_name", "latitude", "longitude"),
    "service_at_location": ("id", "service_id", "location_id"),
    "address": (
        "location_id",
        "address_1",
        "address_2",
        "city",
        "state_province",
        "postal_code",
        "address_type",
    ),
    "service_capacity": ("service_id", "location_id", "available", "maximum", "updated"),
    "taxonomy_term": ("id", "name"),
    "attribute": ("link_id", "taxonomy_term_id"),
}
OTHER_NAMES: Mapping[str, Mapping[str, str]] = {
    "taxonomy.csv": {"taxonomyid": "id"},
    "service_taxonomy.csv": {"serviceid": "link_id", "taxonomyid": "taxonomy_term_id"},
    "services_taxonomy.csv": {"serviceid": "link_id", "taxonomyid": "taxonomy_term_id"},
}
"""What the files of HSDS 1.1 call these columns; in 3.0 a term's taxonomy_id is another thing than its id."""
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "organization": ("id", "name"),
    "program": ("id", "organization_id", "name"),
    "service": ("id", "name"),
    "location": ("id",),
    "taxonomy_term": ("id", "name"),
}

ONE = ("organization", "program", "service", "location", "taxonomy_term")
MANY: Mapping[str, str] = {
    "organizations": "organization",
    "programs": "program",
    "services": "service",
    "locations": "location",
    "service_at_locations": "service_at_location",
    "addresses": "address",
    "service_capacities": "service_capacity",
    "capacities": "service_capacity",
    "attributes": "attribute",
}
"""Where HSDS JSON nests one item of a table in another, and where several."""


@dataclass
class Directory:
    """The tables of a directory; each item knows where it stands."""

    tables: dict[str, dict[str, Record]] = field(default_factory=lambda: {table: {} for table in FILES})

    def add(self, table: str, record: Record) -> bool:
        """Keep an item under its id; one without an id under its place. Return False if the id was there."""
        items = self.tables[table]
        key = record["id"] or f"{record.file}:{record.line}:{len(items)}"
        if known := items.get(key):
            items[key] = Record(known.file, known.line, {**record.values, **known.values})
            return False
        items[key] = record
        return True

    def __getitem__(self, table: str) -> dict[str, Record]:
        return self.tables[table]


def read_csv(package: Package, directory: Directory) -> Iterator[Oddity]:
    """Fill the directory from CSV files; yield what was odd in them."""
    found = {table: package.find(*names) for table, names in FILES.items()}
    for table in ("organization", "service"):
        if found[table] is None:
            raise FileUnreadable(f"{FILES[table][0]} is missing.", file=FILES[table][0])
    yield from package.unread(found.values())
    for table, name in found.items():
        if name is None:
            continue
        columns = {**named(*COLUMNS[table]), **OTHER_NAMES.get(name.casefold(), {})}
        for record in read_table(package, name, columns, REQUIRED.get(table, ())):
            if isinstance(record, Oddity):
                yield record
            elif not directory.add(table, record):
                yield Oddity(RowInvalid("Its id stands twice; the first row counts."), record.file, record.line)


def read_nested(package: Package, name: str, directory: Directory) -> Iterator[Oddity]:
    """Fill the directory from a JSON file of one item, a list of them, or a page with `contents`."""
    document = read_json(package, name)
    contents = document.get("contents", [document]) if isinstance(document, dict) else document
    for number, item in enumerate(contents if isinstance(contents, list) else [contents], start=1):
        table = _table_of(item)
        if table:
            _unfold(directory, table, item, name, number)
        else:
            yield Oddity(RowInvalid("This is neither an organization, a service nor a location."), name, number)


def _table_of(item: Any) -> str | None:
    """Return the table of a top-level item. HSDS names it nowhere; only a service has a status."""
    if not isinstance(item, dict) or not item.get("id"):
        return None
    if "location_type" in item or "latitude" in item:
        return "location"
    if "service" in item or "service_id" in item:
        return "service_at_location"
    if not item.get("name") or {"taxonomy", "taxonomy_id", "version"} & item.keys():
        return None
    return "service" if {"status", "organization", "organization_id"} & item.keys() else "organization"


def _unfold(directory: Directory, table: str, item: dict[str, Any], file: str, line: int) -> str:
    """Keep an item and those nested in it, each with the key of the other, and return its id."""
    values = {key: str(value).strip() for key, value in item.items() if isinstance(value, str | int | float)}
    for key in ONE:
        if isinstance(nested := item.get(key), dict):
            values[f"{key}_id"] = _unfold(directory, key, nested, file, line)
    own_id = values.get("id", "")
    for key, nested_table in MANY.items():
        for nested in dicts(item, key):
            link = {"link_id": own_id} if nested_table == "attribute" else {f"{table}_id": own_id}
            _unfold(directory, nested_table, {**link, **nested}, file, line)
    directory.add(table, Record(file, line, values))
    return own_id
