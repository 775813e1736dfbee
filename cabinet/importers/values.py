"""Reading single values as partners write them: headers, dates, what stands for nothing."""

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

SENTINELS = frozenset({"-9999", "NULL", "N/A", "#N/A"})
"""What exports write where they mean nothing. Exact case: Null is also a family name."""

_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Return a header or word without case, spaces, underscores and hyphens."""
    return re.sub(r"[\s_-]+", "", text).casefold()


def words(text: str) -> str:
    """Return the words of `text` in lower case, one space around each, for matching whole phrases."""
    return f" {_NOT_A_LETTER.sub(' ', text.casefold()).strip()} "


def slug(name: str) -> str:
    """Return a code a person can type: `Huckleberry Grove Schools` becomes `huckleberry-grove-schools`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _NOT_A_LETTER.sub("-", plain.casefold()).strip("-")


def clean(cell: str) -> str:
    """Return a cell without the `="..."` that keeps spreadsheets from eating zeros, and without sentinels."""
    text = cell.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > len('="'):
        text = text[2:-1].strip()
    return "" if text in SENTINELS else text


def iso_date(text: str) -> str:
    """Turn MM/DD/YYYY into YYYY-MM-DD; what is no real date stays as it is, for its row to refuse."""
    if found := _US_DATE.fullmatch(text.strip()):
        month, day, year = map(int, found.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return text
    return text


def number_of(text: str) -> Decimal | None:
    """Return the number a text is, or None; infinity and NaN are none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def present(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something: an empty one is left out, so that it reads as unknown."""
    return {name: value for name, value in fields.items() if value not in (None, "", (), [], {})}


def date_of(instant: str) -> str:
    """Return the date of an instant where and when it was recorded: its own clock, not ours."""
    return instant.partition("T")[0]
