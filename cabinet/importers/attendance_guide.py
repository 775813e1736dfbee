"""What people who export attendance are told of it."""

from collections.abc import Mapping

from cabinet.errors import ColumnTaken, ColumnUnknown, EnrollmentContradicted, EnrollmentMade, LayoutTaken
from cabinet.importers.attendance_layout import ALIASES, PROGRAM, USED, WHO, Layout
from cabinet.importers.attendance_values import DATES
from cabinet.importers.guide import Guide, Part
from cabinet.importers.guide_limits import OF_CSV, OF_PACKAGES
from cabinet.importers.word_codes import PACKAGED, sections_of

CODES = sections_of("marks", "statuses", "grades", "sexes")
BECOMES: Mapping[Layout, str] = {
    Layout.WIDE: "a day of attendance for each cell that holds something",
    Layout.DAYS: "a day of attendance for each row",
    Layout.PERIODS: "an enrollment for each row",
}


def guide(about: str) -> Guide:
    """Return the guide, with the docstring of the reader."""
    layouts = [Part(str(each), BECOMES[each], (*PROGRAM, *sorted(USED[each] - {*PROGRAM}))) for each in Layout]
    others = [Part(f"column {name}", "by these names as well", aliases) for name, aliases in ALIASES.items()]
    return Guide(
        about=about,
        part="layout",
        parts=[*layouts, *others],
        without_home="Columns that are not read are counted with the values in them, and so is a row that says"
        " nothing of any day.",
        limits=(
            OF_PACKAGES,
            OF_CSV,
            f"A row needs one of {', '.join(PROGRAM)}, and one of {', '.join(WHO)}.",
            DATES,
        ),
        errors=(LayoutTaken, ColumnTaken, ColumnUnknown, EnrollmentMade, EnrollmentContradicted),
        packaged=PACKAGED,
        codes=CODES,
    )
