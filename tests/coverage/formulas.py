"""Dosage and retention worked out a second time, child by child, as the sources of their definitions have them."""

from collections.abc import Hashable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Dosage:
    """Days a week in the weeks attended, days in all, and distinct types of service.

    S. S. Chaput, P. M. D. Little and H. Weiss, Understanding and Measuring Attendance in Out-of-School Time
    Programs (Harvard Family Research Project, 2004): intensity, duration, breadth.
    """

    intensity: float
    duration: int
    breadth: int


def dosage(attended: Iterable[tuple[date, str]]) -> Dosage:
    """Sum up the days a child attended, each with a type of service; a day told twice counts once."""
    told = set(attended)
    days = {day for day, _ in told}
    weeks = {_monday(day) for day in days}
    intensity = len(days) / len(weeks) if weeks else 0.0
    return Dosage(intensity, len(days), len({kind for _, kind in told}))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Retention:
    """Of those who could have stayed, how many did."""

    kept: int
    could_stay: int


def retention(
    last_year: AbstractSet[Hashable], this_year: AbstractSet[Hashable], aged_out: AbstractSet[Hashable]
) -> Retention:
    """Count last year's participants who are there this year; who aged out is in neither number."""
    could_stay = last_year - aged_out
    return Retention(len(could_stay & this_year), len(could_stay))
