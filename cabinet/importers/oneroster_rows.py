"""Second look at a package: the columns of each file, and the values of each row, are what the standard wants."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from cabinet.importers.oneroster_findings import Finding
from cabinet.importers.oneroster_package import NEEDED, Mode, Roster
from cabinet.importers.oneroster_standard import FILES, LIFECYCLE, Column
from cabinet.importers.tabular import Record, named, read_header
from cabinet.importers.values import fold, iso_date

FIRST_YEAR = 1971
TRUE = frozenset({"true", "1", "yes", "y", "t"})
FALSE = frozenset({"false", "0", "no", "n", "f"})
_SCHOOL_YEAR = re.compile(r"(?P<begins>\d{4})\s*[-/\u2013]\s*(?P<ends>\d{4}|\d{2})|(?P<only>\d{4})")
_GUID = re.compile(r"[A-Za-z0-9._/@:-]{1,255}")
_EXTENSION = re.compile(r"(metadata\.|ext[_:]).+", re.IGNORECASE)


def ending_year(text: str) -> int | None:
    """Return the year in which a school year ends: 2027 for `2026-2027`, `2026-27` and `2027`."""
    found = _SCHOOL_YEAR.fullmatch(text.strip())
    if found is None:
        return None
    if found["only"]:
        return int(found["only"])
    return int(found["begins"][: 4 - len(found["ends"])] + found["ends"])


def instant(text: str) -> datetime | None:
    """Return the instant a dateLastModified names; one without a time zone is taken as UTC.

    One that has not come yet is none: it would win over every later word.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    is_plausible = found.year >= FIRST_YEAR and found.date() <= datetime.now(UTC).date() + timedelta(days=1)
    return found if is_plausible else None


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(iso_date(value)).isoformat() == iso_date(value)
    except ValueError:
        return False


def _is_number(value: str) -> bool:
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", value, re.ASCII) is not None


_READABLE: Mapping[str, Callable[[str], bool]] = {
    "guid": lambda value: _GUID.fullmatch(value) is not None,
    "date": _is_date,
    "datetime": lambda value: instant(value) is not None,
    "year": lambda value: ending_year(value) is not None,
    "integer": lambda value: re.fullmatch(r"[+-]?\d+", value, re.ASCII) is not None,
    "float": _is_number,
    "boolean": lambda value: value.casefold() in TRUE | FALSE,
    "list": lambda value: all(item.strip() for item in value.split(",")),
    "text": lambda value: True,  # noqa: ARG005 - whatever is written is text.
}
_WANTED: Mapping[str, str] = {
    "guid": "a sourcedId, of letters, digits and . _ - / @ : only",
    "date": "a date, written as YYYY-MM-DD",
    "datetime": "an instant that has come, written as YYYY-MM-DDTHH:MM:SSZ",
    "year": "a school year, written as the year in which it ends",
    "integer": "a whole number",
    "float": "a number",
    "boolean": "true or false",
    "list": "a list, or one of its items is empty",
}


def schema_faults(roster: Roster, noun: str) -> Iterator[Finding]:
    """Yield what is wrong with the columns of a file that is there: their order, and those nobody knows."""
    name = roster.find(noun)
    if name is None:
        return
    written = read_header(roster.package, name)
    known = named(*FILES[noun])
    places = [known.get(fold(cell), "") for cell in written]
    order = list(FILES[noun])
    in_place = -1
    for column in filter(None, places):
        if order.index(column) < in_place:
            problem = f"{name}: the column {column} stands out of the standard's order."
            yield Finding("schema.header_order_mismatch", problem, name, column=column)
        in_place = max(in_place, order.index(column))
    for column in {"sourcedId", *NEEDED.get(noun, ())} - set(places):
        yield Finding("schema.missing_column", f"{name}: the column {column} is missing.", name, column=column)
    last = max((place for place, column in enumerate(places) if column), default=-1)
    for place, cell in enumerate(written):
        if cell and not places[place]:
            yield from _extension_faults(name, cell, is_last=place > last)


def _extension_faults(name: str, column: str, *, is_last: bool) -> Iterator[Finding]:
    if not _EXTENSION.fullmatch(column):
        problem = f"{name}: the standard has no column {column}; one of your own is called metadata.{column}."
        yield Finding("schema.invalid_metadata_header", problem, name, column=column)
    elif not is_last:
        problem = f"{name}: the column {column} has to stand behind those of the standard."
        yield Finding("schema.metadata_column_position", problem, name, column=column)


def row_faults(noun: str, mode: Mode, record: Record) -> Iterator[Finding]:
    """Yield what is wrong with the values of a row, each by itself."""
    for column in FILES[noun].values():
        value = record[column.name]
        if column.name in LIFECYCLE:
            fault = _lifecycle_fault(mode, column, value)
        elif column.name not in record.values:
            fault = None
        elif not value:
            fault = ("row.missing_required_value", "there is no value") if column.is_required else None
        else:
            fault = None if _is_readable(column, value) else (f"row.invalid_{column.kind}", _unreadable(column))
        if fault:
            diagnostic, problem = fault
            place = f"{record.file}, row {record.line}, column {column.name}"
            yield Finding(diagnostic, f"{place}: {problem}.", record.file, record.line, column.name)


def _lifecycle_fault(mode: Mode, column: Column, value: str) -> tuple[str, str] | None:
    if mode is Mode.BULK and value:
        return "row.field_forbidden_in_bulk", "a bulk file leaves it empty"
    if mode is Mode.DELTA and not value:
        return "row.field_required_in_delta", "a delta file needs it"
    if not value or _is_readable(column, value):
        return None
    return f"row.invalid_{column.kind}", _unreadable(column)


def _is_readable(column: Column, value: str) -> bool:
    if column.words:
        is_own = value.casefold().startswith("ext:")
        return is_own or value.casefold() in {word.casefold() for word in column.words}
    items = [item.strip() for item in value.split(",")] if column.kind == "list" and column.target else []
    return _READABLE[column.kind](value) and all(map(_READABLE["guid"], items))


def _unreadable(column: Column) -> str:
    # The value itself is not repeated: it may be a child's, and a message goes to logs and screens.
    wanted = f"one of {', '.join(sorted(column.words))}" if column.words else _WANTED[column.kind]
    return f"the value is not {wanted}"
