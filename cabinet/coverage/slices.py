"""Several counts of one answer, withheld as one: of populations that overlap, and of the days of a series."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from cabinet.coverage.layout import Layout
from cabinet.coverage.overlapping import GroupKey
from cabinet.coverage.protect import ServiceCounts, show
from cabinet.disclosure.numbered import Numbered, Sums
from cabinet.disclosure.suppress import suppressed

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
    layouts, begin, shown = _layouts(slices), 0, {}
    withheld = suppressed(table_of_slices(slices, wholes, hidden, layouts))
    for name, services in slices.items():
        end = begin + layouts[name].size
        if name not in hidden:
            shown[name] = show(services, layouts[name], withheld[begin:end])
        begin = end
    return shown


def protect_alike(slices: Counted) -> dict[str, list[ServiceCounts]]:
    """Withhold in every slice what has to be withheld in any.

    Slices of a series are nearly the same: what protects a cell in one must not be shown in the next. So a group
    that is empty on one day stands there with zeros, which can be withheld.
    """
    slices = with_all_groups(slices)
    layouts = _layouts(slices)
    tables = [layouts[name].filled(services) for name, services in slices.items()]
    everywhere = np.zeros(len(tables[0].counts), bool)
    while True:
        withheld = [suppressed(replace(table, also=table.also | everywhere)) for table in tables]
        found = np.logical_or.reduce([everywhere, *withheld])
        if (found == everywhere).all():
            return {name: show(services, layouts[name], everywhere) for name, services in slices.items()}
        everywhere = found


def with_all_groups(slices: Counted) -> dict[str, list[ServiceCounts]]:
    """Give every slice the groups of all, where it has none with a zero of everything."""
    if len({tuple(service.groups) for services in slices.values() for service in services}) == 1:
        return {name: list(services) for name, services in slices.items()}
    groups: dict[str, dict[GroupKey, dict[str, int | None]]] = {}
    for service in (service for services in slices.values() for service in services):
        empty = {key: dict.fromkeys(row, 0) for key, row in service.groups.items()}
        groups.setdefault(service.service, {}).update(empty)  # type: ignore[arg-type]
    return {
        name: [replace(each, groups={**groups[each.service], **each.groups}) for each in services]
        for name, services in slices.items()
    }


def _layouts(slices: Counted) -> dict[str, Layout]:
    """Lay every slice out, those with the same groups alike."""
    by_groups: dict[tuple[GroupKey, ...], Layout] = {}
    found = {}
    for name, services in slices.items():
        groups = tuple(services[0].groups)
        found[name] = by_groups[groups] = by_groups.get(groups) or Layout(services)
    return found


def table_of_slices(
    slices: Counted, wholes: Sequence[Whole], hidden: AbstractSet[str], layouts: Mapping[str, Layout] | None = None
) -> Numbered:
    """Put the tables of all slices together, one behind the other, and the sums between them."""
    layouts = layouts or _layouts(slices)
    tables = {name: layouts[name].filled(services) for name, services in slices.items()}
    sums, begins, size, length = [], {}, 0, 0
    for name, table in tables.items():
        begins[name] = size
        sums += [Sums(each.cells + size, each.numbers + length) for each in table.sums]
        size, length = size + len(table.counts), length + layouts[name].length
    for whole in wholes:
        sums += _between(layouts, begins, whole, length)
        length += layouts[whole.name].size
    # That nobody is in a hidden slice may be known without any number: of third graders in a grade of three.
    return Numbered(
        np.concatenate([table.counts for table in tables.values()]),
        sums,
        np.concatenate([table.implied | (name in hidden) for name, table in tables.items()]),
        np.concatenate([table.fixed | ((table.counts == 0) & (name in hidden)) for name, table in tables.items()]),
        np.concatenate([table.also for table in tables.values()]),
    )


def _between(
    layouts: Mapping[str, Layout], begins: Mapping[str, int], whole: Whole, length: int
) -> Iterator[Sums]:
    """Yield what every cell of a whole is the sum of; a group that a part lacks is empty there."""
    groups = layouts[whole.name].groups
    with_parts: dict[tuple[str, ...], list[GroupKey]] = {}
    for group in groups:
        parts = tuple(part for part in whole.parts if group in layouts[part].groups)
        with_parts.setdefault(parts, []).append(group)
    own = layouts[whole.name].cells
    for parts, some in with_parts.items():
        if parts:
            cells = [
                begins[name] + layouts[name].cells[:, [layouts[name].groups.index(key) for key in some]].ravel()
                for name in (whole.name, *parts)
            ]
            yield Sums(np.array(cells), length + own[:, [groups.index(key) for key in some]].ravel())
