"""What a cell can be, given that no count is below zero: from below and from above, narrowed sum by sum."""

from collections.abc import Iterable, Sequence

from cabinet.disclosure.numbered import Numbered, Unknown

_MANY = 10**9
_ROUNDS = 50


def pinned(unknown: Unknown) -> list[int]:
    """Return the small cells that have one possible value only, looking where something moved since.

    Cells hang together by sums in which both are unknown; what one of them can be depends on no others.
    """
    table, near = unknown.table, _hanging_together(unknown)
    unknown.moved.clear()
    low, high = _narrowed(table, near, sorted({sum_ for cell in near for sum_ in table.touching[cell]}))
    small = (cell for cell in near & unknown.withheld if table.is_small(cell))
    found = sorted(cell for cell in small if low[cell] == high[cell])
    # Until it is protected it is looked at again, wherever the next cell is withheld.
    unknown.moved.update(found)
    return found


def _hanging_together(unknown: Unknown) -> set[int]:
    """Return the unknown cells that hang together with one that moved."""
    table, found = unknown.table, set[int]()
    waiting = list(unknown.moved)
    seen: set[int] = set()
    while waiting:
        for sum_ in table.touching[waiting.pop()]:
            if sum_ not in seen:
                seen.add(sum_)
                more = unknown.cells.intersection(table.sums[sum_]) - found
                found |= more
                waiting.extend(more)
    return found


def _narrowed(table: Numbered, near: Iterable[int], sums: Sequence[int]) -> tuple[list[int], list[int]]:
    """Narrow in rounds, in the order of the sums; one of which nothing has moved since is passed over."""
    low, high = list(table.counts), list(table.counts)
    for cell in near:
        low[cell], high[cell] = 0, _MANY
    waiting = set(sums)
    for _ in range(_ROUNDS):
        if not waiting:
            break
        for sum_ in sums:
            if sum_ in waiting:
                waiting.discard(sum_)
                for cell in _narrow(table.sums[sum_], low, high):
                    waiting.update(table.touching[cell])
    return low, high


def _narrow(sum_: tuple[int, ...], low: list[int], high: list[int]) -> list[int]:
    """Narrow what the cells of one sum can be by what the others can be; return those that were."""
    total, *parts = sum_
    least, most = sum([low[cell] for cell in parts]), sum([high[cell] for cell in parts])
    narrowed = []
    if least > low[total] or most < high[total]:
        low[total], high[total] = max(low[total], least), min(high[total], most)
        narrowed.append(total)
    for cell in parts:
        own_low, own_high = low[cell], high[cell]
        new_low = max(own_low, low[total] - (most - own_high))
        new_high = min(own_high, high[total] - (least - own_low))
        if new_low != own_low or new_high != own_high:
            low[cell], high[cell] = new_low, new_high
            least, most = least + new_low - own_low, most + new_high - own_high
            narrowed.append(cell)
    return narrowed
