"""First step: read every row by its model; a bad row is rejected by itself."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cabinet.errors import (
    ColumnUnknown,
    DateInvalid,
    DuplicateRow,
    EndsBeforeBegins,
    IdentityIncomplete,
    RowInvalid,
    RowProblem,
)
from cabinet.intake.fields import Row
from cabinet.intake.receipt import Outcome
from cabinet.intake.rows import MODELS, Kind, Recorded, WithdrawalRow
from cabinet.intake.supply_rows import CapacityRow
from cabinet.pauses import in_turns

_ERRORS: Mapping[str, type[RowProblem]] = {
    "calendar_date": DateInvalid,
    "ends_before_begins": EndsBeforeBegins,
    "identity_incomplete": IdentityIncomplete,
    "extra_forbidden": ColumnUnknown,
}


_HAPPENED: Mapping[Kind, str] = {
    Kind.ENCOUNTER: "occurred_on",
    Kind.ATTENDANCE: "attended_on",
    Kind.CAPACITY: "updated",
}
"""The field that says on which day something was, which cannot have been tomorrow."""


@dataclass(slots=True)
class Item:
    """A row on its way through the intake: what was received, what was read, what became of it."""

    raw: Mapping[str, Any]
    row: Any
    outcome: Outcome


async def validate(kind: Kind, rows: Sequence[Mapping[str, Any]], today: date) -> list[Item]:
    """Read the rows; those that cannot be read carry their problems, one for each field at fault."""
    items = await in_turns(_read_all(kind, rows, today))
    _refuse_duplicates(items)
    return items


def read_rows(kind: Kind, rows: Sequence[Mapping[str, Any]], today: date) -> list[Item]:
    """Do what `validate` does, for whoever has a thread to do it in."""
    items = list(_read_all(kind, rows, today))
    _refuse_duplicates(items)
    return items


def _read_all(kind: Kind, rows: Sequence[Mapping[str, Any]], today: date) -> Iterator[Item]:
    model, happened, is_about_child = MODELS[kind], _HAPPENED.get(kind), issubclass(MODELS[kind], Recorded)
    for index, raw in enumerate(rows):
        item = _read(model, index, raw)
        if item.row is not None:
            if is_about_child and item.row.child.identity is not None:
                _refuse_future(item, item.row.child.identity.birth_date, today, "child", "identity", "birth_date")
            elif kind is Kind.CHILD:
                _refuse_future(item, item.row.identity.birth_date, today, "identity", "birth_date")
            if happened is not None:
                _refuse_future(item, getattr(item.row, happened), today, happened)
        yield item


def _refuse_future(item: Item, day: date | None, today: date, *path: str) -> None:
    """Reject a birth, an encounter, a day or a count that has not come yet; an enrollment may be planned."""
    if day is not None and day > today:
        item.outcome.reject(DateInvalid(f"{day} has not come yet."), *path)


def _read(model: type[Row], index: int, raw: Mapping[str, Any]) -> Item:
    record_id = raw.get("record_id") or raw.get("code")
    outcome = Outcome(index, record_id if isinstance(record_id, str) else None)
    try:
        return Item(raw, model.model_validate(raw), outcome)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            outcome.reject(_problem(detail), *detail["loc"])
        return Item(raw, None, outcome)


def _problem(detail: ErrorDetails) -> RowProblem:
    kind = _ERRORS.get(detail["type"], RowInvalid)
    if kind is ColumnUnknown:
        return ColumnUnknown("This field has no meaning here.", hint="Check the spelling, or leave it out.")
    text = detail["msg"]
    return kind(f"{text[:1].upper()}{text[1:]}.")


def _refuse_duplicates(items: list[Item]) -> None:
    """Reject what is said twice under one key: which of the two was meant cannot be known."""
    seen: dict[Hashable, dict[int | None, int]] = {}
    for item in items:
        if item.row is None or not item.outcome.is_open:
            continue
        key, noun, field = _key(item.row)
        if key is None:
            continue
        version = getattr(item.row, "record_version", None)
        versions = seen.setdefault(key, {})
        first = versions.get(version)
        if first is None and (version is None or None in versions):
            # Without a version it cannot be known which of the two is newer.
            first = next(iter(versions.values()), None)
        versions.setdefault(version, item.outcome.index)
        if first is not None:
            item.outcome.reject(DuplicateRow(f"{noun} in row {first} of this post already."), field)


def _key(row: Any) -> tuple[Hashable, str, str]:
    """Return what a row is told from others by, if anything, what to call that, and its field."""
    if type(row) is CapacityRow:
        return (row.service, row.location, row.updated), "The seats of this place and day stand", "updated"
    if type(row) is WithdrawalRow:
        return (row.kind, row.record_id), "The record is withdrawn", "record_id"
    return getattr(row, "record_id", None), "The record id stands", "record_id"
