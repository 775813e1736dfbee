"""Dates as a community counts them: its today, its school years, and ages by month of birth."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

FIRST_MONTH = 7
FIRST_SCHOOL_YEAR, LAST_SCHOOL_YEAR = 1990, 2100


def today(time_zone: str) -> date:
    return datetime.now(ZoneInfo(time_zone)).date()


def school_year_of(day: date) -> int:
    """Return the school year of a day: the calendar year in which it ends (Ed-Fi SchoolYear).

    A school year runs from 1 July to 30 June, so that summer programs belong to the year they lead into.
    """
    return day.year + 1 if day.month >= FIRST_MONTH else day.year


def school_year_begins(school_year: int) -> date:
    return date(school_year - 1, FIRST_MONTH, 1)


def school_years_between(begins: date, ends: date) -> range:
    """Return the school years of a period, of those a record of a child can be about."""
    first, last = school_year_of(begins), school_year_of(max(begins, ends))
    return range(max(first, FIRST_SCHOOL_YEAR), min(last, LAST_SCHOOL_YEAR) + 1)


def birth_month_of(birth_date: date) -> date:
    return birth_date.replace(day=1)
