"""OneRoster 1.1 and 1.2 CSV packages (1EdTech), as a folder or a zip: schools, students, and whom programs reach.

A package is read in this order, a step a file:
    oneroster_package     the manifest, and which files there are
    oneroster_check       is all of it as the standard wants it (oneroster_standard, _rows, _references)?
    oneroster_orgs        the district and its schools
    oneroster_students    who is a student, with all rows that speak of one (oneroster_student)
    oneroster_classes     who is in a class that is a program's
    oneroster_history     what that comes to beside what was brought before
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cabinet.errors import RowProblem
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format, Item, Memory, Oddity, Reader, Standing, Stored, Whole
from cabinet.importers.oneroster_check import check
from cabinet.importers.oneroster_classes import (
    NAME,
    Classes,
    ClassRaw,
    end_enrollment,
    is_enrollment_newer,
    settle_enrollment,
)
from cabinet.importers.oneroster_guide import CODES, guide
from cabinet.importers.oneroster_history import StudentRaw, end_student, is_student_newer, settle_student
from cabinet.importers.oneroster_orgs import Orgs
from cabinet.importers.oneroster_package import Mode, Roster
from cabinet.importers.oneroster_student import is_deleted
from cabinet.importers.oneroster_students import Students
from cabinet.importers.package import open_package
from cabinet.importers.word_codes import Words, read_words
from cabinet.intake.rows import Kind, Raw

CLOSED = RowProblem("The org is marked to be deleted; it was left as it stands.", hint="")


def reader(_source: str | None, *mappings: CodeFile) -> Reader:
    """Return the reader of a package whose words mean what these mappings say."""
    words = read_words(CODES, *mappings)
    return lambda path: _read(path, words)


def read(path: Path) -> Iterator[Item]:
    """Yield which files are complete; the district, its schools, their students, and their enrollments.

    Raises PackageInvalid, before anything else, for a package that cannot be what its sender meant.
    """
    return _read(path, read_words(CODES))


def _read(path: Path, words: Words) -> Iterator[Item]:
    with open_package(path) as package:
        roster = Roster(package)
        odd = [*check(roster, words), *roster.oddities()]
        orgs = Orgs(is_partial=roster.mode("orgs") is Mode.DELTA)
        for record in roster.records("orgs"):
            if isinstance(record, Oddity):
                odd.append(record)
            elif is_deleted(record["status"]):
                odd.append(Oddity(CLOSED, record.file, record.line, "status"))
            else:
                orgs.add(record)
        students, classes = Students(roster, orgs.schools, words), Classes(roster, words)
        yield from students.whole(orgs.source)
        yield from classes.whole(orgs.source)
        yield from odd
        yield from orgs.rows()
        yield from students.rows()
        yield from classes.rows()


def _settle(raw: Raw, standing: Standing) -> Raw | Oddity:
    if isinstance(raw, StudentRaw):
        return settle_student(raw, standing)
    return settle_enrollment(raw, standing) if isinstance(raw, ClassRaw) else raw


def _end(whole: Whole, stored: Stored, today: date) -> Raw:
    return (end_student if whole.kind is Kind.CHILD else end_enrollment)(whole, stored, today)


def _is_newer(whole: Whole, stored: Stored) -> bool:
    return (is_student_newer if whole.kind is Kind.CHILD else is_enrollment_newer)(whole, stored)


ONEROSTER = Format(
    name=NAME,
    help="OneRoster 1.1 or 1.2 CSV package, a folder or a zip: schools, students, and classes that are programs.",
    read=read,
    guide=guide((__doc__ or "").partition("\n\n")[0]),
    sector="EDUCATION",
    memory=Memory(_settle, _end, _is_newer),
    tailored=reader,
)
