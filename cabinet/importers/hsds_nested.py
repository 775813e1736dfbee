"""An HSDS directory as JSON, whose items are nested in each other, or as NDJSON, an item a line."""

from collections.abc import Iterator, Mapping
from typing import Any

from cabinet.errors import RowInvalid
from cabinet.importers.documents import dicts, read_json, read_ndjson
from cabinet.importers.format import Oddity
from cabinet.importers.hsds_tables import COLUMNS, KEYS, Directory
from cabinet.importers.package import Package
from cabinet.importers.tabular import Record

NDJSON = (".ndjson", ".jsonl")
DATA_PACKAGE = "datapackage.json"
"""What describes a package of CSV files, and is none of their items."""
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


def nested_files(package: Package) -> list[str]:
    """Return the files that hold nested items, in whatever order: items of one id are put together."""
    return [
        name
        for name in package.names
        if name.casefold().endswith((".json", *NDJSON)) and name.casefold() != DATA_PACKAGE
    ]


def read_nested(package: Package, name: str, directory: Directory) -> Iterator[Oddity]:
    """Fill the directory from a file of one item, a list of them, a page with `contents`, or an item a line."""
    for number, item in _items(package, name):
        if isinstance(item, Oddity):
            yield item
        elif table := _table_of(item):
            _unfold(directory, table, item, (name, number))
        else:
            message = "This is neither an organization, a service, a location nor a taxonomy term."
            yield Oddity(RowInvalid(message), name, number)


def _items(package: Package, name: str) -> Iterator[tuple[int, Any]]:
    if name.casefold().endswith(NDJSON):
        for document in read_ndjson(package, name):
            yield document.line, document if isinstance(document, Oddity) else document.value
        return
    document = read_json(package, name)
    contents = document.get("contents", [document]) if isinstance(document, dict) else document
    yield from enumerate(contents if isinstance(contents, list) else [contents], start=1)


def _table_of(item: Any) -> str | None:
    """Return the table of a top-level item. HSDS names it nowhere; only a service has a status."""
    if not isinstance(item, dict) or not item.get("id"):
        return None
    if "location_type" in item or "latitude" in item:
        return "location"
    if "service" in item or "service_id" in item:
        return "service_at_location"
    if not item.get("name") or "version" in item:
        return None
    if {"taxonomy", "taxonomy_id", "taxonomy_detail", "term_uri"} & item.keys():
        return "taxonomy_term"
    return "service" if {"status", "organization", "organization_id"} & item.keys() else "organization"


def _unfold(directory: Directory, table: str, item: dict[str, Any], at: tuple[str, int]) -> str:
    """Keep an item and those nested in it, each with the key of the other, and return its id."""
    values = {key: str(value).strip() for key, value in item.items() if isinstance(value, str | int | float)}
    for key in ONE:
        if isinstance(nested := item.get(key), dict):
            values[f"{key}_id"] = _unfold(directory, key, nested, at)
    own_id = values.get("id", "")
    for key, nested_table in MANY.items():
        of = {"link_id": own_id, "link_entity": table} if nested_table == "attribute" else {f"{table}_id": own_id}
        for nested in dicts(item, key):
            _unfold(directory, nested_table, {**of, **nested}, at)
    directory.count_unread(table, item, at, {*COLUMNS[table], *KEYS, *MANY, *ONE})
    directory.add(table, Record(*at, values))
    return own_id
