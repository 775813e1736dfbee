"""What a view asks: which question, of whom, about which services, on which days, and how it is best shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from cabinet.coverage.answers.access import Reach
from cabinet.coverage.answers.capacity import check_seats
from cabinet.coverage.answers.disparity import Beside
from cabinet.coverage.answers.gaps import MAX_FIGURES
from cabinet.coverage.answers.trend import MAX_DAYS
from cabinet.coverage.askable import BY_NAME
from cabinet.coverage.asking import check_breakdown
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.measures import COVERAGE_RATE, GAP, IN_NEED, SERVED
from cabinet.coverage.population import Arguments, Population, condition
from cabinet.coverage.seats import NeedPolicy
from cabinet.coverage.tabulation import Approach
from cabinet.errors import InputInvalid, ViewBroken

MAX_MONTHS = MAX_DAYS - 1
EVERYBODY = Population()
ALL_OF_THEM = Beside()
AS_FAR_AS_USUAL = Reach()
USUAL = tuple(measure.name for measure in (IN_NEED, SERVED, GAP, COVERAGE_RATE))


class ViewQuestion(StrEnum):
    """Which question about coverage a view asks."""

    MEASURES = "MEASURES"
    GAPS = "GAPS"
    COMPARE = "COMPARE"
    OVERLAP = "OVERLAP"
    DISPARITY = "DISPARITY"
    CASCADE = "CASCADE"
    COMPLETENESS = "COMPLETENESS"
    CAPACITY = "CAPACITY"
    ACCESS = "ACCESS"


class Presentation(StrEnum):
    """How its answer is best shown; a hint, for an answer is the same however it is shown."""

    TABLE = "TABLE"
    BAR = "BAR"
    LINE = "LINE"
    MAP = "MAP"
    NUMBER = "NUMBER"


@dataclass(frozen=True)
class Definition:
    """A question, apart from the day it is asked of.

    `months`: the measures are also of the same day of so many months before, a series. `against` is the population
    that COMPARE puts beside the other. `first` is how many GAPS give; `need_policy` says who needs a seat
    in CAPACITY, and `reach` how far children go in ACCESS. What a question has no use for says nothing.
    """

    question: ViewQuestion
    population: Population = EVERYBODY
    services: tuple[str, ...] | None = None
    measures: tuple[str, ...] = USUAL
    breakdown_by: tuple[Dimension, ...] = ()
    months: int = 0
    against: Population = EVERYBODY
    rate: str = COVERAGE_RATE.name
    beside: Beside = ALL_OF_THEM
    first: int = 20
    presentation: Presentation = Presentation.TABLE
    tabulation: Approach = Approach.COMBINED_MULTIRACIAL
    need_policy: NeedPolicy = NeedPolicy.ALL_IN_NEED
    reach: Reach = AS_FAR_AS_USUAL

    def check(self) -> None:
        """Raise InputInvalid for what could never be asked, whatever the community holds."""
        if not 0 <= self.months <= MAX_MONTHS:
            raise InputInvalid(f"months takes 0 to {MAX_MONTHS}.")
        if not 1 <= self.first <= MAX_FIGURES:
            raise InputInvalid(f"first takes 1 to {MAX_FIGURES} gaps.")
        if not self.measures:
            raise InputInvalid("A view has at least one measure.")
        counts_sectors = self.question is ViewQuestion.OVERLAP
        check_breakdown((Dimension.SECTORS_SERVING, *self.breakdown_by) if counts_sectors else self.breakdown_by)
        for population in (self.population, self.against):
            population.check_ages()
        self.reach.check()
        if self.question is ViewQuestion.CAPACITY:
            check_seats(self.breakdown_by)
        if self.question is ViewQuestion.DISPARITY and len(self.breakdown_by) != 1:
            raise InputInvalid("A disparity is between the groups of one dimension.", hint="Break down by one.")

    def check_depth(self) -> None:
        """Raise InputInvalid for populations too deep to be asked, narrowed and beside one another as they may be.

        The names they use must have been looked up.
        """
        together = tuple(Population(all_of=(each,)) for each in (self.population, self.against))
        condition(Population(all_of=together), Arguments())

    def without_names(self) -> "Definition":
        """Return it for another community: a name means something else there, or nothing."""
        return replace(self, population=self.population.without_names(), against=self.against.without_names())

    def unknown_measures(self) -> list[str]:
        """Return the measures it names that there are no more."""
        return [name for name in (*self.measures, self.rate) if name not in BY_NAME]

    def days(self, as_of: date) -> list[date]:
        """Return the days of the series, the last of them as asked; of a shorter month its last day."""
        return [_months_before(as_of, back) for back in range(self.months, -1, -1)]


_ADAPTER = TypeAdapter(Definition)


def as_json(definition: Definition) -> dict[str, Any]:
    """Return a definition as it is stored; `from_json` leads back."""
    stored: dict[str, Any] = _ADAPTER.dump_python(definition, mode="json")
    return stored


def from_json(stored: Mapping[str, Any]) -> Definition:
    """Raise ViewBroken for what only another version of the server understands."""
    try:
        return _ADAPTER.validate_python(dict(stored))
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors()[0]["loc"])
        raise ViewBroken(f"Another version of the server saved this; {where} means nothing here.") from error


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")
