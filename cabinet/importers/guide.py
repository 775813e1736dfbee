"""What people who export a format are told of it, made of what its reader goes by.

`cabinet formats NAME` shows it, and docs/formats holds the same text.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from inspect import cleandoc

from cabinet.errors import CabinetError, FileUnreadable, RowInvalid, RowProblem
from cabinet.sectors import SECTORS

Meanings = Mapping[str, Collection[str] | None]
SERVICE_TYPES = frozenset(kind.code for sector in SECTORS for kind in sector.service_types)
_HEADING = re.compile(r"^\[(\w+)\] *(?:# *(.*))?$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A file, a record or a resource of a format: what becomes of it, and what is read of it."""

    name: str
    becomes: str
    read: Sequence[str]
    needed: Collection[str] = ()


@dataclass(frozen=True)
class Guide:
    """A format as told to people. `about` is the docstring of its reader, `part` what its parts are called."""

    about: str
    part: str
    parts: Sequence[Part]
    without_home: str
    limits: Sequence[str]
    errors: Sequence[type[CabinetError]] = ()
    packaged: str = ""
    """The file of its codes."""
    codes: Meanings | None = None

    def lines(self, title: str, help_: str) -> Iterator[str]:
        """Yield the lines of its page, as Markdown."""
        yield from (f"# {title}", "", help_, "", *cleandoc(self.about).split("\n"), "", "## What is read", "")
        yield from ("What has a * has to be there.", "")
        yield from table((self.part, "becomes", "what is read of it"), map(_row, self.parts))
        if self.codes is not None:
            yield from ("", "## Codes", "", *_codes(title, self.packaged, self.codes))
        yield from ("", "## What has no home here", "", self.without_home, "", "## Limits", "")
        yield from (f"- {limit}" for limit in self.limits)
        yield from ("", "## What may be wrong", "")
        yield from table(("code", "what it means", "what to do"), map(_error, (*_ALWAYS, *self.errors)))


_ALWAYS: tuple[type[CabinetError], ...] = (FileUnreadable, RowProblem, RowInvalid)


def table(header: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    for row in (header, ("---",) * len(header), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"


def _row(part: Part) -> Sequence[str]:
    read = ", ".join(f"{name}\\*" if name in part.needed else name for name in part.read)
    return part.name, part.becomes, read


def _error(error: type[CabinetError]) -> Sequence[str]:
    return f"`{error.code}`", cleandoc(error.__doc__ or ""), error.hint


def _codes(title: str, packaged: str, known: Meanings) -> Iterator[str]:
    path = f"cabinet/importers/{packaged}"
    yield (
        f"What codes mean stands in [{packaged}](../../{path}). A community's own file of the same form counts"
        f" before it: `cabinet load {title} ... --mapping FILE` for one file, and for every file that comes in,"
        f" over HTTP, too, `cabinet community mapping set {title} FILE`."
    )
    yield ""
    text = (files("cabinet.importers") / packaged).read_text()
    said = {found[1]: found[2] or "" for found in _HEADING.finditer(text)}
    rows = ((f"`[{name}]`", said.get(name, ""), _meanings(allowed)) for name, allowed in known.items())
    yield from table(("section", "what its codes are", "what they may mean"), iter(rows))


def _meanings(allowed: Collection[str] | None) -> str:
    if allowed is None:
        return "any text, or a number"
    if {*allowed} == SERVICE_TYPES:
        return "the code of a service type"
    words = [word for word in allowed if word]
    return ", ".join(words) if words else "nothing: its lines are empty"
