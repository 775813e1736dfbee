"""Which counts of a coverage answer are withheld from a role that sees no child's row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cabinet.coverage.for_whom import ForWhom
from cabinet.coverage.grid import Grid
from cabinet.coverage.layout import Layout
from cabinet.coverage.overlapping import TOTAL, GroupKey
from cabinet.disclosure.numbered import Array
from cabinet.disclosure.suppress import suppressed


@dataclass(frozen=True)
class ServiceCounts:
    """A service's counts by group (TOTAL among them), None where withheld.

    The service without a code holds the population alone. All services of an answer have the same groups.
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

    @property
    def names(self) -> tuple[str, ...]:
        """What is counted of every group."""
        return self.groups.names if type(self.groups) is Grid else tuple(self.groups[TOTAL])


def protect(services: Sequence[ServiceCounts]) -> list[ServiceCounts]:
    """Withhold small counts and those they could be worked out from, over all services of the answer."""
    layout = Layout(services)
    return show(services, layout, suppressed(layout.filled(services)))


def show(services: Sequence[ServiceCounts], layout: Layout, withheld: Array) -> list[ServiceCounts]:
    """Return the answer without the cells that are withheld, marked by number."""
    return [
        replace(service, groups=Grid.of(service.groups).without(layout.of_service(service, withheld)))
        for service in services
    ]
