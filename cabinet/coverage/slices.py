"""Several counts of one answer, withheld as one: of populations that overlap, and of the days of a series."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from cabinet.coverage.overlapping import GroupKey
from cabinet.coverage.protect import ServiceCounts, show, table_of
from cabinet.disclosure.suppress import Key, Sum, Table, suppress

Counted = Mapping[str, Sequence[ServiceCounts]]
"""The counts of every slice, by its name."""


@dataclass(frozen=True)
class Whole:
    """A slice, and the slices that make it up and do not overlap."""

    name: str
    parts: tuple[str, ...]


def protect_together(
    slices: Counted, wholes: Sequence[Whole] = (), hidden: AbstractSet[str] = frozenset()
) -> dict[str, list[ServiceCounts]]:
    """Withhold what is small in any slice or between them, and what that could be worked out from.

    `hidden` are slices that are not shown, and that follow where everything around them is. Return those shown.
    """
    if any(service.overlap is not None for services in slices.values() for service in services):
        # Of who is outside a group, a slice that has nobody in it has everybody.
        slices = with_all_groups(slices)
    withheld = suppress(_table(slices, wholes, hidden))
    return {
        name: show(services, frozenset(key[1] for key in withheld if isinstance(key, tuple) and key[0] == name))
        for name, services in slices.items()
        if name not in hidden
    }


def protect_alike(slices: Counted) -> dict[str, list[ServiceCounts]]:
    """Withhold in every slice what has to be withheld in any.

    Slices of a series are nearly the same: what protects a cell in one must not be shown in the next. So a group
    that is empty on one day stands there with zeros, which can be withheld.
    """
    slices = with_all_groups(slices)
    tables = {name: table_of(services) for name, services in slices.items()}
    everywhere: frozenset[Key] = frozenset()
    while True:
        withheld = [suppress(replace(table, also=table.also | everywhere)) for table in tables.values()]
        found = everywhere.union(*withheld)
        if found == everywhere:
            return {name: show(services, everywhere) for name, services in slices.items()}
        everywhere = found


def with_all_groups(slices: Counted) -> dict[str, list[ServiceCounts]]:
    """Give every slice the groups of all, where it has none with a zero of everything."""
    groups: dict[str, dict[GroupKey, dict[str, int | None]]] = {}
    for service in (service for services in slices.values() for service in services):
        empty = {key: dict.fromkeys(row, 0) for key, row in service.groups.items()}
        groups.setdefault(service.service, {}).update(empty)  # type: ignore[arg-type]
    return {
        name: [replace(each, groups={**groups[each.service], **each.groups}) for each in services]
        for name, services in slices.items()
    }


def _table(slices: Counted, wholes: Sequence[Whole], hidden: AbstractSet[str]) -> Table:
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
