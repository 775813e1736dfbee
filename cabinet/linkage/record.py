"""What one source says of who a child is, before it is made comparable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from cabinet.tables.terms import Sex


@dataclass(frozen=True, slots=True)
class Record:
    """A child as one source writes it down; everything but the id may be missing.

    `birth_date` is a date, or where no calendar has it (`2016-24-08`) the text with year, month and day in this
    order. `address` is one line, house number first. `identifiers` are those that more than one source may hold,
    by system.
    """

    record_id: str
    given_name: str | None = None
    middle_name: str | None = None
    family_name: str | None = None
    birth_date: date | str | None = None
    sex: Sex = Sex.UNKNOWN
    address: str | None = None
    postal_code: str | None = None
    guardians: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
