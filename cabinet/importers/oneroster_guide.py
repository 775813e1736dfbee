"""What people who export OneRoster are told of it."""

from collections.abc import Mapping

from cabinet.errors import ColumnUnknown, PackageInvalid, TooManyAbsent
from cabinet.importers.guide import Guide, Part
from cabinet.importers.guide_limits import OF_CSV, OF_PACKAGES
from cabinet.importers.oneroster_columns import HOMES
from cabinet.importers.oneroster_findings import MAX_FINDINGS
from cabinet.importers.oneroster_package import HEADER, MANIFEST, NEEDED
from cabinet.importers.word_codes import PACKAGED, sections_of

CODES = sections_of("roles", "grades", "sexes", "races")
HOW_STRICT = (
    "Version 1.2 is held to the standard to the letter and refused as a whole; 1.1 is read as far as it can be"
    f" understood. Up to {MAX_FINDINGS} faults are told at once."
)
BECOMES: Mapping[str, str] = {
    "orgs": "the district, and its schools",
    "academicSessions": "the school year of the children, and the first day of enrollments without one",
    "users": "children, if they are students",
    "roles": "who is a student, and at which school (version 1.2)",
    "demographics": "birth dates, sexes and races of the children",
    "courses": "the code of a program that its classes are",
    "classes": "the same, and the term they are in",
    "enrollments": "enrollments, where the class or its course has the code of a program of the district",
}


def guide(about: str) -> Guide:
    """Return the guide, with the docstring of the reader."""
    races = "the columns that are races"
    read = {noun: (*columns, *([races] if noun == "demographics" else [])) for noun, columns in HOMES.items()}
    parts = [Part(f"{noun}.csv", BECOMES[noun], read[noun], NEEDED[noun]) for noun in HOMES]
    return Guide(
        about=about,
        part="file",
        parts=[Part(MANIFEST, "which files are complete, and the version", HEADER, HEADER), *parts],
        without_home="Columns that are not read are counted, column by column; the rows of users, roles and"
        " demographics are kept as received with the child they speak of, without passwords. Rows of other files,"
        " and class enrollments in no program, are counted.",
        limits=(OF_PACKAGES, OF_CSV, HOW_STRICT),
        errors=(PackageInvalid, TooManyAbsent, ColumnUnknown),
        packaged=PACKAGED,
        codes=CODES,
    )
