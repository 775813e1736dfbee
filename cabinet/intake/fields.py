"""How a plain value of a file or a client is read: text, dates of the calendar, grades."""

import re
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from cabinet.tables.terms import GRADES

MAX_TEXT = 200
MAX_VERSION = 2**53 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2100
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _calendar_date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        day = _day(value.strip())
    except ValueError:
        raise _no_date(f"{value[:40]!r} is not a date of the calendar") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _no_date(f"{value} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


@lru_cache(maxsize=10_000)
def _day(text: str) -> date:
    """Read a date as most rows write it; the days of a generation are few, and each is said by many rows.

    The week dates and the compact forms of ISO 8601 are refused like any other text.
    """
    return date.fromisoformat(text if _ISO_DATE.fullmatch(text) else "")


def _no_date(text: str) -> PydanticCustomError:
    return PydanticCustomError("calendar_date", "{text}", {"text": text})


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _plain_text(value: Any) -> Any:
    if isinstance(value, str):
        if "\x00" in value:
            raise PydanticCustomError("nul", "the text holds a NUL character")
        return value.strip()
    return value


def _optional_text(value: Any) -> Any:
    if isinstance(value, str):
        return _plain_text(value) or None
    return value


def _grade(value: str | None) -> str | None:
    if value is None:
        return None
    grade = value.upper().zfill(2) if value.isdigit() else value.upper()
    grade = {"K": "KG", "0K": "KG", "00": "KG"}.get(grade, grade)
    if grade not in GRADES:
        raise PydanticCustomError("grade", "{value} is not a CEDS grade level", {"value": repr(value[:40])})
    return grade


Text = Annotated[Annotated[str, Field(min_length=1, max_length=MAX_TEXT)], BeforeValidator(_plain_text)]
OptionalText = Annotated[Annotated[str, Field(max_length=MAX_TEXT)] | None, BeforeValidator(_optional_text)]
LongText = Annotated[str | None, BeforeValidator(_optional_text)]
Day = Annotated[date, BeforeValidator(_calendar_date)]
OptionalDay = Annotated[Day | None, BeforeValidator(_empty_is_none)]
Grade = Annotated[str | None, AfterValidator(_grade), BeforeValidator(_optional_text)]
Version = Annotated[int | None, Field(default=None, ge=0, le=MAX_VERSION)]

R = TypeVar("R", bound="Row")


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def in_order(row: R, begins: date, ends: date | None) -> R:
    if ends is not None and ends < begins:
        raise PydanticCustomError(
            "ends_before_begins",
            "it ends on {ends}, before it begins on {begins}",
            {"begins": begins.isoformat(), "ends": ends.isoformat()},
        )
    return row
