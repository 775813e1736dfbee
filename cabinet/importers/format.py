"""What a format is: a name, a help text, a reader that yields rows and oddities, and what it remembers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from cabinet.errors import InputInvalid, RowProblem
from cabinet.importers.code_files import CodeFile
from cabinet.importers.guide import Guide
from cabinet.intake.rows import Kind, Raw


@dataclass(frozen=True)
class Oddity:
    """Something in a file that was mended or passed over, and is reported: nothing is dropped silently."""

    problem: RowProblem
    file: str
    line: int
    column: str = ""
    count: int = 1


@dataclass(frozen=True)
class Whole:
    """A file that is complete: a record that its source brought before, and that it does not hold, has ended.

    `held` are the record ids it holds, `newest` its last modification, as far as it is known; a record modified
    after that is not ended by it. `organization` is the code of the source, where the package names it.
    """

    kind: Kind
    held: frozenset[str]
    file: str
    reason: str
    newest: str = ""
    organization: str | None = None


Stored: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """What the source of a package brought before: its records by id, and the codes of its programs."""

    today: date
    records: Mapping[str, Stored]
    programs: frozenset[str]


@dataclass(frozen=True)
class Memory:
    """How a format's rows go together with what it brought before.

    `settle` makes of a row what it comes to beside what stands: a row, or an oddity. `end` makes the row that ends
    a stored record. `is_newer` says whether a stored record was modified after a complete file.
    """

    settle: Callable[[Raw, Standing], Raw | Oddity]
    end: Callable[[Whole, Stored, date], Raw]
    is_newer: Callable[[Whole, Stored], bool]


Item: TypeAlias = Raw | Oddity | Whole
Reader = Callable[[Path], Iterator[Item]]


class Tailored(Protocol):
    """Makes a reader for a source, if it is named, and for what a community's files say of its codes."""

    def __call__(self, source: str | None, /, *mappings: CodeFile) -> Reader: ...


@dataclass(frozen=True)
class Format:
    """A partner's export format. Its reader yields what is Whole before anything else.

    `sector` is that of a source organization which has to be made; None means that the format has no
    children's records, or that its source organization must be known before. `tailored` makes the reader of a
    format whose codes a community may map, from the source's code, if it is named, and the community's files.
    """

    name: str
    help: str
    read: Reader = field(repr=False)
    guide: Guide = field(repr=False)
    sector: str | None = None
    memory: Memory | None = field(default=None, repr=False)
    tailored: Tailored | None = field(default=None, repr=False)

    def reader(self, source: str | None, *mappings: CodeFile) -> Reader:
        """Return the reader for a source and mappings; raise InputInvalid where there are no codes to map."""
        if self.tailored is not None:
            return self.tailored(source, *mappings)
        if mappings:
            raise InputInvalid(f"The format {self.name!r} has no codes to map.", hint="Leave out --mapping.")
        return self.read
