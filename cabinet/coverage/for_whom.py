"""For whom services are, and what two of them tell together of who is between them."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple, TypeAlias

from cabinet.coverage.overlapping import GroupKey, Related
from cabinet.disclosure.numbered import LARGEST, SMALLEST
from cabinet.disclosure.suppress import Key, Sum

Counts: TypeAlias = Mapping[str, int | None]


@dataclass(frozen=True)
class ForWhom:
    """Ages and grades: a child's grade counts where it is known and there are grades, its age otherwise."""

    ages: tuple[int, int] | None = None
    grades: frozenset[str] = frozenset()

    def covers(self, other: "ForWhom") -> bool:
        """Whether it is for everybody whom the other is for, whatever children there are."""
        if bool(self.grades) != bool(other.grades) or not other.grades <= self.grades:
            return False
        if other.ages is None or self.ages is None:
            return other.ages is None
        return self.ages[0] <= other.ages[0] and other.ages[1] <= self.ages[1]


class Answer(NamedTuple):
    """What nesting asks of a service: for whom it is, whether all of them need it, and its counts."""

    for_whom: ForWhom | None
    is_universal: bool
    groups: Mapping[GroupKey, Counts]
    related: Related


@dataclass(frozen=True)
class Nested:
    """The rests, the sums they are part of, and which totals are rather not shown, for a small rest follows."""

    rests: dict[Key, int] = field(default_factory=dict)
    sums: list[Sum] = field(default_factory=list)
    rather: set[Key] = field(default_factory=set)


def nested(answers: Sequence[Answer], total: GroupKey) -> Nested:
    """Return who is eligible for one service and not for another, where the one is for all whom the other is for.

    Who has both numbers has the rest by subtraction, as of ages 5 to 12 and 6 to 12 the number of five-year-olds.
    Where a rest is small in all, that number is left out on which the fewest services stand whole: who is eligible
    where need is universal is in need, and missed or served.
    """
    found = Nested()
    by_rule = {answer.for_whom: answer for answer in answers if answer.for_whom}
    costs = Counter(answer.for_whom for answer in answers if answer.is_universal)
    for wide, narrow in permutations(by_rule, 2):
        if not wide.covers(narrow):
            continue
        name = (wide, "and not", narrow)
        more, fewer = by_rule[wide], by_rule[narrow]
        for group, counts in more.groups.items():
            if "eligible" in counts and "eligible" in fewer.groups.get(group, ()):
                rest, both = cell(name, group), (cell(wide, group), cell(narrow, group))
                found.rests[rest] = (counts["eligible"] or 0) - (fewer.groups[group]["eligible"] or 0)
                found.sums.append(Sum(both[0], (both[1], rest)))
        if _is_small(found.rests.get(cell(name, total), 0)):
            cheap = min(wide, narrow, key=costs.__getitem__)
            found.rather.update(
                cell(cheap, group) for group in more.groups if _is_small(found.rests.get(cell(name, group), 0))
            )
        found.sums.extend(
            Sum(cell(name, whole), tuple(cell(name, part) for part in parts))
            for whole, parts in more.related.sums
            if all(cell(name, each) in found.rests for each in (whole, *parts))
        )
    return found


def cell(whom: Hashable, group: GroupKey) -> Key:
    """Name the cell of those who are eligible: one and the same for all services that are for the same."""
    return (whom, group, "eligible")


def _is_small(count: int) -> bool:
    return SMALLEST <= count <= LARGEST
