"""How much of a service a child got: intensity, duration and breadth."""

from collections.abc import Iterable
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
