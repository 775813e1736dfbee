"""How a plain value of a file or a client is read: text, dates of the calendar, grades."""

from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from cabinet.tables.terms import GRADES

MAX_TEXT = 200
MAX_VERSION = 2**63 - 1
ISO_DATE_LENGTH = 10


def _calendar_date(value: Any) -> Any:
    if isinstance(value, str):
        try:
            if len(value.strip()) != ISO_DATE_LENGTH:
                raise ValueError  # noqa: TRY301 - the compact forms of ISO 8601 are refused like any other text.
            return date.fromisoformat(value.strip())
        except ValueError:
            raise PydanticCustomError(
                "calendar_date", "{value} is not a date of the calendar", {"value": repr(value[:40])}
            ) from None
    return value


def _empty_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


def _plain_text(value: Any) -> Any:
    if isinstance(value, str):
        if "\x00" in value:
            raise PydanticCustomError("nul", "the text holds a NUL character")
        return value.strip()
    return value


def _grade(value: str | None) -> str | None:
    if value is None:
        return None
    grade = value.upper().zfill(2) if value.isdigit() else value.upper()
    grade = {"K": "KG", "0K": "KG", "00": "KG"}.get(grade, grade)
    if grade not in GRADES:
        raise PydanticCustomError("grade", "{value} is not a CEDS grade level", {"value": repr(value[:40])})
    return grade


Text = Annotated[str, BeforeValidator(_plain_text), Field(min_length=1, max_length=MAX_TEXT)]
OptionalText = Annotated[
    Annotated[str, Field(max_length=MAX_TEXT)] | None,
    BeforeValidator(_plain_text),
    BeforeValidator(_empty_is_none),
]
LongText = Annotated[str | None, BeforeValidator(_plain_text), BeforeValidator(_empty_is_none)]
Day = Annotated[date, BeforeValidator(_calendar_date), Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]
OptionalDay = Annotated[Day | None, BeforeValidator(_empty_is_none)]
Grade = Annotated[
    str | None, AfterValidator(_grade), BeforeValidator(_plain_text), BeforeValidator(_empty_is_none)
]


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
