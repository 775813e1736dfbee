"""The one shape of every measure's result: numbers with their definition, and what they stand on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cabinet.coverage.answer import Count, GroupValue
from cabinet.coverage.basis import Basis
from cabinet.coverage.disparity import Standing
from cabinet.coverage.interval import Interval, wilson
from cabinet.coverage.measures import Measure
from cabinet.coverage.overlapping import GroupKey
from cabinet.coverage.protect import ServiceCounts
from cabinet.db import Record

DIGITS = 4
DIGITS_OF_STATISTICS = 1
"""A mean of many children times their number would else tell the sum to the day: who came yesterday."""


@dataclass(frozen=True)
class ServiceName:
    """A service type, in the version that was counted by."""

    code: str
    name: str
    sector: str
    version: int

    @classmethod
    def of(cls, kind: Record) -> "ServiceName":
        return cls(kind["code"], kind["name"], kind["sector"], kind["version"])


@dataclass(frozen=True)
class About:
    """What a figure is about, apart from its measure; `of` names the population where there are several."""

    as_of: date
    service: ServiceName | None = None
    group: tuple[GroupValue, ...] = ()
    of: str | None = None


@dataclass(frozen=True)
class Figure:
    """One number. Its value is None where it is withheld, and where there is none: a rate of nobody."""

    measure: Measure
    about: About
    numerator: Count | None = None
    denominator: Count | None = None
    value: float | None = None
    interval: Interval | None = None
    standing: Standing | None = None
    is_withheld: bool = False


@dataclass(frozen=True)
class Measured:
    """The answer to a question about measures. Of services outside the viewer's scope nothing is known.

    `withheld` counts the figures that are, those past the end of a list among them.
    """

    basis: Basis
    figures: tuple[Figure, ...]
    withheld: int
    unknown_services: tuple[ServiceName, ...]

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple({figure.measure.name: figure.measure for figure in self.figures}.values())


def counted(measure: Measure, counts: Mapping[str, int | None], about: About) -> Figure:
    """Return a measure made of counts as they are shown: a count itself, or a rate with its interval."""
    numerator = Count(counts[measure.numerator or ""])
    if measure.denominator is None:
        value = None if numerator.value is None else float(numerator.value)
        return Figure(measure, about, numerator, value=value, is_withheld=numerator.is_withheld)
    denominator = Count(counts[measure.denominator])
    is_withheld = numerator.is_withheld or denominator.is_withheld
    if numerator.value is None or not denominator.value:
        return Figure(measure, about, numerator, denominator, is_withheld=is_withheld)
    interval = wilson(numerator.value, denominator.value)
    value = round(numerator.value / denominator.value, DIGITS)
    return Figure(measure, about, numerator, denominator, value, interval)


def figure_of(measure: Measure, service: ServiceCounts, group: GroupKey, about: About) -> Figure:
    """Return a measure of a group as it is shown: made of counts, or a statistic of the children of a count."""
    counts = service.groups[group]
    if measure.statistic is None:
        return counted(measure, counts, about)
    children = Count(counts[measure.denominator or ""])
    is_withheld = children.is_withheld or (measure.numerator is not None and counts[measure.numerator] is None)
    value = service.statistics.get(group, {}).get(measure.statistic)
    shown = None if is_withheld or value is None else round(value, DIGITS_OF_STATISTICS)
    return Figure(measure, about, None, children, shown, is_withheld=is_withheld)


def derived(
    measure: Measure,
    about: About,
    value: float | None,
    sources: Iterable[Figure],
    standing: Standing | None = None,
) -> Figure:
    """Return a measure made of other figures; where one of these is withheld, so is it."""
    if any(source.is_withheld for source in sources):
        return Figure(measure, about, is_withheld=True)
    return Figure(measure, about, value=None if value is None else round(value, DIGITS), standing=standing)


def rate_of(figure: Figure) -> float | None:
    """Return a rate unrounded, from its counts; None where there is none to be shown."""
    if figure.numerator is None or figure.numerator.value is None:
        return None
    whole = figure.denominator.value if figure.denominator is not None else None
    return figure.numerator.value / whole if whole else None
