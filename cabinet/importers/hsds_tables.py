"""An HSDS directory as tables of items by id, and how CSV files fill it; `hsds_nested` fills it from JSON."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cabinet.errors import FileUnreadable, RowInvalid, RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.hsds_kept import Kept
from cabinet.importers.package import Package
from cabinet.importers.tabular import Record, named, read_table
from cabinet.importers.tally import Tally
from cabinet.importers.values import present

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
    "organization": ("id", "name", "website", "url"),
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
    "taxonomy_term": ("id", "name", "code", "term_uri"),
    "attribute": ("link_id", "link_entity", "taxonomy_term_id"),
}
KEYS = ("id", "organization_id", "program_id", "service_id", "location_id")
"""What says of which other item an item is."""
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


@dataclass
class Directory:
    """The tables of a directory; each item knows where it stands."""

    tables: dict[str, dict[str, Record]] = field(default_factory=lambda: {table: {} for table in FILES})
    unread: Tally = field(default_factory=Tally)
    """What items say that has no home here, counted."""
    kept: Kept = field(default_factory=Kept)

    def add(self, table: str, record: Record) -> bool:
        """Keep an item under its id; one without an id under its place. Return False if the id was there."""
        items = self.tables[table]
        key = record["id"] or f"{record.file}:{record.line}:{len(items)}"
        if known := items.get(key):
            items[key] = Record(known.file, known.line, {**record.values, **known.values})
            return False
        items[key] = record
        return True

    def count_unread(
        self, table: str, values: Mapping[str, Any], at: tuple[str, int], read: Collection[str]
    ) -> None:
        """Count what an item says that has no home here, a list by its length, and keep it."""
        unread = {
            key: value for key, value in values.items() if key not in read and value not in (None, "", [], {})
        }
        for key, value in unread.items():
            problem = RowProblem(f"{table}.{key} has no home here.", hint="")
            self.unread.add(problem, *at, key, len(value) if isinstance(value, list) else 1)
        self.kept.keep(table, values, unread)

    def __getitem__(self, table: str) -> dict[str, Record]:
        return self.tables[table]


def read_csv(package: Package, directory: Directory, known: Collection[str] = ()) -> Iterator[Oddity]:
    """Fill the directory from CSV files; yield what was odd in them. `known` are files that were read already."""
    found = {table: package.find(*names) for table, names in FILES.items()}
    for table in ("organization", "service"):
        if found[table] is None and not known:
            raise FileUnreadable(f"{FILES[table][0]} is missing.", file=FILES[table][0])
    others = [name for name in package.names if name.casefold().endswith(".csv") and name not in found.values()]
    yield from package.unread([*found.values(), *others, *known])
    for name in others:
        yield from _without_home(package, name, directory)
    for table, file in found.items():
        if file is not None:
            yield from _read_table(package, file, table, directory)


def _read_table(package: Package, name: str, table: str, directory: Directory) -> Iterator[Oddity]:
    columns = {**named(*COLUMNS[table]), **OTHER_NAMES.get(name.casefold(), {})}
    for record in read_table(package, name, columns, REQUIRED.get(table, ())):
        if isinstance(record, Oddity):
            yield record
            continue
        directory.count_unread(table, record.values, (name, record.line), {*COLUMNS[table], *KEYS})
        if not directory.add(table, record):
            yield Oddity(RowInvalid("Its id stands twice; the first row counts."), record.file, record.line)


def _without_home(package: Package, name: str, directory: Directory) -> Iterator[Oddity]:
    """Count the rows of a table that nobody reads, and keep them; one that cannot be read is told as a whole."""
    stem, rows = name.rpartition(".")[0].casefold(), 0
    try:
        for each in read_table(package, name, named(*KEYS, "link_id", "link_entity")):
            if isinstance(each, Record):
                rows += 1
                directory.kept.keep(stem, each.values, present(**each.values))
    except FileUnreadable:
        yield from package.unread({*package.names} - {name})
        return
    yield Oddity(RowProblem(f"A row of {name} has no home here.", hint=""), name, 2, count=rows)
