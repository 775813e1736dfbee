"""The rows that answer a question, as counts by service and group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from cabinet.coverage.answer import COUNTED
from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.grid import Grid, Groups
from cabinet.coverage.index.count import Counted
from cabinet.coverage.index.day import MEASURES
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.coverage.protect import ServiceCounts
from cabinet.coverage.question import Question
from cabinet.coverage.sums import COUNTS
from cabinet.db import Record
from cabinet.disclosure.numbered import Array
from cabinet.tables.terms import NeedRule

T = TypeVar("T")
Statistics = Mapping[str, Mapping[GroupKey, Mapping[str, float | None]]]

MAX_ROWS = 3_000
MAX_ROWS_OF_MANY_SUMS = 1_000
"""Where more sums hold between the rows: what is withheld takes as long to find as with the others."""
POPULATION = ""


@dataclass(frozen=True)
class Counting:
    """What is counted of a service, and of the population itself: the statement's template, and what it gives.

    `statistics` are figures of children put together, and no counts of them; `of_dosage` are the counts that only
    a service with a dosage has.
    """

    template: str
    cells: tuple[str, ...]
    of_population: tuple[str, ...] = ("population",)
    statistics: tuple[str, ...] = ()
    of_dosage: frozenset[str] = frozenset()

    def cells_of(self, kind: Mapping[str, Any] | None) -> tuple[str, ...]:
        """Return the counts of a service type; without one those of the population."""
        if kind is None:
            return self.of_population
        if not self.of_dosage or kind["dosage_days"] is not None:
            return self.cells
        return tuple(cell for cell in self.cells if cell not in self.of_dosage)


COVERAGE = Counting(COUNTS, COUNTED)


def tally(
    question: Question,
    types: Mapping[str, Record],
    answered: Sequence[Mapping[str, Any]] | Counted,
    counting: Counting = COVERAGE,
) -> list[ServiceCounts]:
    """Sort what answers a question by service and group; the population itself stands under POPULATION.

    Every service has all groups; of one that nothing is counted of any more, nobody is counted in them.
    """
    sort = _grids if isinstance(answered, Counted) else _rows
    groups, statistics = sort(question, types, answered, counting)  # type: ignore[arg-type]
    return [
        replace(_service_counts(types.get(code), groups[code], statistics.get(code, {})), overlap=question.overlap)
        for code in (POPULATION, *question.services)
    ]


def _grids(
    question: Question, types: Mapping[str, Record], counted: Counted, counting: Counting
) -> tuple[Mapping[str, Grid], Statistics]:
    """Lay the counts out as they stand, the total before the groups."""
    keys = [TOTAL, *counted.keys] if counted.width else [TOTAL]
    population = _with_total(counted.population.astype(np.int64)[None], counted.width)
    named = {code: _with_total(counts.astype(np.int64), counted.width) for code, counts in counted.by_service()}
    nobody = np.zeros((len(MEASURES), len(keys)), np.int64)
    found = {}
    for code in (POPULATION, *question.services):
        every = dict(zip(MEASURES, named.get(code, nobody), strict=True))
        every |= {"population": population[0], "gap": every["in_need"] - every["served"]}
        names = counting.cells_of(types.get(code))
        found[code] = Grid(keys, names, np.array([every[name] for name in names]))
    return found, {}


def _with_total(counts: Array, width: int) -> Array:
    total = counts.sum(axis=1, keepdims=True)
    return np.hstack((total, counts)) if width else total


def _rows(
    question: Question, types: Mapping[str, Record], rows: Sequence[Mapping[str, Any]], counting: Counting
) -> tuple[Mapping[str, Groups], Statistics]:
    width = len(question.breakdown_by)
    cells = {code: counting.cells_of(types.get(code)) for code in (POPULATION, *question.services)}
    keys = dict.fromkeys([TOTAL, *(_key(row, width) for row in rows)])
    population = {_key(row, width): row["population"] for row in rows if row["service_type"] == POPULATION}
    nobody = {key: {"population": population.get(key, 0)} for key in keys}
    groups: dict[str, dict[GroupKey, dict[str, int | None]]] = {
        code: {key: {name: nobody[key].get(name, 0) for name in names} for key in keys}
        for code, names in cells.items()
    }
    statistics: dict[str, dict[GroupKey, dict[str, float | None]]] = {code: {} for code in cells}
    for row in rows:
        key, code = _key(row, width), row["service_type"]
        groups[code][key] = {
            name: row["in_need"] - row["served"] if name == "gap" else row[name] for name in cells[code]
        }
        statistics[code][key] = {name: row[name] for name in counting.statistics}
    return groups, statistics


def _key(row: Mapping[str, Any], width: int) -> GroupKey:
    key: GroupKey = tuple(row[f"d{position}"] for position in range(width))
    return key if any(key) else TOTAL


def together(counted: Sequence[list[ServiceCounts]]) -> list[ServiceCounts]:
    """Lay several countings of one question side by side, service by service and group by group."""
    return [
        replace(
            same[0],
            groups={key: _joined([each.groups[key] for each in same]) for key in same[0].groups},
            statistics={key: _joined([each.statistics.get(key, {}) for each in same]) for key in same[0].groups},
        )
        for same in zip(*counted, strict=True)
    ]


def _joined(rows: Iterable[Mapping[str, T]]) -> dict[str, T]:
    return {name: value for row in rows for name, value in row.items()}


def _service_counts(
    kind: Record | None,
    by_group: Mapping[GroupKey, Mapping[str, int | None]],
    statistics: Mapping[GroupKey, Mapping[str, float | None]],
) -> ServiceCounts:
    if kind is None:
        return ServiceCounts(POPULATION, is_universal=False, groups=by_group, statistics=statistics)
    universal = kind["need_rule"] == NeedRule.UNIVERSAL
    ages = None if None in (kind["min_age"], kind["max_age"]) else (kind["min_age"], kind["max_age"])
    for_whom = ForWhom(ages, frozenset(kind["grades"]))
    return ServiceCounts(kind["code"], universal, by_group, for_whom, statistics)
