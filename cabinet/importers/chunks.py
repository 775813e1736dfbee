"""What a reader yields, cut into chunks: the rows of one transaction, with the oddities met on the way to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cabinet.errors import FileUnreadable
from cabinet.importers.format import Item, Oddity
from cabinet.intake.lane import is_light
from cabinet.intake.post import MAX_ROWS
from cabinet.intake.rows import Kind, Raw
from cabinet.intake.validate import Item as Checked

MOST_HEAVY = 1_000
"""Rows of one transaction that tell who their child is: what a kill in the middle of a file undoes."""
MAX_WAITING = 100_000
"""A reader's remarks that one chunk of rows may come with; a file that has more is not what it is said to be."""


@dataclass(frozen=True)
class Chunk:
    """Rows of one kind; `checked` on a day, if that could be done ahead."""

    kind: Kind
    rows: Sequence[Raw]
    met: Sequence[Oddity]
    today: date
    checked: list[Checked] | None = None


class Cutter:
    """Cuts the rows in their order; what is met after the last of them stays in `met`."""

    def __init__(self, items: Iterator[Item], *, is_bounded: bool) -> None:
        self._items, self._is_bounded = items, is_bounded
        self.met: list[Oddity] = []

    def cut(self) -> Iterator[tuple[Kind, list[Raw], list[Oddity]]]:
        """Yield kind, rows and oddities of each chunk; raise FileUnreadable where too many have no row."""
        for kind, group in groupby(self._rows(), key=lambda raw: raw.kind):
            while rows := list(_cut(kind, group)):
                met, self.met = self.met, []
                yield kind, rows, met

    def _rows(self) -> Iterator[Raw]:
        for item in self._items:
            if isinstance(item, Raw):
                yield item
            elif isinstance(item, Oddity):
                self.met.append(item)
                if self._is_bounded:
                    check_waiting(len(self.met), item.file)


def check_waiting(count: int, file: str) -> None:
    """Raise FileUnreadable if so many oddities are too many to wait for a row."""
    if count > MAX_WAITING:
        raise FileUnreadable(f"{file} has more than {MAX_WAITING:,} lines that are no rows among a few rows.")


def _cut(kind: Kind, rows: Iterator[Raw]) -> Iterator[Raw]:
    """Take a chunk off the rows: many if they go fast, so that a transaction lasts about as long with any."""
    heavy = 0
    for taken, raw in enumerate(rows, 1):
        yield raw
        heavy += not is_light(kind, raw.fields)
        if heavy == MOST_HEAVY or taken == MAX_ROWS:
            return
