"""Days and months as the columns hold them: whole numbers, days counted from the year 1."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cabinet.calendar import FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR, school_year_begins, school_year_of

EPOCH = date(2000, 1, 1).toordinal()
"""PostgreSQL sends a date as days from here."""
FOREVER = 400
"""Days of a school year are numbered from 1; what was over before has its last day on day 0."""


@dataclass(frozen=True)
class Year:
    """The days of one school year."""

    number: int

    @property
    def first(self) -> date:
        return school_year_begins(self.number)

    @property
    def last(self) -> date:
        return date.fromordinal(school_year_begins(self.number + 1).toordinal() - 1)

    @property
    def days(self) -> Iterator[date]:
        first = self.first.toordinal()
        return (date.fromordinal(first + number) for number in range(self.place(self.last)))

    def place(self, day: date) -> int:
        return day.toordinal() - self.first.toordinal() + 1


def year_of(day: date) -> Year | None:
    """Return the school year of a day, of those that a record of a child can be about."""
    number = school_year_of(day)
    return Year(number) if FIRST_SCHOOL_YEAR <= number <= LAST_SCHOOL_YEAR else None


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def months_before(day: date, count: int) -> int:
    """Return the ordinal of the same day so many months earlier, or of the last of a month that has no such day.

    That is what PostgreSQL makes of `day - make_interval(months => count)`.
    """
    year, month = divmod(month_number(day) - count, 12)
    if year < 1:
        return 0
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).toordinal()
