"""An answer as a table of named cells and sums, as it was first written: cell by cell and group by group.

It is the oracle of `cabinet.coverage.layout`, which lays the same cells and sums out by number.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple

from cabinet.coverage.dimensions import UNKNOWN
from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.overlapping import KNOWN_EXCESS, TOTAL, GroupKey
from cabinet.coverage.parts import EVERY_PART
from cabinet.coverage.protect import ServiceCounts
from cabinet.coverage.slices import Whole
from cabinet.disclosure.numbered import LARGEST, SMALLEST
from cabinet.disclosure.suppress import Key, Sum, Table

Counts = Mapping[str, int | None]


_OF_NO_GROUP = ("", "", "")
"""Groups have up to three values: a key of four is of none."""


_EXCESS: GroupKey = ("excess", *_OF_NO_GROUP)
_TOGETHER: tuple[GroupKey, GroupKey] = (("together", *_OF_NO_GROUP), ("together again", *_OF_NO_GROUP))


@dataclass(frozen=True)
class Related:
    """Groups that are never shown, and the sums that hold between groups: each a whole with its parts."""

    hidden: Mapping[GroupKey, Counts]
    sums: Sequence[tuple[GroupKey, tuple[GroupKey, ...]]]


def parts_of(total: GroupKey, groups: Sequence[GroupKey]) -> Related:
    """Relate groups that part the children."""
    return Related({}, [(total, tuple(groups))] if groups else [])


def relate(total: GroupKey, groups: Mapping[GroupKey, Counts], overlap: int) -> Related:
    """Relate groups that overlap in one place of their keys; `groups` holds the total's counts, too.

    The excess stands there twice. As a cell that everybody knows, it lets a small group follow from all others as
    it would without overlap; as one that nobody knows, it is protected where it is small.
    """
    parted = tuple(key for key in groups if key != total)
    if not parted:
        return parts_of(total, ())
    everybody, together = groups[total], _added([groups[key] for key in parted])
    excess = _less(together, everybody)
    hidden: dict[GroupKey, Counts] = {**dict.fromkeys(_TOGETHER, together), KNOWN_EXCESS: excess, _EXCESS: excess}
    sums: list[tuple[GroupKey, tuple[GroupKey, ...]]] = [(each, parted) for each in _TOGETHER]
    sums += [(each, (total, key)) for each, key in zip(_TOGETHER, (KNOWN_EXCESS, _EXCESS), strict=True)]
    unknown = tuple(key for key in parted if key[overlap] == UNKNOWN)
    for value in dict.fromkeys(key[overlap] for key in parted):
        inside = tuple(key for key in parted if key[overlap] == value)
        outside: GroupKey = (f"not {value}", *_OF_NO_GROUP)
        hidden[outside] = _less(everybody, _added([groups[key] for key in inside]))
        sums.append((total, (*inside, outside)))
        if unknown and value != UNKNOWN:
            others: GroupKey = (f"known and not {value}", *_OF_NO_GROUP)
            hidden[others] = _less(hidden[outside], _added([groups[key] for key in unknown]))
            sums.append((outside, (*unknown, others)))
    return Related(hidden, sums)


def _added(rows: Sequence[Counts]) -> Counts:
    return {name: sum(row[name] or 0 for row in rows) for name in rows[0]}


def _less(counts: Counts, others: Counts) -> Counts:
    return {name: (value or 0) - (others[name] or 0) for name, value in counts.items()}


_OTHERS = "participants_of_others"


Groups = Mapping[GroupKey, Mapping[str, int | None]]


def across(
    services: Mapping[str, Groups], total: GroupKey, wholes: Sequence[tuple[GroupKey, tuple[GroupKey, ...]]]
) -> tuple[dict[Key, int], list[Sum]]:
    """Return the cells and the sums that hold between services where it is counted who took part in any.

    Participations are those of every service; who took part in any is who did in one, and who did in others only.
    `wholes` are the sums between groups.
    """
    everybody, others = services.get("", {}), {code: groups for code, groups in services.items() if code}
    if not others or "participations" not in everybody.get(total, ()):
        return {}, []
    cells: dict[Key, int] = {}
    sums: list[Sum] = []
    for group, counts in everybody.items():
        each = {
            (code, group, "participants"): groups[group]["participants"] or 0 for code, groups in others.items()
        }
        sums.append(Sum(("", group, "participations"), tuple(each)))
        for key, number in each.items():
            rest = (key[0], group, _OTHERS)
            cells[rest] = (counts["any_participants"] or 0) - number
            sums.append(Sum(("", group, "any_participants"), (key, rest)))
    for whole, groups in wholes:
        sums += [Sum((code, whole, _OTHERS), tuple((code, group, _OTHERS) for group in groups)) for code in others]
    return cells, sums


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


def table_of(services: Sequence[ServiceCounts]) -> Table:
    """Return every cell of an answer, with the sums that hold between them."""
    cells, sums = _cells_and_sums(services)
    wholes = next((related(service).sums for service in services), ())
    others, between = across({service.service: all_groups(service) for service in services}, TOTAL, wholes)
    between_rules = nested(
        [Answer(each.for_whom, each.is_universal, all_groups(each), related(each)) for each in services], TOTAL
    )
    rests = between_rules.rests
    return Table(
        {**cells, **others, **rests},
        [*sums, *between, *between_rules.sums],
        _implied(services) | others.keys() | rests.keys(),
        _fixed(services),
        frozenset(between_rules.rather),
    )


def related(service: ServiceCounts) -> Related:
    """Return how the groups of a service hang together."""
    if service.overlap is None:
        return parts_of(TOTAL, [group for group in service.groups if group != TOTAL])
    return relate(TOTAL, service.groups, service.overlap)


def all_groups(service: ServiceCounts) -> Mapping[GroupKey, Counts]:
    """Return the groups, and those that are never shown."""
    return {**service.groups, **related(service).hidden}


def key_of(service: ServiceCounts, group: GroupKey, measure: str) -> Key:
    """Name a cell; what is one and the same number under several services is one cell.

    That is the population of a group, and the eligible children of services with the same ages and grades.
    """
    if measure == "population":
        return ("", group, measure)
    if measure == "eligible" and service.for_whom:
        return cell(service.for_whom, group)
    if measure == "not_eligible" and service.for_whom:
        return (service.for_whom, group, measure)
    return (service.service, group, measure)


def _cells_and_sums(services: Sequence[ServiceCounts]) -> tuple[dict[Key, int], list[Sum]]:
    cells: dict[Key, int] = {}
    between: dict[Sum, None] = {}
    within: list[Sum] = []
    for service in services:
        for group, counts in all_groups(service).items():
            for name, value in _with_implied(counts).items():
                cells[key_of(service, group, name)] = value
            within += [
                Sum(
                    key_of(service, group, measure),
                    tuple(key_of(service, group, rest) for rest in rests),
                )
                for measure, rests in EVERY_PART
                if rests[0] in counts
            ]
        for whole, groups in related(service).sums:
            for name in _with_implied(service.groups[TOTAL]):
                parts = tuple(key_of(service, group, name) for group in groups)
                between[Sum(key_of(service, whole, name), parts)] = None
    return cells, [*within, *between]


def _with_implied(counts: Mapping[str, int | None]) -> dict[str, int]:
    known = {name: value or 0 for name, value in counts.items()}
    for whole, (part, rest) in EVERY_PART:
        if part in known:
            known.setdefault(rest, known[whole] - known[part])
    return known


def _implied(services: Sequence[ServiceCounts]) -> frozenset[Key]:
    return frozenset(
        key_of(service, group, name)
        for service in services
        for group, counts in all_groups(service).items()
        for name in _with_implied(counts).keys() - (counts.keys() if group in service.groups else set())
    )


def _fixed(services: Sequence[ServiceCounts]) -> frozenset[Key]:
    """Return what may be known without any number.

    Where need is universal, no eligible child is without it. Where nobody is outside a service's ages and grades,
    the group's own name may say so, as a grade does.
    """
    universal = {
        key_of(service, group, "not_in_need")
        for service in services
        if service.is_universal
        for group in all_groups(service)
    }
    everybody = {
        key_of(service, group, "not_eligible")
        for service in services
        for group, counts in all_groups(service).items()
        if "eligible" in counts and counts["eligible"] == counts["population"]
    }
    excess = {
        key_of(service, KNOWN_EXCESS, name)
        for service in services
        if KNOWN_EXCESS in all_groups(service)
        for name in _with_implied(all_groups(service)[KNOWN_EXCESS])
    }
    return frozenset(universal | everybody | excess)


def table_of_slices(
    slices: Mapping[str, Sequence[ServiceCounts]], wholes: Sequence[Whole], hidden: AbstractSet[str]
) -> Table:
    tables = {name: table_of(services) for name, services in slices.items()}
    # That nobody is in a hidden slice may be known without any number: of third graders in a grade of three.
    nobody = {(name, key) for name in hidden for key, count in tables[name].cells.items() if not count}
    return Table(
        cells={(name, key): count for name, table in tables.items() for key, count in table.cells.items()},
        sums=[*_within(tables), *_between(tables, wholes)],
        implied=frozenset(
            (name, key)
            for name, table in tables.items()
            for key in (table.cells if name in hidden else table.implied)
        ),
        fixed=frozenset((name, key) for name, table in tables.items() for key in table.fixed) | nobody,
        also=frozenset((name, key) for name, table in tables.items() for key in table.also),
    )


def _within(tables: Mapping[str, Table]) -> Iterator[Sum]:
    for name, table in tables.items():
        for sum_ in table.sums:
            yield Sum((name, sum_.total), tuple((name, part) for part in sum_.parts))


def _between(tables: Mapping[str, Table], wholes: Sequence[Whole]) -> Iterator[Sum]:
    """Yield what every cell of a whole is the sum of; a group that a part lacks is empty there."""
    for whole in wholes:
        for key in tables[whole.name].cells:
            parts = tuple((name, key) for name in whole.parts if key in tables[name].cells)
            if parts:
                yield Sum((whole.name, key), parts)
