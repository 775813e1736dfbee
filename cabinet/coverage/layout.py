"""An answer's counts as numbered cells, and the sums that hold between them.

A line is one count of a service, or of all services that share it, over all groups of the answer; its cells are
numbered group by group. What is the sum of what is the same in every group, so it is said once, of lines.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.grid import Grid
from cabinet.coverage.overlapping import KNOWN_EXCESS, TOTAL, GroupKey, parts_of, relate
from cabinet.coverage.parts import EVERY_PART
from cabinet.disclosure.numbered import LARGEST, SMALLEST, Array, Numbered, Sums

if TYPE_CHECKING:
    from cabinet.coverage.protect import ServiceCounts

Line: TypeAlias = tuple[Hashable, str]

_ELIGIBLE, _OTHERS = "eligible", "participants_of_others"


def line_of(service: "ServiceCounts", name: str) -> Line:
    """Name a count; what is one and the same number under several services is one line.

    That is the population of a group, and the eligible children of services with the same ages and grades.
    """
    if name == "population":
        return ("", name)
    if name in (_ELIGIBLE, "not_eligible") and service.for_whom:
        return (service.for_whom, name)
    return (service.service, name)


class Layout:
    """Where the counts of services stand that all have the same groups, and the same names of counts in each."""

    def __init__(self, services: Sequence["ServiceCounts"]) -> None:
        first = services[0]
        self.shown: Sequence[GroupKey] = tuple(first.groups)
        is_parted = first.overlap is None
        parted = [key for key in self.shown if key != TOTAL]
        related = parts_of(TOTAL, parted) if is_parted else relate(TOTAL, self.shown, first.overlap or 0)
        self._weights = np.array([*related.hidden.values()], np.int64).reshape(-1, len(self.shown)).T
        self.groups = (*self.shown, *related.hidden)
        places = {key: place for place, key in enumerate(self.groups)}
        self._between = [[places[whole], *(places[part] for part in parts)] for whole, parts in related.sums]
        self.lines: dict[Line, int] = {}
        self._firsts: list[int] = []
        self._steps: list[int] = []
        self.size = self.length = 0
        self._sums: dict[int, list[Sums]] = {}
        self._lay_out(services)
        self.sums = [_joined(of_width) for of_width in self._sums.values()]

    def _lay_out(self, services: Sequence["ServiceCounts"]) -> None:
        within, new_lines = [], []
        for service in services:
            names = service.names
            new_lines.append(self._add([line_of(service, name) for name in with_implied(names)]))
            line = {name: self.lines[line_of(service, name)] for name in with_implied(names)}
            within.append([[line[name] for name in sum_] for sum_ in parts_of_names(names)])
        self._of_participants = _participants(services)
        self._others = self._add([(code, _OTHERS) for code in self._of_participants])
        self.nested = list(_nested(services))
        for wide, narrow in self.nested:
            self._add([((wide, "and not", narrow), _ELIGIBLE)])
        steps = np.multiply.outer(self._steps, np.arange(len(self.groups)))
        # A row for each line, and a column for each group.
        self.cells: Array = np.array(self._firsts)[:, None] + steps
        for sums in within:
            self._sum_up(sums)
        for lines in new_lines:
            self._sum_groups_up(lines)
        self._sum_participants_up()
        for wide, narrow in self.nested:
            rest = self.lines[((wide, "and not", narrow), _ELIGIBLE)]
            self._sum_up([[self.lines[wide, _ELIGIBLE], self.lines[narrow, _ELIGIBLE], rest]])
            self._sum_groups_up([rest])

    def _add(self, lines: Sequence[Line]) -> list[int]:
        """Add those lines that are not there yet, side by side in every group; return their places."""
        new = [line for line in dict.fromkeys(lines) if line not in self.lines]
        for rank, line in enumerate(new):
            self.lines[line] = len(self.lines)
            self._firsts.append(self.size + rank)
            self._steps.append(len(new))
        self.size += len(new) * len(self.groups)
        return [self.lines[line] for line in new]

    def _sum_up(self, lines: Sequence[Sequence[int]]) -> None:
        """Let sums of lines, all of one width, hold in every group: group by group in the order of numbers."""
        if lines:
            self._number(self.cells[np.array(lines)].transpose(1, 2, 0))

    def _sum_groups_up(self, lines: Sequence[int]) -> None:
        for groups in self._between if lines else ():
            self._number(self.cells[np.ix_(lines, groups)].T[:, None])

    def _sum_participants_up(self) -> None:
        if not self._others:
            return
        everybody, any_of_them = self.lines["", "participations"], self.lines["", "any_participants"]
        each = [self.lines[code, "participants"] for code in self._of_participants]
        first, step = self.length, len(each) + 1
        numbers = first + step * np.arange(len(self.groups))
        self._put(self.cells[[everybody, *each]], numbers)
        for rank, (own, others) in enumerate(zip(each, self._others, strict=True), 1):
            self._put(self.cells[[any_of_them, own, others]], numbers + rank)
        self.length += step * len(self.groups)
        self._sum_groups_up(self._others)

    def _number(self, cells: Array) -> None:
        flat = cells.reshape(len(cells), -1)
        self._put(flat, np.arange(self.length, self.length + flat.shape[1]))
        self.length += flat.shape[1]

    def _put(self, cells: Array, numbers: Array) -> None:
        self._sums.setdefault(len(cells), []).append(Sums(cells, numbers))

    def filled(self, services: Sequence["ServiceCounts"]) -> Numbered:
        """Return the table of these counts, of which nothing is withheld yet."""
        shape = len(self.lines), len(self.groups)
        counts, implied = np.zeros(shape, np.int64), np.zeros(shape, bool)
        fixed, also = np.zeros(shape, bool), np.zeros(shape, bool)
        implied[:, len(self.shown) :] = True
        for service in services:
            names, values = service.names, self._with_hidden(service)
            for name, row in values.items():
                line = self.lines[line_of(service, name)]
                counts[line] = row
                if name not in names:
                    implied[line] = True
            self._fix(service, values, fixed)
        for code, line in zip(self._of_participants, self._others, strict=True):
            counts[line] = counts[self.lines["", "any_participants"]] - counts[self.lines[code, "participants"]]
            implied[line] = True
        self._fill_nested(services, counts, implied, also)
        places = self.cells.ravel()
        flat = np.zeros(self.size, np.int64), *(np.zeros(self.size, bool) for _ in range(3))
        for numbered, rows in zip(flat, (counts, implied, fixed, also), strict=True):
            numbered[places] = rows.ravel()
        return Numbered(flat[0], self.sums, flat[1], flat[2], flat[3])

    def _with_hidden(self, service: "ServiceCounts") -> Mapping[str, Array]:
        """Return the counts of every group by name, with those that are never shown."""
        values = Grid.of(service.groups).of_groups(self.shown)
        if self._weights.size:
            values = np.hstack((values, values @ self._weights))
        names = service.names
        counts = dict(zip(names, values, strict=True))
        for name, (whole, part) in with_implied(names).items():
            if whole:
                counts[name] = counts[whole] - counts[part]
        return counts

    def _fix(self, service: "ServiceCounts", values: Mapping[str, Array], fixed: Array) -> None:
        """Mark what may be known without any number.

        Where need is universal, no eligible child is without it. Where nobody is outside a service's ages and
        grades, the group's own name may say so, as a grade does.
        """
        if service.is_universal and "not_in_need" in values:
            fixed[self.lines[line_of(service, "not_in_need")]] = True
        if _ELIGIBLE in values:
            fixed[self.lines[line_of(service, "not_eligible")]] |= values[_ELIGIBLE] == values["population"]
        if KNOWN_EXCESS in self.groups:
            own = [self.lines[line_of(service, name)] for name in values]
            fixed[own, self.groups.index(KNOWN_EXCESS)] = True

    def _fill_nested(
        self, services: Sequence["ServiceCounts"], counts: Array, implied: Array, also: Array
    ) -> None:
        """Fill in the rests between services, and mark which totals are rather not shown.

        Where a rest is small in all, that number is left out on which the fewest services stand whole: who is
        eligible where need is universal is in need, and missed or served.
        """
        costs, total = Counter(each.for_whom for each in services if each.is_universal), self.shown.index(TOTAL)
        for wide, narrow in self.nested:
            rest = self.lines[((wide, "and not", narrow), _ELIGIBLE)]
            more, fewer = self.lines[wide, _ELIGIBLE], self.lines[narrow, _ELIGIBLE]
            counts[rest], implied[rest] = counts[more] - counts[fewer], True
            small = (counts[rest] >= SMALLEST) & (counts[rest] <= LARGEST)
            if small[total]:
                cheap = min(wide, narrow, key=costs.__getitem__)
                also[self.lines[cheap, _ELIGIBLE]] |= small

    def of_service(self, service: "ServiceCounts", marked: Array) -> Array:
        """Return of cells, marked by number, those of a service that are shown: by name and group."""
        lines = [self.lines[line_of(service, name)] for name in service.names]
        rows: Array = marked[self.cells[lines, : len(self.shown)]]
        return rows


@cache
def parts_of_names(names: tuple[str, ...]) -> Sequence[tuple[str, str, str]]:
    """Return the sums between counts of these names and those that follow."""
    return [(whole, part, rest) for whole, (part, rest) in EVERY_PART if part in names]


@cache
def with_implied(names: tuple[str, ...]) -> Mapping[str, tuple[str, str]]:
    """Return the names of counts, and of those that follow, each with the whole and the part it is the rest of."""
    found = dict.fromkeys(names, ("", ""))
    for whole, (part, rest) in EVERY_PART:
        if part in found:
            found.setdefault(rest, (whole, part))
    return found


def _participants(services: Sequence["ServiceCounts"]) -> list[str]:
    """Return the services of which it is counted who took part in any.

    Participations are those of every service; who took part in any is who did in one, and who did in others only.
    """
    of_any = any(not service.service and "participations" in service.names for service in services)
    return [service.service for service in services if service.service] if of_any else []


def _nested(services: Sequence["ServiceCounts"]) -> Iterator[tuple[ForWhom, ForWhom]]:
    """Yield for whom services are, in pairs of which the one is for everybody whom the other is for.

    Who has both numbers has the rest by subtraction, as of ages 5 to 12 and 6 to 12 the number of five-year-olds.
    """
    rules = {each.for_whom: each for each in services if each.for_whom}
    for wide, narrow in permutations(rules, 2):
        if wide.covers(narrow) and _ELIGIBLE in rules[wide].names and _ELIGIBLE in rules[narrow].names:
            yield wide, narrow


def _joined(sums: Sequence[Sums]) -> Sums:
    cells = np.ascontiguousarray(np.concatenate([each.cells for each in sums], axis=1))
    return Sums(cells, np.concatenate([each.numbers for each in sums]))
