"""Which counts of a coverage answer are withheld from a role that sees no child's row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from cabinet.coverage.for_whom import Answer, ForWhom, cell, nested
from cabinet.coverage.overlapping import KNOWN_EXCESS, GroupKey, Related, parts_of, relate
from cabinet.coverage.parts import MORE_PARTS, across
from cabinet.disclosure.suppress import Key, Sum, Table, suppress

TOTAL = ("total",)

PARTS = (
    ("population", ("eligible", "not_eligible")),
    ("eligible", ("in_need", "not_in_need")),
    ("in_need", ("served", "gap")),
    ("gap", ("waitlisted", "not_waitlisted")),
)
"""Of the counts of coverage, each with the two it is the sum of."""
STEPS = tuple(
    (before, (after, f"{before} and not {after}"))
    for before, after in combinations(("in_need", "contacted", "enrolled", "attended", "enough", "outcome"), 2)
)
"""The same of the steps of the cascade: who is lost between any two, for who leaves one out asks by the next."""
_PARTS = (*PARTS, *STEPS, *MORE_PARTS)


@dataclass(frozen=True)
class ServiceCounts:
    """A service's counts by group (TOTAL among them), None where withheld.

    The service without a code holds the population alone.
    """

    service: str
    is_universal: bool
    groups: Mapping[GroupKey, Mapping[str, int | None]]
    for_whom: ForWhom | None = None
    """Whose eligible children these are, too: services for the same ages and grades have the same."""
    statistics: Mapping[GroupKey, Mapping[str, float | None]] = field(default_factory=dict)
    """Figures of the children of a count put together, to be shown where that count is."""
    overlap: int | None = None
    """The place in the groups' keys by which they overlap; None where they part the children."""

    @cached_property
    def related(self) -> Related:
        if self.overlap is None:
            return parts_of(TOTAL, [group for group in self.groups if group != TOTAL])
        return relate(TOTAL, self.groups, self.overlap)

    @property
    def all_groups(self) -> Mapping[GroupKey, Mapping[str, int | None]]:
        """The groups, and those that are never shown."""
        return {**self.groups, **self.related.hidden}


def protect(services: Sequence[ServiceCounts]) -> list[ServiceCounts]:
    """Withhold small counts and those they could be worked out from, over all services of the answer."""
    return show(services, suppress(table_of(services)))


def table_of(services: Sequence[ServiceCounts]) -> Table:
    """Return every cell of an answer, with the sums that hold between them."""
    cells, sums = _cells_and_sums(services)
    wholes = next((service.related.sums for service in services), ())
    others, between = across({service.service: service.all_groups for service in services}, TOTAL, wholes)
    between_rules = nested(
        [Answer(each.for_whom, each.is_universal, each.all_groups, each.related) for each in services], TOTAL
    )
    rests = between_rules.rests
    return Table(
        {**cells, **others, **rests},
        [*sums, *between, *between_rules.sums],
        _implied(services) | others.keys() | rests.keys(),
        _fixed(services),
        frozenset(between_rules.rather),
    )


def show(services: Sequence[ServiceCounts], withheld: frozenset[Key]) -> list[ServiceCounts]:
    """Return the answer without the cells that are withheld."""
    return [
        replace(
            service,
            groups={
                group: {
                    name: None if _key(service, group, name) in withheld else value
                    for name, value in counts.items()
                }
                for group, counts in service.groups.items()
            },
        )
        for service in services
    ]


def _key(service: ServiceCounts, group: GroupKey, measure: str) -> Key:
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
        for group, counts in service.all_groups.items():
            for name, value in _with_implied(counts).items():
                cells[_key(service, group, name)] = value
            within += [
                Sum(
                    _key(service, group, measure),
                    tuple(_key(service, group, rest) for rest in rests),
                )
                for measure, rests in _PARTS
                if rests[0] in counts
            ]
        for whole, groups in service.related.sums:
            for name in _with_implied(service.groups[TOTAL]):
                parts = tuple(_key(service, group, name) for group in groups)
                between[Sum(_key(service, whole, name), parts)] = None
    return cells, [*within, *between]


def _with_implied(counts: Mapping[str, int | None]) -> dict[str, int]:
    known = {name: value or 0 for name, value in counts.items()}
    for whole, (part, rest) in _PARTS:
        if part in known:
            known.setdefault(rest, known[whole] - known[part])
    return known


def _implied(services: Sequence[ServiceCounts]) -> frozenset[Key]:
    return frozenset(
        _key(service, group, name)
        for service in services
        for group, counts in service.all_groups.items()
        for name in _with_implied(counts).keys() - (counts.keys() if group in service.groups else set())
    )


def _fixed(services: Sequence[ServiceCounts]) -> frozenset[Key]:
    """Return what may be known without any number.

    Where need is universal, no eligible child is without it. Where nobody is outside a service's ages and grades,
    the group's own name may say so, as a grade does.
    """
    universal = {
        _key(service, group, "not_in_need")
        for service in services
        if service.is_universal
        for group in service.all_groups
    }
    everybody = {
        _key(service, group, "not_eligible")
        for service in services
        for group, counts in service.all_groups.items()
        if "eligible" in counts and counts["eligible"] == counts["population"]
    }
    excess = {
        _key(service, KNOWN_EXCESS, name)
        for service in services
        if KNOWN_EXCESS in service.all_groups
        for name in _with_implied(service.all_groups[KNOWN_EXCESS])
    }
    return frozenset(universal | everybody | excess)
