"""Reading JSON files whole and NDJSON files line by line, in bounded memory and without trusting them.

The JSON may have any shape: `text`, `texts` and `dicts` read what is not as its standard says as absent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from cabinet.errors import FileUnreadable, RowInvalid
from cabinet.importers.format import Oddity
from cabinet.importers.package import Package

MAX_DOCUMENT = 512 * 1024**2
MAX_LINE = 16 * 1024**2
MAX_DEPTH = 100
BOM = b"\xef\xbb\xbf"
NUL = b"\\u0000"
"""PostgreSQL holds no NUL in text, so a document that has one could not be kept as received."""


@dataclass(frozen=True)
class Document:
    """One JSON object and where it stands."""

    file: str
    line: int
    value: dict[str, Any]


def read_json(package: Package, name: str) -> Any:
    """Return what a JSON file holds; raise FileUnreadable if it is not JSON."""
    with package.open(name) as stream:
        data = stream.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        raise FileUnreadable(f"{name} is larger than {MAX_DOCUMENT:,} bytes.", file=name)
    if NUL in data:
        raise FileUnreadable(f"{name} holds a NUL character.", file=name)
    try:
        document = orjson.loads(data.removeprefix(BOM))
    except orjson.JSONDecodeError as error:
        raise FileUnreadable(f"{name} is not JSON: {error}", file=name) from None
    if not _is_shallow(document, MAX_DEPTH):
        raise FileUnreadable(f"{name} is nested deeper than {MAX_DEPTH} levels.", file=name)
    return document


def read_ndjson(package: Package, name: str, *containing: bytes) -> Iterator[Document | Oddity]:
    """Yield the object of each line (that contains one of these bytes); a line that is no object is an oddity."""
    with package.open(name) as stream:
        number = 0
        while line := stream.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE:
                raise FileUnreadable(f"{name}: line {number} is longer than {MAX_LINE:,} bytes.", file=name)
            if line.strip() and (not containing or any(part in line for part in containing)):
                yield _document(name, number, line.removeprefix(BOM))


def _document(name: str, number: int, line: bytes) -> Document | Oddity:
    if NUL in line:
        return Oddity(RowInvalid("The line holds a NUL character."), name, number)
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Oddity(RowInvalid(f"The line is not JSON: {error}"), name, number)
    if not isinstance(value, dict):
        return Oddity(RowInvalid("The line is not a JSON object."), name, number)
    if not _is_shallow(value, MAX_DEPTH):
        return Oddity(RowInvalid(f"The line is nested deeper than {MAX_DEPTH} levels."), name, number)
    return Document(name, number, value)


def _is_shallow(value: Any, depth: int) -> bool:
    # What is nested deeper could neither be walked through here nor be written out again.
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth > 0 and all(_is_shallow(item, depth - 1) for item in items if isinstance(item, dict | list))


def text(value: Any, key: str) -> str:
    """Return the text under a key, or nothing."""
    found = value.get(key) if isinstance(value, dict) else None
    return found.strip() if isinstance(found, str) else ""


def dicts(value: Any, key: str) -> list[dict[str, Any]]:
    """Return the objects of the list under a key; a single object counts as a list of one."""
    found = value.get(key) if isinstance(value, dict) else None
    items = found if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, dict)]


def texts(value: Any, key: str) -> list[str]:
    """Return the texts of the list under a key."""
    found = value.get(key) if isinstance(value, dict) else None
    return [item.strip() for item in found if isinstance(item, str)] if isinstance(found, list) else []
