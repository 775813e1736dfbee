"""How frequent a name is among the records at hand; never stored, for rare names say who is meant."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Self

from cabinet.linkage.comparisons import COMPARISONS
from cabinet.linkage.features import Features

FREQUENT = tuple(sorted({level.frequency for each in COMPARISONS for level in each.levels if level.frequency}))
"""Columns in which a rare value says more than a common one."""


class Frequencies:
    def __init__(self, records: Iterable[Features] = ()) -> None:
        self._counted = {column: Counter[str]() for column in FREQUENT}
        self._totals: Counter[str] = Counter()
        for each in records:
            self.add(each)

    @classmethod
    def counted(cls, counts: Mapping[str, Counter[str]], totals: Mapping[str, int]) -> Self:
        """Return those of names counted elsewhere, by column; `totals` are of all records that have one."""
        made = cls()
        made._counted.update(counts)
        made._totals.update(totals)
        return made

    def add(self, record: Features) -> None:
        for column in FREQUENT:
            value = getattr(record, column)
            if value is not None:
                self._counted[column][value] += 1
                self._totals[column] += 1

    def share(self, column: str, value: str | None) -> float | None:
        """Return the share of the records with a value that have this one; None if none has it."""
        count = self._counted[column].get(value) if value is not None else None
        return count / self._totals[column] if count else None

    def table(self, column: str) -> dict[str, list[str] | list[float]]:
        """Return the values and their shares as two columns, named as Splink looks for them."""
        counted, total = self._counted[column], self._totals[column]
        return {column: list(counted), f"tf_{column}": [count / total for count in counted.values()]}
