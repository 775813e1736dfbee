"""Ed-Fi Data Standard 5.2: XML interchanges, as a folder, a zip or a single file.

Files and records may come in any order, and refer to each other in any direction. So the files are read up to
three times: for organizations and programs, for what is said of students, and for the students themselves; those
with attendance are read twice more. What is said of a student is kept in memory, some three kilobytes each, and a
digest of each day of attendance; the records are not.
"""

from collections.abc import Iterator
from pathlib import Path

from cabinet.errors import FileUnreadable, RowInvalid, RowProblem
from cabinet.importers import edfi_characteristics
from cabinet.importers.code_files import CodeFile
from cabinet.importers.edfi_attendance import EVENTS, Attendance
from cabinet.importers.edfi_characteristics import by_association
from cabinet.importers.edfi_codes import Codes, read_codes
from cabinet.importers.edfi_enrollments import KINDS, Enrollments
from cabinet.importers.edfi_export import Export
from cabinet.importers.edfi_guide import guide
from cabinet.importers.edfi_organizations import DISTRICT, OTHERS, SCHOOL, Organizations
from cabinet.importers.edfi_programs import Programs
from cabinet.importers.edfi_students import SAID, STAY, STUDENT, Students
from cabinet.importers.format import Format, Oddity, Reader
from cabinet.importers.package import open_package
from cabinet.importers.xml_records import Node
from cabinet.intake.rows import Raw

PROGRAM = "Program"
FIRST = frozenset({DISTRICT, SCHOOL, PROGRAM, STUDENT}) | OTHERS
THEN = frozenset({STAY, SAID}) | KINDS


def reader(source: str | None, *mappings: CodeFile) -> Reader:
    """Return the reader of an export that is the organization's `source`, if one is named, by mappings of codes.

    Raises FileUnreadable for a mapping that cannot be meant.
    """
    codes = read_codes(*mappings)
    return lambda path: _read(path, codes, source)


def read(path: Path) -> Iterator[Raw | Oddity]:
    """Yield the district, places, schools, programs, services, children, enrollments and days, in this order.

    Raises FileUnreadable when there is no XML file, the only one is broken, or nobody says whose records they are.
    """
    return _read(path, read_codes(), None)


def _read(path: Path, codes: Codes, source: str | None) -> Iterator[Raw | Oddity]:
    with open_package(path) as package:
        files = [name for name in package.names if name.casefold().endswith(".xml")]
        if not files:
            raise FileUnreadable(f"{path.name} holds no XML file.", file=path.name)
        yield from package.unread(files)
        yield from _Reading(Export(package, files, codes), source).items()


class _Reading:
    def __init__(self, export: Export, source: str | None) -> None:
        self._export = export
        self._organizations = Organizations(export, source)
        self._programs = Programs(export)
        self._students = Students(export)
        self._enrollments = Enrollments(export, self._programs)
        self._attendance = Attendance(export, self._programs)

    def items(self) -> Iterator[Raw | Oddity]:
        programs: list[Node] = []
        for item in self._export.survey(FIRST, THEN | EVENTS.keys()):
            if isinstance(item, Oddity):
                yield item
            else:
                self._first(item, programs)
        for program in programs:
            self._programs.add(program)
        owner = self._organizations.owner
        for association in self._export.records(THEN):
            self._then(association)
        self._attendance.survey()
        yield from self._organizations.rows()
        yield from self._programs.rows(owner)
        yield from self._attendance.school_days.programs(owner)
        yield from self._students.rows()
        yield from self._participation()
        # What somebody can mend comes before what has no home here.
        yield from sorted(self._export.tally.oddities(), key=lambda oddity: type(oddity.problem) is RowProblem)

    def _participation(self) -> Iterator[Raw]:
        """Yield who is in the programs, who is in school by its attendance, and the attendance of both."""
        students, system = self._students.ids, self._students.system
        yield from self._enrollments.rows(students, system)
        yield from self._attendance.school_days.enrollments(self._students.stays_of, students, system)
        yield from self._attendance.rows(students, system)

    def _first(self, record: Node, programs: list[Node]) -> None:
        if record.name == STUDENT:
            self._students.see(record)
            record = Node(record.file, record.line, STUDENT, "", record.attributes, record.all("StudentUniqueId"))
        elif record.name == PROGRAM:
            # Its organization may stand further down.
            programs.append(record)
        else:
            self._organizations.add(record)
        self._export.name(record)

    def _then(self, association: Node) -> None:
        student = self._export.student(association)
        if not student:
            message = f"A {association.name} that names no student was passed over."
            self._export.report(RowInvalid(message, hint=""), association)
        elif association.name in KINDS:
            self._enrollments.add(student, association, edfi_characteristics.READ)
            for said in by_association(self._export, association):
                self._students.characterise(student, said)
        else:
            self._students.add(student, association)


EDFI = Format(
    name="edfi",
    help="Ed-Fi 5.2 XML interchanges, a folder, a zip or a file: schools, students, programs, who is in them, and"
    " attendance.",
    read=read,
    guide=guide(__doc__ or ""),
    sector="EDUCATION",
    tailored=reader,
)
