"""How children of several races and ethnicities are tabulated: the approaches of OMB SPD-15 (2024).

Where an approach looks into combinations, each is counted by itself: they part the children, so that every way of
counting adds up. Folding them into the groups of the approach is the same for all of these ways.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cabinet.coverage.dimensions import FACETS, MULTIPLE, UNKNOWN, Dimension
from cabinet.tables.terms import RaceEthnicity

FREQUENT = 5
"""How many combinations have a group of their own where the most frequent have."""
OTHER_COMBINATION = "OTHER_COMBINATION"
_AND = "+"

COMBINATIONS = (
    UNKNOWN,
    *(
        _AND.join(each for place, each in enumerate(RaceEthnicity) if bits >> place & 1)
        for bits in range(1, 1 << len(RaceEthnicity))
    ),
)
"""Each category and each combination, at the place that its categories make as bits."""

_COMBINATION = (
    f'coalesce((SELECT string_agg(DISTINCT each COLLATE "C", \'{_AND}\' ORDER BY each COLLATE "C")'
    f" FROM unnest(p.race_ethnicity) AS _ (each)), '{UNKNOWN}')"
)


class Approach(StrEnum):
    """The groups of ALONE_OR_IN_COMBINATION overlap; those of the others part the children."""

    COMBINED_MULTIRACIAL = "COMBINED_MULTIRACIAL"
    MOST_FREQUENT = "MOST_FREQUENT"
    ALONE_OR_IN_COMBINATION = "ALONE_OR_IN_COMBINATION"


_DEFINITIONS = {
    Approach.COMBINED_MULTIRACIAL: "Each category alone, and all children of more than one in one group.",
    Approach.MOST_FREQUENT: f"Each category alone, each of the {FREQUENT} combinations most frequent among all"
    " children counted by on the day, and those of any other combination in one group.",
    Approach.ALONE_OR_IN_COMBINATION: "Each category alone or in combination: a child is in every group it is of,"
    " so that the groups overlap and do not add up to the total.",
}


@dataclass(frozen=True)
class Tabulation:
    """An approach; of MOST_FREQUENT with the combinations that are, None as long as each has a group."""

    approach: Approach = Approach.COMBINED_MULTIRACIAL
    frequent: tuple[str, ...] | None = None

    @property
    def definition(self) -> str:
        return _DEFINITIONS[self.approach]

    @property
    def is_by_combination(self) -> bool:
        """Whether combinations are counted each by itself."""
        return self.approach is not Approach.COMBINED_MULTIRACIAL

    @property
    def overlaps(self) -> bool:
        return self.approach is Approach.ALONE_OR_IN_COMBINATION

    def sql(self, dimension: Dimension) -> str:
        """Return the expression of what is counted by a dimension, over a profile `p`."""
        is_folded = self.is_by_combination and dimension is Dimension.RACE_ETHNICITY
        return _COMBINATION if is_folded else FACETS[dimension].sql

    def group_sql(self, labels: str, groups: str) -> str:
        """Return the expression of the groups that a child is in, a row each, with `pairs` as two arrays."""
        return (
            f"unnest((SELECT array_agg(f.grouped) FROM unnest({labels}, {groups}) f (label, grouped)"
            f" WHERE f.label = {_COMBINATION}))"
        )

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every label with each of its groups."""
        return [(label, group) for label in COMBINATIONS for group in self.groups_of(label)]

    def groups_of(self, label: str) -> tuple[str, ...]:
        """Return the groups of the children who are counted under a label."""
        if self.overlaps:
            return tuple(label.split(_AND))
        if self.frequent is None or _AND not in label or label in self.frequent:
            return (label,)
        return (OTHER_COMBINATION,)

    def labels_of(self, group: str) -> list[str]:
        """Return the labels whose children are in a group; none where there is no such group."""
        if not self.is_by_combination:
            return [group] if group in (UNKNOWN, MULTIPLE, *RaceEthnicity) else []
        return [label for label in COMBINATIONS if group in self.groups_of(label)]


COMBINED = Tabulation()


def most_frequent(rows: Iterable[Mapping[str, Any]]) -> Tabulation:
    """Return the tabulation that names the most frequent of the combinations that rows count."""
    found = [row for row in rows if _AND in (row["d0"] or "")]
    found.sort(key=lambda row: (-row["population"], row["d0"]))
    return Tabulation(Approach.MOST_FREQUENT, tuple(sorted(row["d0"] for row in found[:FREQUENT])))


def fold(
    rows: Sequence[Mapping[str, Any]], breakdown_by: Sequence[Dimension], tabulation: Tabulation
) -> Sequence[Mapping[str, Any]]:
    """Add up the rows of combinations to those of the approach's groups; totals stay as they are."""
    if not tabulation.is_by_combination or Dimension.RACE_ETHNICITY not in breakdown_by:
        return rows
    name = f"d{breakdown_by.index(Dimension.RACE_ETHNICITY)}"
    folded: dict[tuple[str | None, ...], dict[str, Any]] = {}
    for row in rows:
        for group in (None,) if row[name] is None else tabulation.groups_of(row[name]):
            _add(folded, {**row, name: group}, len(breakdown_by))
    return list(folded.values())


def _add(folded: dict[tuple[str | None, ...], dict[str, Any]], row: dict[str, Any], width: int) -> None:
    named = ("service_type", *(f"d{position}" for position in range(width)))
    before = folded.setdefault(tuple(row[name] for name in named), row)
    if before is not row:
        before.update({cell: count + row[cell] for cell, count in before.items() if cell not in named})
