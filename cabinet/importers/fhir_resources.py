"""The resources of a FHIR file one by one, from NDJSON lines, a Bundle's entries, or a file of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cabinet.errors import FileUnreadable, RowInvalid, RowProblem
from cabinet.importers.documents import read_json, read_ndjson, text
from cabinet.importers.format import Oddity
from cabinet.importers.package import Package
from cabinet.intake.rows import Kind, Raw

NDJSON = (".ndjson", ".jsonl")


@dataclass(frozen=True)
class Resource:
    """A resource, where it stands, and the URL other entries of its Bundle may call it by."""

    file: str
    line: int
    value: dict[str, Any]
    full_url: str = ""

    @property
    def type(self) -> str:
        return text(self.value, "resourceType")

    @property
    def id(self) -> str:
        """Return `Type/id`, by which others refer to it, or nothing if it has no id."""
        return f"{self.type}/{text(self.value, 'id')}" if text(self.value, "id") else ""

    def row(self, kind: Kind, fields: Mapping[str, Any]) -> Raw:
        return Raw(kind, fields, self.file, self.line)

    def passed_over(self, problem: RowProblem, path: str = "") -> Oddity:
        return Oddity(problem, self.file, self.line, path)


def read_resources(package: Package, name: str, *containing: bytes) -> Iterator[Resource | Oddity]:
    """Yield the resources of one file; in NDJSON only those whose line contains one of these, if any are named."""
    if not name.casefold().endswith(NDJSON):
        yield from _from_json(package, name)
        return
    for document in read_ndjson(package, name, *containing):
        if isinstance(document, Oddity):
            yield document
        elif text(document.value, "resourceType") == "Bundle":
            entries = document.value.get("entry")
            for entry in entries if isinstance(entries, list) else ():
                yield _resource(name, document.line, entry)
        else:
            yield Resource(name, document.line, document.value)


def _from_json(package: Package, name: str) -> Iterator[Resource | Oddity]:
    try:
        document = read_json(package, name)
    except FileUnreadable as error:
        if len(package.names) == 1:
            raise
        # Of several files a broken one costs itself only.
        yield Oddity(RowInvalid(error.message), name, 1)
        return
    if text(document, "resourceType") != "Bundle":
        yield _resource(name, 1, {"resource": document})
        return
    entries = document.get("entry")
    for number, entry in enumerate(entries if isinstance(entries, list) else (), start=1):
        yield _resource(name, number, entry)


def _resource(name: str, number: int, entry: Any) -> Resource | Oddity:
    value = entry.get("resource") if isinstance(entry, dict) else None
    if not isinstance(value, dict):
        return Oddity(RowInvalid("There is no FHIR resource here."), name, number)
    full_url = text(entry, "fullUrl")
    # In a transaction Bundle a resource may have no id of its own yet, only a urn:uuid.
    if full_url.startswith("urn:uuid:") and not text(value, "id"):
        value = {**value, "id": full_url.removeprefix("urn:uuid:")}
    return Resource(name, number, value, full_url)
