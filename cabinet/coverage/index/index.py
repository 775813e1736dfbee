"""One community in one school year: its columns, the snapshot they are of, and the days that were asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from cabinet.coverage.index.catalog import Catalog
from cabinet.coverage.index.columns import Columns
from cabinet.coverage.index.copied import Rows
from cabinet.coverage.index.count import Counted, count
from cabinet.coverage.index.day import Day
from cabinet.coverage.index.facts import Fact
from cabinet.coverage.index.numbering import Numbering
from cabinet.coverage.index.spans import Array
from cabinet.coverage.question import Question

Moment: TypeAlias = tuple[str, str]
"""The snapshot that the database was seen in, and a digest of the service types as they then were."""

_DAYS = 24
"""Days that are kept: the twelve months of a trend, and as many others."""


@dataclass(eq=False)
class Index:
    """Used by one thread at a time, which counts and takes in changes in turn."""

    columns: Columns
    moment: Moment
    _days: dict[date, Day] = field(default_factory=dict)
    nbytes: int = 0

    def __post_init__(self) -> None:
        self._weigh()

    def count(self, question: Question) -> Counted:
        return self.count_all([question])[0]

    def count_all(self, questions: Sequence[Question]) -> list[Counted]:
        counted = [count(question, self._day(question.as_of)) for question in questions]
        self._weigh()
        return counted

    def renew(
        self,
        catalog: Catalog,
        numbering: Numbering,
        touched: Mapping[str, Array],
        read: Sequence[tuple[Fact, Rows]],
    ) -> None:
        """Take in anew what is said of some children, part by part; what was made of any day is of the past."""
        self.forget_days()
        self.columns.catalog = catalog
        for part, keys in touched.items():
            self.columns.forget(part, keys)
        for fact, rows in read:
            self.columns.take(fact, rows, numbering)
        self._weigh()

    def forget_days(self) -> None:
        self._days.clear()
        self._weigh()

    def _day(self, day: date) -> Day:
        """Return the day, the last asked for of those that are kept."""
        found = self._days.pop(day, None) or Day(self.columns, day)
        if len(self._days) >= _DAYS:
            del self._days[next(iter(self._days))]
        self._days[day] = found
        return found

    def _weigh(self) -> None:
        self.nbytes = self.columns.nbytes + sum(day.nbytes for day in self._days.values())
