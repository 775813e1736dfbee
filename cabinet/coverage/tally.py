"""The rows that answer a question, as counts by service and group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cabinet.coverage.answer import COUNTED
from cabinet.coverage.overlapping import GroupKey
from cabinet.coverage.protect import TOTAL, ServiceCounts
from cabinet.coverage.question import Question
from cabinet.coverage.sums import COUNTS
from cabinet.db import Record
from cabinet.tables.terms import NeedRule

MAX_ROWS = 3_000
MAX_ROWS_OF_MANY_SUMS = 1_000
"""Where more sums hold between the rows: what is withheld takes as long to find as with the others."""
POPULATION = ""


@dataclass(frozen=True)
class Counting:
    """What is counted of a service: the template of the statement, and the counts it gives."""

    template: str
    cells: tuple[str, ...]


COVERAGE = Counting(COUNTS, COUNTED)


def tally(
    question: Question,
    types: Mapping[str, Record],
    rows: Sequence[Mapping[str, Any]],
    counting: Counting = COVERAGE,
) -> list[ServiceCounts]:
    """Sort the rows by service and group; the population itself stands under the service POPULATION."""
    width = len(question.breakdown_by)
    groups: dict[str, dict[GroupKey, dict[str, int | None]]] = {
        POPULATION: {TOTAL: {"population": 0}},
        **{code: {TOTAL: dict.fromkeys(counting.cells, 0)} for code in question.services},
    }
    for row in rows:
        key: GroupKey = tuple(row[f"d{position}"] for position in range(width))
        counts = {name: row["in_need"] - row["served"] if name == "gap" else row[name] for name in counting.cells}
        by_group = groups[row["service_type"]]
        by_group[key if any(key) else TOTAL] = counts if row["service_type"] else {"population": row["population"]}
    return [_service_counts(types.get(code), by_group, question.overlap) for code, by_group in groups.items()]


def _service_counts(
    kind: Record | None, by_group: Mapping[GroupKey, Mapping[str, int | None]], overlap: int | None
) -> ServiceCounts:
    if kind is None:
        return ServiceCounts(POPULATION, is_universal=False, groups=by_group, overlap=overlap)
    universal = kind["need_rule"] == NeedRule.UNIVERSAL
    return ServiceCounts(kind["code"], universal, by_group, kind["eligibility"], overlap)
