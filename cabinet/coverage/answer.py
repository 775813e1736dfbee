"""The answer to a coverage question: counts with their definitions, and what was withheld."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial

from cabinet.access import Level
from cabinet.columns import Columns
from cabinet.coverage.basis import Basis
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.grid import Grid
from cabinet.coverage.measures import MEASURES, Measure

COUNTED = ("population", "eligible", "in_need", "served", "gap", "waitlisted")


@dataclass(frozen=True)
class Count:
    """A number of children; without value where it is withheld to protect a child."""

    value: int | None

    @property
    def is_withheld(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class Counts:
    """The measures of one service in one group."""

    population: Count
    eligible: Count
    in_need: Count
    served: Count
    gap: Count
    waitlisted: Count

    @classmethod
    def of(cls, values: Mapping[str, int | None]) -> "Counts":
        return cls(**{name: Count(values[name]) for name in COUNTED})

    @property
    def coverage_rate(self) -> float | None:
        return _rate(self.served, self.in_need)

    @property
    def gap_rate(self) -> float | None:
        return _rate(self.gap, self.in_need)


@dataclass(frozen=True)
class GroupValue:
    """One value of a dimension, with the name people know it by."""

    dimension: Dimension
    value: str
    label: str


@dataclass(frozen=True)
class Group:
    values: tuple[GroupValue, ...]
    counts: Counts


def groups_of(values: Sequence[tuple[GroupValue, ...]], order: Sequence[int], counted: Grid) -> Columns[Group]:
    """Return the groups at some places of what is counted, under their names."""
    size = len(order)
    columns = {name: partial(_counts, counted, name, order) for name in COUNTED}
    counts = Columns(Counts, size, columns)
    return Columns(Group, size, {"values": lambda: values, "counts": lambda: counts})


def _counts(counted: Grid, name: str, order: Sequence[int]) -> Sequence[Count]:
    """Return a count of each group; the same numbers are the same object, which is written once."""
    column = counted.column(name)
    return [_count(column[place]) for place in order]


_count = lru_cache(maxsize=10_000)(Count)


@dataclass(frozen=True)
class ServiceCoverage:
    """One service's coverage. Outside the viewer's scope it is not known, which is not the same as a gap."""

    code: str
    name: str
    sector: str
    version: int
    total: Counts | None
    groups: Sequence[Group] = ()

    @property
    def is_known(self) -> bool:
        return self.total is not None


@dataclass(frozen=True)
class Coverage:
    as_of: date
    school_year: int
    level: Level
    population: Count
    services: tuple[ServiceCoverage, ...]
    basis: Basis
    measures: tuple[Measure, ...] = MEASURES


def _rate(part: Count, whole: Count) -> float | None:
    if part.value is None or not whole.value:
        return None
    return round(part.value / whole.value, 4)
