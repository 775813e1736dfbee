"""What a format is: a name, a help text, and a reader that yields rows and oddities."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cabinet.errors import RowProblem
from cabinet.intake.rows import Raw


@dataclass(frozen=True)
class Oddity:
    """Something in a file that was mended or passed over, and is reported: nothing is dropped silently."""

    problem: RowProblem
    file: str
    line: int
    column: str = ""
    count: int = 1


Reader = Callable[[Path], Iterator[Raw | Oddity]]


@dataclass(frozen=True)
class Format:
    """A partner's export format.

    `sector` is that of a source organization which has to be made; None means that the format has no
    children's records, or that its source organization must be known before.
    """

    name: str
    help: str
    read: Reader = field(repr=False)
    sector: str | None = None
