"""Reading CSV as partners really write it: any header case, BOM, Windows-1252, tabs, stray quotes, ragged rows.

A row that cannot be read costs itself and nothing else: it is an oddity at its line, and reading goes on.
"""

import codecs
import csv
import re
from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper

from cabinet.errors import ColumnMissing, ColumnUnknown, FileUnreadable, RowInvalid
from cabinet.importers.format import Oddity
from cabinet.importers.package import Package
from cabinet.importers.values import clean, fold

MAX_LINE = 1024**2
CHUNK = 1024**2
DELIMITERS = (",", "\t", ";")
UTF_8, UTF_16, WINDOWS_1252 = "utf-8-sig", "utf-16", "cp1252"
WITHOUT_BOM = {b"\x00.": "utf-16-be", b".\x00": "utf-16-le"}
"""UTF-16 of a program that writes no byte order mark, told by where the first letter has its zero."""

_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Record:
    """One row: its values by the names we know its columns by, and where it stands."""

    file: str
    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


class Strangers:
    """The columns of a file that have no meaning here, each with the number of values that were not used."""

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self._met: dict[str, int] = {}

    def count(self, record: Record) -> None:
        for column, value in record.values.items():
            if column not in self._known:
                self._met[column] = self._met.get(column, 0) + bool(value)

    def oddities(self, name: str) -> Iterator[Oddity]:
        for column, count in self._met.items():
            yield Oddity(ColumnUnknown(f"The column {column!r} has no meaning here."), name, 1, column, count)


def named(*columns: str) -> dict[str, str]:
    """Return the columns by their folded names, so that `Given Name` is found as `givenName`."""
    return {fold(column): column for column in columns}


def read_table(
    package: Package, name: str, columns: Mapping[str, str], required: Iterable[str] = ()
) -> Iterator[Record | Oddity]:
    """Yield the rows of a CSV file.

    `columns` gives our name for each folded header; other columns keep the name they have. Raises
    FileUnreadable when a required column is missing or one stands twice.
    """
    encoding = _encoding(package, name)
    if encoding == WINDOWS_1252:
        yield Oddity(RowInvalid("The file is not UTF-8; it was read as Windows-1252.", hint=""), name, 1)
    with open_text(package, name, encoding) as text:
        rows = _rows(_Lines(text))
        header = _header(name, next(rows, (1, []))[1], columns, required)
        for line, cells in rows:
            yield _record(name, line, header, cells)


@contextmanager
def open_text(package: Package, name: str, encoding: str | None = None) -> Iterator[TextIOWrapper]:
    """Open a file as text with its line ends as they are; what is no letter reads as the replacement character."""
    encoding = encoding or _encoding(package, name)
    with (
        package.open(name) as stream,
        TextIOWrapper(stream, encoding, errors="replace", newline="") as text,
    ):
        yield text


def read_header(package: Package, name: str) -> list[str]:
    """Return the columns of a CSV file as they are written; none, where there is no header to be read."""
    with open_text(package, name) as text:
        _, cells = next(_rows(_Lines(text)), (1, []))
    return [] if isinstance(cells, csv.Error) else [clean(cell) for cell in cells]


def without_header(name: str) -> FileUnreadable:
    return FileUnreadable(f"{name} has no header line that can be read.", file=name)


def _encoding(package: Package, name: str) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with package.open(name) as stream:
        chunk = stream.read(CHUNK)
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return UTF_16
        if found := WITHOUT_BOM.get(re.sub(rb"[^\x00]", b".", chunk[:2])):
            return found
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = stream.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return WINDOWS_1252
    return UTF_8


class _Lines:
    """Lines that can be handed back: a quote that is never closed would swallow the rows after it."""

    def __init__(self, text: TextIOWrapper) -> None:
        self._text = text
        self._taken: list[str] = []
        self._returned: deque[str] = deque()
        self._number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._text.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self._number += 1
        is_too_long = len(line) == MAX_LINE and not line.endswith(("\n", "\r"))
        self._taken.append("\n" if is_too_long else line)
        if is_too_long:
            self._skip_line()
            raise csv.Error(f"a line is longer than {MAX_LINE:,} characters")
        return line

    def _skip_line(self) -> None:
        while (rest := self._text.readline(MAX_LINE)) and not rest.endswith(("\n", "\r")):
            pass

    def peek(self) -> str:
        """Return the first line, before any is taken."""
        self._returned.append(self._text.readline(MAX_LINE))
        return self._returned[0]

    def begin_row(self) -> int:
        """Forget the lines of the row before; return the number of the line the next one begins at."""
        self._taken.clear()
        return self._number + 1

    def hand_back(self) -> None:
        """Give back all lines of this row but its first, to be read as rows of their own."""
        self._number -= len(self._taken) - 1
        self._returned.extendleft(reversed(self._taken[1:]))


def _rows(lines: _Lines) -> Iterator[tuple[int, list[str] | csv.Error]]:
    reader = csv.reader(lines, strict=True, delimiter=_delimiter(lines.peek()))
    while True:
        line = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.hand_back()
            yield line, error
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(header: str) -> str:
    """Return what stands between the columns: Excel writes tabs in UTF-16, and semicolons in many countries."""
    bare = _QUOTED.sub("", header)
    return max(DELIMITERS, key=bare.count)


def _header(
    name: str, cells: list[str] | csv.Error, columns: Mapping[str, str], required: Iterable[str]
) -> list[str]:
    if isinstance(cells, csv.Error) or not cells:
        raise without_header(name)
    written = [clean(cell) for cell in cells]
    header = [columns.get(fold(cell), cell) for cell in written]
    for column, times in Counter(filter(None, header)).items():
        if times > 1:
            twice = [cell for cell, meant in zip(written, header, strict=True) if meant == column]
            raise FileUnreadable(f"{name}: the columns {' and '.join(twice)} mean the same; leave one.", file=name)
    for column in required:
        if column not in header:
            raise FileUnreadable(
                f"{name}: the column {column} is missing.", hint=ColumnMissing.hint, file=name, column=column
            )
    return header


def _record(name: str, line: int, header: list[str], cells: list[str] | csv.Error) -> Record | Oddity:
    if isinstance(cells, csv.Error):
        return Oddity(RowInvalid(f"The row cannot be read as CSV: {cells}."), name, line)
    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        message = f"The row has {len(cells)} values for {len(header)} columns."
        return Oddity(RowInvalid(message, hint="Put a value that holds a comma in quotes."), name, line)
    if any("\x00" in cell for cell in cells):
        return Oddity(RowInvalid("The row holds a NUL character."), name, line)
    return Record(name, line, dict(zip(header, map(clean, cells), strict=False)))
