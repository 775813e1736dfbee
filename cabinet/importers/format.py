"""What a format is: a name, a help text, and a reader that yields rows and oddities."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cabinet.errors import InputInvalid, RowProblem
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
    children's records, or that its source organization must be known before. `tailored` makes the reader of a
    format whose codes a community may map, from the source's code and the mapping's file; either may be None.
    """

    name: str
    help: str
    read: Reader = field(repr=False)
    sector: str | None = None
    tailored: Callable[[str | None, Path | None], Reader] | None = field(default=None, repr=False)

    def reader(self, source: str | None, mapping: Path | None) -> Reader:
        """Return the reader for a source and a mapping; raise InputInvalid where there are no codes to map."""
        if self.tailored is not None:
            return self.tailored(source, mapping)
        if mapping is not None:
            raise InputInvalid(f"The format {self.name!r} has no codes to map.", hint="Leave out --mapping.")
        return self.read
