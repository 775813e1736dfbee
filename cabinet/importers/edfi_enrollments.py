"""What the students of an Ed-Fi export are in: associations with programs, of whatever kind, as enrollments."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from cabinet.errors import RowProblem
from cabinet.importers.edfi_codes import bare_code
from cabinet.importers.edfi_day import child_of
from cabinet.importers.edfi_export import Export, plain_day
from cabinet.importers.edfi_once import report_twice
from cabinet.importers.edfi_programs import Programs
from cabinet.importers.values import present
from cabinet.importers.xml_records import Node, Place
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import EnrollmentStatus

KINDS = frozenset(
    {
        *("StudentProgramAssociation", "StudentCTEProgramAssociation", "StudentHomelessProgramAssociation"),
        *("StudentLanguageInstructionProgramAssociation", "StudentMigrantEducationProgramAssociation"),
        *("StudentNeglectedOrDelinquentProgramAssociation", "StudentSchoolFoodServiceProgramAssociation"),
        *("StudentSection504ProgramAssociation", "StudentSpecialEducationProgramAssociation"),
        *("StudentTitleIPartAProgramAssociation",),
    }
)
EXITS = (("EndDate", "ReasonExited"), ("SpecialEducationExitDate", "SpecialEducationExitReason"))
"""Where an association says that it ended, and why; the first with a date counts."""
OUTSIDE = "ServedOutsideOfRegularSession"
READ = frozenset(
    {
        *("StudentReference", "ProgramReference", "EducationOrganizationReference", "BeginDate", OUTSIDE),
        *(name for names in EXITS for name in names),
    }
)


class Spell(NamedTuple):
    """From when to when, and how it ended."""

    begins: str
    ends: str
    status: str
    reason: str = ""


class Enrollment(NamedTuple):
    """A student in a program, and where that is said."""

    student: str
    program: str
    spell: Spell
    place: Place

    def row(self, record: str, *, identified_by: str) -> Raw:
        """Return the row; `identified_by` is the system of the student's id, if that alone tells who it is."""
        fields = {
            "record_id": record,
            "child": child_of(self.student, identified_by),
            "program": self.program,
            "status": str(self.spell.status),
            **present(begins=self.spell.begins, ends=self.spell.ends, exit_reason=self.spell.reason),
        }
        return Raw(Kind.ENROLLMENT, fields, self.place.file, self.place.line)


def services(association: Node) -> list[Node]:
    """Return the services of an association; each holds its descriptor under its own name."""
    return [
        child for child in association.children if child.name.endswith("ProgramService") or child.name == "Service"
    ]


def said_by(service: Node) -> Node:
    """Return the descriptor of a service."""
    return service.first(service.name) or service


class Enrollments:
    """Enrollments by their record ids, which are made of Ed-Fi's natural key."""

    def __init__(self, export: Export, programs: Programs) -> None:
        self._export = export
        self._programs = programs
        self._known: dict[str, Enrollment] = {}

    def add(self, student: str, association: Node, read: Collection[str]) -> None:
        """Take in what a student is in; `read` names what is read of the association elsewhere."""
        named = self._programs.named_by(association)
        if named is None:
            return
        key, gives = named
        spell = self._spell(association)
        record = f"{student}/{key.code}/{self._export.organization(association)}/{spell.begins}"
        self._keep(record, Enrollment(student, key.code, spell, association.place))
        for kind, part in self._parts(association, spell).items():
            if kind not in gives:
                code = self._programs.part(key, kind)
                self._keep(f"{record}/{kind}", Enrollment(student, code, part, association.place))
        self._report_unread(association, read)

    def rows(self, present_students: Collection[str], system: str) -> Iterator[Raw]:
        """Yield the enrollments in an order of their own: no order of files makes one count before another.

        A student who is not among those of the export is named by the unique id as an identifier of this system.
        """
        for record in sorted(self._known):
            enrollment = self._known[record]
            is_present = enrollment.student in present_students
            yield enrollment.row(record, identified_by="" if is_present else system)

    def _spell(self, association: Node) -> Spell:
        ends, reason = _exit(association)
        meaning = self._export.meaning("exit_reasons", reason, kept=True)
        return Spell(
            begins=plain_day(association.of("BeginDate")),
            ends=ends,
            status=meaning if ends and meaning else EnrollmentStatus.ENROLLED,
            reason=bare_code(reason.text) if reason else "",
        )

    def _parts(self, association: Node, whole: Spell) -> Mapping[str, Spell]:
        """Return the spells of the services that have a type here, those of one type as one."""
        parts: dict[str, Spell] = {}
        for service in services(association):
            if kind := self._export.meaning("services", said_by(service)):
                spell = _within(service, whole)
                parts[kind] = _joined(parts[kind], spell, whole) if kind in parts else spell
        return parts

    def _keep(self, record: str, enrollment: Enrollment) -> None:
        known = self._known.setdefault(record, enrollment)
        if known.spell != enrollment.spell:
            report_twice(self._export, enrollment.place, record)
            self._known[record] = min(known, enrollment)

    def _report_unread(self, association: Node, read: Collection[str]) -> None:
        given = services(association)
        self._export.report_unread(association, {*READ, *read, *(service.name for service in given)})
        for service in given:
            self._export.report_unread(service, (service.name, "ServiceBeginDate", "ServiceEndDate"))
        if self._export.truth(association, OUTSIDE):
            self._export.report(
                RowProblem(f"{association.name}/{OUTSIDE} has no home here.", hint=""), association
            )


def _exit(association: Node) -> tuple[str, Node | None]:
    """Return the date on which an association ended, and the reason; a reason may be given without a date."""
    for date, reason in EXITS:
        if association.of(date):
            return plain_day(association.of(date)), association.first(reason)
    return "", next(iter(association.all(*(reason for _, reason in EXITS))), None)


def _within(service: Node, whole: Spell) -> Spell:
    """Return the spell of a service, which does not outlast the association it is part of."""
    begins = plain_day(service.of("ServiceBeginDate")) or whole.begins
    ends = min(filter(None, (plain_day(service.of("ServiceEndDate")), whole.ends)), default="")
    return whole if (begins, ends) == (whole.begins, whole.ends) else Spell(begins, ends, _status(ends, whole))


def _joined(one: Spell, other: Spell, whole: Spell) -> Spell:
    ends = max(one.ends, other.ends) if one.ends and other.ends else ""
    return Spell(min(one.begins, other.begins), ends, _status(ends, whole))


def _status(ends: str, whole: Spell) -> str:
    return whole.status if ends == whole.ends else EnrollmentStatus.ENROLLED
