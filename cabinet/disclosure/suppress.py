"""Cell suppression: withhold counts of 1-10, and others so that those cannot be worked out.

An attacker is given every shown cell and every sum the cells obey, and fills in whatever follows; as long as a
small cell follows, another cell is withheld. This protects one answer. Several answers laid side by side are
not protected by it.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from cabinet.disclosure.narrowing import pinned
from cabinet.disclosure.numbered import Numbered, Unknown

Key = Hashable


@dataclass(frozen=True)
class Sum:
    """A total and the parts that add up to it."""

    total: Key
    parts: tuple[Key, ...]


@dataclass(frozen=True)
class Table:
    """Counts, the sums they obey, and which of them are never shown but follow from those that are.

    `fixed` are cells whose value everyone knows, such as the zero of "not in need" where need is universal. `also`
    are withheld whatever they count, because they are elsewhere.
    """

    cells: Mapping[Key, int]
    sums: Sequence[Sum]
    implied: frozenset[Key] = frozenset()
    fixed: frozenset[Key] = frozenset()
    also: frozenset[Key] = frozenset()


def suppress(table: Table) -> frozenset[Key]:
    """Return the shown cells that must be withheld, small ones and those that protect them."""
    numbered = Numbered.of(table)
    return frozenset(numbered.keys[cell] for cell in _suppress(numbered))


def _suppress(table: Numbered) -> set[int]:
    small = {cell for cell in range(len(table.keys)) if table.is_small(cell)}
    unknown = Unknown(table, small | table.also)
    suspects: Sequence[int] | None = None
    while True:
        # What is left of the sums that were exposed comes first, before others that are.
        exposed = [sum_ for sum_ in suspects or () if sum_ in unknown.exposed] or sorted(unknown.exposed)
        if not exposed:
            exposed = [sum_ for cell in pinned(unknown) for sum_ in table.touching[cell]]
        if not exposed or not (more := _more(unknown, exposed)):
            return unknown.withheld - table.implied
        unknown.withhold(more)
        suspects = exposed


def _more(unknown: Unknown, exposed: Sequence[int]) -> set[int]:
    """Return a cell to withhold of each exposed sum, the part that costs least.

    A sum whose own cells are withheld already, or never shown, follows from the sums beside it; it is looked at
    last, because what protects the others often protects it.
    """
    table = unknown.table
    more = {found[0] for sum_ in exposed if (found := _candidates(unknown, sum_))}
    if not more:
        beside = (other for sum_ in exposed for cell in table.sums[sum_] for other in table.touching[cell])
        more = set(next((found[:1] for other in beside if (found := _candidates(unknown, other))), ()))
    return more or {cell for cell in range(len(table.keys)) if _is_shown(unknown, cell)}


def _is_shown(unknown: Unknown, cell: int) -> bool:
    return cell not in unknown.withheld and cell not in unknown.table.implied and cell not in unknown.table.fixed


def _candidates(unknown: Unknown, sum_: int) -> list[int]:
    """Return the shown cells, best first: the smallest part that is not zero; failing these, the total."""
    counts = unknown.table.counts
    total, *parts = unknown.table.sums[sum_]
    shown = [cell for cell in parts if _is_shown(unknown, cell)]
    nonzero = sorted((cell for cell in shown if counts[cell]), key=counts.__getitem__)
    return nonzero or ([total] if _is_shown(unknown, total) else shown)
