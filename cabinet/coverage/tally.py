"""The rows that answer a question, as counts by service and group."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from cabinet.coverage.answer import COUNTED
from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.coverage.protect import ServiceCounts
from cabinet.coverage.question import Question
from cabinet.coverage.sums import COUNTS
from cabinet.db import Record
from cabinet.tables.terms import NeedRule

T = TypeVar("T")

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
    rows: Sequence[Mapping[str, Any]],
    counting: Counting = COVERAGE,
) -> list[ServiceCounts]:
    """Sort the rows by service and group; the population itself stands under the service POPULATION."""
    width = len(question.breakdown_by)
    cells = {code: counting.cells_of(types.get(code)) for code in (POPULATION, *question.services)}
    groups: dict[str, dict[GroupKey, dict[str, int | None]]] = {
        code: {TOTAL: dict.fromkeys(names, 0)} for code, names in cells.items()
    }
    statistics: dict[str, dict[GroupKey, dict[str, float | None]]] = {code: {} for code in cells}
    for row in rows:
        key: GroupKey = tuple(row[f"d{position}"] for position in range(width))
        key, code = key if any(key) else TOTAL, row["service_type"]
        groups[code][key] = {
            name: row["in_need"] - row["served"] if name == "gap" else row[name] for name in cells[code]
        }
        statistics[code][key] = {name: row[name] for name in counting.statistics}
    return [
        replace(_service_counts(types.get(code), groups[code], statistics[code]), overlap=question.overlap)
        for code in cells
    ]


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
