"""The days on which things happen, seen from the demo's today."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from random import Random

from cabinet.calendar import school_year_begins, school_year_of


class Season(StrEnum):
    SCHOOL_YEAR = auto()
    SUMMER = auto()
    ALL_YEAR = auto()


TYPICAL_DELAY_DAYS = {Season.SCHOOL_YEAR: 24, Season.SUMMER: 5, Season.ALL_YEAR: 40}
SHORTEST_STAY_DAYS = 21


@dataclass(frozen=True)
class Clock:
    today: date

    @property
    def school_year(self) -> int:
        return school_year_of(self.today)

    @property
    def year_begins(self) -> date:
        return school_year_begins(self.school_year)

    @property
    def summer_ends(self) -> date:
        return self.year_begins.replace(month=8, day=21)

    @property
    def summer_is_over(self) -> bool:
        return self.today > self.summer_ends

    def opens(self, season: Season) -> date:
        """Return the first day of a season's enrollments, which all fall in the current school year.

        Before school opens, what runs through the school year is signed up for from 1 July on, so that a demo
        shown in July or August is not empty.
        """
        first = {Season.SCHOOL_YEAR: (8, 28), Season.SUMMER: (7, 6), Season.ALL_YEAR: (7, 1)}[season]
        opening = self.year_begins.replace(month=first[0], day=first[1])
        return opening if opening <= self.today else self.year_begins

    def begin(self, rng: Random, season: Season, not_before: date | None = None) -> date:
        """Draw a first day: most join when the season opens, some weeks or months later."""
        opening = max(self.opens(season), not_before or self.year_begins)
        last = self.summer_ends if season is Season.SUMMER else self.today
        last = max(opening, min(last, self.today))
        later = opening + timedelta(days=int(rng.expovariate(1 / TYPICAL_DELAY_DAYS[season])))
        return later if later <= last else between(rng, opening, last)

    def end(self, rng: Random, season: Season, begins: date) -> date | None:
        """Draw a last day of an enrollment that ended, or None where it is too young to have ended."""
        last = min(self.today, self.summer_ends) if season is Season.SUMMER else self.today
        if (last - begins).days < SHORTEST_STAY_DAYS:
            return None
        return between(rng, begins + timedelta(days=SHORTEST_STAY_DAYS // 2), last)

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def between(rng: Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randint(0, max((last - first).days, 0)))


def age_on(birth_date: date, day: date) -> int:
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
