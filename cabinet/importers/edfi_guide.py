"""What people who export Ed-Fi are told of it."""

from collections.abc import Mapping

from cabinet.errors import CodeUnknown, DateInvalid, EndsBeforeBegins
from cabinet.importers import (
    edfi_characteristics,
    edfi_enrollments,
    edfi_organizations,
    edfi_programs,
    edfi_stays,
    edfi_students,
)
from cabinet.importers.edfi_attendance import ABOUT, EVENTS, SAID
from cabinet.importers.edfi_codes import PACKAGED, SECTIONS
from cabinet.importers.edfi_enrollments import KINDS
from cabinet.importers.edfi_export import NAMESPACE
from cabinet.importers.guide import Guide, Part
from cabinet.importers.guide_limits import OF_PACKAGES, OF_XML

DAY = "a day of attendance of {}"
OF_EVENTS: Mapping[str, str] = dict(
    zip(EVENTS, ("a program", "school", "school, the section being the session"), strict=True)
)


def guide(about: str) -> Guide:
    """Return the guide, with the docstring of the reader."""
    common = sorted({*edfi_enrollments.READ, edfi_characteristics.DIRECT})
    student = [f"{part}/{name}" for part, names in edfi_students.OF_STUDENT.items() for name in names]
    return Guide(
        about=about,
        part="record",
        parts=[
            Part(edfi_organizations.DISTRICT, "an organization", sorted(edfi_organizations.OF_DISTRICT)),
            Part(edfi_organizations.SCHOOL, "a school and its place", sorted(edfi_organizations.READ)),
            Part("Program", "a program, and its service by its type", sorted(edfi_programs.READ)),
            Part(edfi_students.STUDENT, "a child", student),
            Part(edfi_students.STAY, "the child's school, grade and school year", sorted(edfi_stays.READ)),
            Part(edfi_students.SAID, "what is known of the child", sorted(edfi_students.READ)),
            Part("Student...ProgramAssociation", "an enrollment, and what it says of the child", common),
            *(Part(kind, "the same", ("all of that", *_narrowing(kind))) for kind in sorted(KINDS)),
            *(
                Part(name, DAY.format(OF_EVENTS[name]), [*sorted(SAID), lasted, *ABOUT[name]])
                for name, lasted in EVENTS.items()
            ),
        ],
        without_home="Records and elements that are not read are counted by their names. Student records are kept"
        " as received with the child, without social security numbers, papers and maiden names.",
        limits=(OF_PACKAGES, OF_XML, f"Interchanges are of {NAMESPACE}; others are read so, and reported."),
        errors=(CodeUnknown, DateInvalid, EndsBeforeBegins),
        packaged=PACKAGED,
        codes=SECTIONS,
    )


def _narrowing(kind: str) -> tuple[str, ...]:
    """Return what is read of one kind of association and of no other."""
    how = edfi_characteristics.PROGRAMS.get(kind, edfi_characteristics.Program())
    return tuple(name for name in (how.begins, *how.ends, how.unless) if name)
