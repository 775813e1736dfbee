"""A question counted on a day: the population as a mask, the mask against the bits, group by group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cabinet.coverage.index.day import MEASURES, Day
from cabinet.coverage.index.mask import mask_of
from cabinet.coverage.index.spans import Array
from cabinet.coverage.question import Question

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Counted:
    """The counts of a question: populations by group; by service, measure and group the rest."""

    services: Sequence[str]
    width: int
    keys: Sequence[tuple[str, ...]]
    population: Array
    counts: Array

    def __len__(self) -> int:
        groups = len(self.keys) + 1 if self.keys and self.width else len(self.keys)
        return (len(self.services) + 1) * groups

    def in_order(self) -> "Counted":
        """Return the same, the groups in the order of their keys, in which which cell is withheld may depend."""
        order = sorted(range(len(self.keys)), key=self.keys.__getitem__)
        keys = [self.keys[place] for place in order]
        return Counted(self.services, self.width, keys, self.population[order], self.counts[..., order])

    def by_service(self) -> Iterator[tuple[str, Array]]:
        """Yield the counts of each service, a row for each measure and a column for each group."""
        return zip(self.services, self.counts, strict=True)

    def rows(self) -> list[Row]:
        """Return the rows that the statement of the same question would."""
        if self.width and not self.keys:
            return []
        found = self._rows("", np.zeros((len(MEASURES), len(self.keys)), np.int64))
        for service, counts in zip(self.services, self.counts, strict=True):
            found += self._rows(service, counts)
        return found

    def _rows(self, service: str, counts: Array) -> list[Row]:
        names = [f"d{position}" for position in range(self.width)]
        values = np.vstack((self.population, counts))
        total = dict(zip(("population", *MEASURES), values.sum(axis=1).tolist(), strict=True))
        rows: list[Row] = [{"service_type": service, **dict.fromkeys(names), **total}]
        for key, numbers in zip(self.keys if self.width else (), values.T.tolist(), strict=False):
            by_name = dict(zip(("population", *MEASURES), numbers, strict=True))
            rows.append({"service_type": service, **dict(zip(names, key, strict=True)), **by_name})
        return rows


def count(question: Question, day: Day) -> Counted:
    """Count a question whose day it is. Services the community does not have are passed over."""
    numbers = {kind.code: number for number, kind in day.types.items() if kind.code in question.services}
    services = sorted(numbers)
    layout = day.layout(question.breakdown_by, question.tabulation)
    mask = mask_of(question.population, day)
    population, counts = layout.count(mask, [numbers[code] for code in services])
    some = np.flatnonzero(population) if question.breakdown_by else np.arange(len(population))
    return Counted(
        services,
        len(question.breakdown_by),
        [layout.keys[place] for place in some.tolist()],
        population[some],
        counts[..., some],
    )
