"""Attendance of programs outside of school time, as CSV in three layouts that the header tells apart.

Every layout says which child (Student ID, Child ID, or names and Birth Date) and which Program, or Activity:
- one row a child and program, and one column a date that holds 0 or 1, hours as HH:MM, or nothing;
- one row a child, program and Date, with Attendance, Hours or Minutes, or without: then the row means present;
- one row a child and program, with Start Date, End Date and Status: these are enrollments.
"""

from collections.abc import Iterator
from pathlib import Path

from cabinet.importers.attendance_guide import CODES, guide
from cabinet.importers.attendance_layout import understand
from cabinet.importers.attendance_rows import Rows
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format, Oddity, Reader
from cabinet.importers.package import open_package
from cabinet.importers.tabular import Record, Strangers, read_header, read_table, without_header
from cabinet.importers.word_codes import Words, read_words
from cabinet.intake.rows import Raw


def reader(_source: str | None, *mappings: CodeFile) -> Reader:
    """Return the reader of a file whose words mean what these mappings say."""
    words = read_words(CODES, *mappings)
    return lambda path: _read(path, words)


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield how the file was understood, its days or enrollments, and what was odd on the way.

    Raises FileUnreadable for a header whose layout cannot be told, or that names no child or no program.
    """
    return _read(path, read_words(CODES))


def _read(path: Path, words: Words) -> Iterator[Raw | Oddity]:
    with open_package(path) as package:
        name = package.only(path.name)
        header = read_header(package, name)
        if not header:
            raise without_header(name)
        sheet = understand(name, header)
        rows, strangers = Rows(sheet, words), Strangers(sheet.written)
        yield from sheet.oddities
        for record in read_table(package, name, sheet.columns):
            if isinstance(record, Record):
                strangers.count(record)
                yield from rows.of(record)
            else:
                yield record
        yield from rows.oddities()
        yield from strangers.oddities(name)


ATTENDANCE = Format(
    name="attendance",
    help="Out-of-school time exports, CSV: a column a date, a row a date, or a row with Start Date and End Date;"
    " and Student ID or names, and Program or Activity.",
    read=read,
    guide=guide(__doc__ or ""),
    tailored=reader,
)
