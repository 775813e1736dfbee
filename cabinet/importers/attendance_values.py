"""Single values of an attendance export: its many ways to write a date, a mark, a length of time, a grade."""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from cabinet.errors import RowInvalid
from cabinet.importers.values import fold
from cabinet.importers.word_codes import Words
from cabinet.tables.terms import AttendanceCategory

FORMULA = RowInvalid(
    "The cell holds a formula, whose value is not in the file.",
    hint="Export the sheet's values, not its formulas.",
)
DATES = (
    "Dates may be written YYYY-MM-DD, with the month first, with its name, or as a spreadsheet's number of days. A"
    " formula is told, and costs what depends on it."
)
"""What is told of both to people who export a table."""
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

SERIAL, SHORT_YEAR = "days of a spreadsheet's calendar", "dates of this century, written with two digits"
DAY_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet's calendar, as it counts after its 29 February 1900, which there never was."""
FIRST_SERIAL, LAST_SERIAL = 29_221, 73_050
"""1980 to 1999 as births, and to the end of 2099; a year or a small number is none of these."""

_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[\s.,]+", re.IGNORECASE)
_CLOCK = re.compile(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AP]M)?Z?", re.IGNORECASE)
_YEAR = r"(?P<year>\d{4}|\d{2})"
_FORMS = (
    re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"),
    re.compile(r"(?P<year>[12]\d{3})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(rf"(?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}})[-/]{_YEAR}"),
    re.compile(rf"(?P<day>\d{{1,2}})[-\s](?P<name>[A-Za-z]{{3,9}})[-\s,]+{_YEAR}"),
    re.compile(rf"(?P<name>[A-Za-z]{{3,9}})[-\s.]+(?P<day>\d{{1,2}})[-\s,]+{_YEAR}"),
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_LENGTH = re.compile(r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?")
_GRADE = re.compile(r"(?:grade)?(\d{1,2})(?:st|nd|rd|th)?(?:grade)?")


def read_day(text: str) -> tuple[str, str]:
    """Return a date as YYYY-MM-DD, and what it was taken for if that is a guess; what is none stays as it is."""
    bare = _bare(text)
    serial = _SERIAL.fullmatch(bare)
    if serial and FIRST_SERIAL <= int(serial[1]) <= LAST_SERIAL:
        return (DAY_ZERO + timedelta(days=int(serial[1]))).isoformat(), SERIAL
    for form in _FORMS:
        found = form.fullmatch(bare)
        if found and (day := _date(found.groupdict())):
            return day.isoformat(), SHORT_YEAR if len(found["year"]) < len("2026") else ""
    return text, ""


def _bare(text: str) -> str:
    """Return a date without its day of the week and without its time."""
    return _CLOCK.sub("", _WEEKDAY.sub("", text.strip(), count=1)).strip()


def _date(parts: Mapping[str, str]) -> date | None:
    year = int(parts["year"]) + (2000 if len(parts["year"]) < len("2026") else 0)
    with suppress(ValueError):
        name = parts.get("name", "").casefold()
        month = next((n for n, full in enumerate(MONTHS, 1) if name and full.startswith(name)), 0)
        month = month or int(parts.get("month", 0))
        return date(year, month, int(parts["day"]))
    return None


def header_day(text: str) -> str | None:
    """Return the day a header names, None where it names none.

    Raises ValueError for a header that is written like a date, and is none with the month first: then the other
    dates of its file cannot be told either.
    """
    day, _ = read_day(text)
    if _ISO.fullmatch(day):
        return day
    if _FORMS[2].fullmatch(_bare(text)):
        raise ValueError(text)
    return None


def read_mark(text: str, words: Words) -> dict[str, Any]:
    """Return the category, and the minutes if the mark is hours as HH:MM; what is no mark stays, to be refused."""
    length = _LENGTH.fullmatch(text)
    if length:
        return lasting(int(length[1]) * 60 + int(length[2]))
    return {"category": words.read("marks", text)}


def lasting(minutes: int) -> dict[str, Any]:
    """Say that somebody stayed for so long: not at all is to be absent."""
    if minutes == 0:
        return {"category": AttendanceCategory.ABSENT}
    return {"category": AttendanceCategory.PRESENT, "minutes": minutes}


def minutes_of(hours: str, minutes: str) -> int | str | None:
    """Return the minutes of a column of hours (1:30, 1.5) or of minutes; a text that is neither stays as it is."""
    length = _LENGTH.fullmatch(hours)
    if length:
        return int(length[1]) * 60 + int(length[2])
    with suppress(ValueError, OverflowError):
        return round(float(minutes)) if minutes else round(float(hours) * 60) if hours else None
    return minutes or hours


def read_grade(text: str, words: Words) -> str | None:
    """Return a CEDS grade level for `3rd`, `Grade 3` or `Kindergarten`, None for what is none."""
    found = words.find("grades", text)
    number = _GRADE.fullmatch(fold(text)) if found is None and text[:1].isalnum() else None
    return (words.find("grades", number[1].zfill(2)) if number else found) or None


_TEXT_MARK = re.compile(r"'(?=[\d=+\-@\uff1d\uff0b\uff0d\uff20'])")


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that keeps a spreadsheet from reading it as a number or a formula."""
    return _TEXT_MARK.sub("", text, count=1) if text.startswith("'") else text
