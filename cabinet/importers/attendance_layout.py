"""What a header says of an attendance export: how its rows are laid out, and what each column holds.

Systems name their columns as they like, and people mistype them; what was made of such a name is reported.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from cabinet.errors import ColumnMissing, ColumnTaken, FileUnreadable, LayoutTaken
from cabinet.importers.attendance_values import header_day, read_day
from cabinet.importers.format import Oddity
from cabinet.importers.tally import Tally
from cabinet.importers.values import fold


class Layout(StrEnum):
    """How the rows of an export are laid out, with what a person would call it."""

    WIDE = "one row a child and program, one column a date"
    DAYS = "one row a child, program and date"
    PERIODS = "one row a child and program, with its start and end"


ALIASES: Mapping[str, tuple[str, ...]] = {
    "record_id": ("attendanceid", "eventid"),
    "record_version": ("version",),
    "program": ("programcode", "programname", "programid", "programtitle"),
    "activity": ("activityname", "activitycode", "activitytitle"),
    "site": ("sitename", "sitecode", "center", "centername"),
    "session": ("sessionname", "sessioncode", "term"),
    "child_id": ("clientid", "memberid", "youthid", "personid"),
    "participant_id": ("participant", "participantnumber", "participantno"),
    "student_id": ("districtstudentid", "studentnumber", "districtid", "localstudentid", "localid", "osis"),
    "state_student_id": ("stateid", "sasid", "ssid"),
    "given_name": ("firstname", "first", "participantfirstname", "studentfirstname", "childfirstname"),
    "middle_name": ("middle", "middleinitial"),
    "family_name": ("lastname", "last", "surname", "participantlastname", "studentlastname", "childlastname"),
    "name": ("fullname", "participantname", "studentname", "childname", "youthname"),
    "birth_date": ("dateofbirth", "dob", "birthday"),
    "sex": ("gender",),
    "grade": ("gradelevel", "currentgrade"),
    "date": ("attendancedate", "attendedon", "eventdate", "servicedate", "activitydate"),
    "attendance": ("attended", "present", "attendancestatus", "attendancecategory", "category"),
    "hours": ("hoursattended", "totalhours", "duration"),
    "minutes": ("minutesattended", "totalminutes"),
    "begins": ("startdate", "begindate", "enrollmentdate", "entrydate", "dateenrolled", "enrollmentstartdate"),
    "ends": ("enddate", "exitdate", "withdrawaldate", "dateexited", "enrollmentenddate"),
    "status": ("enrollmentstatus", "participantstatus"),
    "exit_reason": ("withdrawalreason", "reasonexited", "reason"),
}
NAMES: Mapping[str, str] = {fold(alias): name for name, aliases in ALIASES.items() for alias in (name, *aliases)}
"""Our name for each spelling; of two spellings in one file, the one that stands first here is taken."""

PROGRAM = ("program", "activity", "site")
"""What names the program: the first of these that the file has."""
WHO = ("child_id", "student_id", "state_student_id", "given_name", "family_name", "name")
_CHILD = frozenset({*WHO, "middle_name", "birth_date", "sex", "grade"})
_RECORD = frozenset({"record_id", "record_version"})
USED: Mapping[Layout, frozenset[str]] = {
    Layout.WIDE: _CHILD | {*PROGRAM, "session"},
    Layout.DAYS: _CHILD | _RECORD | {*PROGRAM, "session", "date", "attendance", "status", "hours", "minutes"},
    Layout.PERIODS: _CHILD | _RECORD | {"begins", "ends", "status", "exit_reason"},
}
_SHORTEST_SLIP = 5
"""In a shorter name, one letter more or less makes another word."""
_SYMBOLS = re.compile(r"[^0-9a-z]+")


@dataclass(frozen=True)
class Sheet:
    """The header of one file, understood.

    `columns` gives our name for each folded header, which for a date's is the day as YYYY-MM-DD; `written`
    gives the header for each name; `program` is the name of the column that says which program a row is about.
    """

    layout: Layout
    program: str
    columns: Mapping[str, str]
    written: Mapping[str, str]
    days: Sequence[str]
    oddities: Sequence[Oddity]


def understand(file: str, header: Sequence[str]) -> Sheet:
    """Tell the layout from the header; raise FileUnreadable where it cannot be told, or names no child."""
    found, days = _plain_names(header), _days(file, header)
    slips = _slips([cell for cell in header if cell not in (*found.values(), *days.values())], found)
    named = {**found, **slips}
    oddities = [_taken(file, cell, name) for name, cell in slips.items()]
    if "participant_id" in named:
        whose, cell = "child_id" if "student_id" in named else "student_id", named.pop("participant_id")
        if whose not in named:
            named[whose] = cell
            oddities.append(_taken(file, cell, whose))
    layout = _layout(file, named, days)
    program = _program(file, named)
    if not named.keys() & {*WHO}:
        raise _missing(file, "a column that says which child, such as Student ID")
    # Beside a column for attendance, a status is that of an enrollment.
    used = (USED[layout] | {program}) - ({"status"} if "attendance" in named and layout is Layout.DAYS else set())
    taken = {name: cell for name, cell in named.items() if name in used}
    columns = {**{fold(cell): name for name, cell in taken.items()}, **_by_header(header)}
    told = Oddity(LayoutTaken(f"The file was read as {layout}{_span(days)}."), file, 1)
    return Sheet(layout, program, columns, {**taken, **days}, list(days), [told, *oddities, *_guesses(file, days)])


def _plain_names(header: Sequence[str]) -> dict[str, str]:
    """Return the columns whose names are known, by our name."""
    spelled = {_SYMBOLS.sub("", cell.casefold()): cell for cell in reversed(header)}
    found: dict[str, str] = {}
    for spelling, name in NAMES.items():
        if spelling in spelled:
            found.setdefault(name, spelled[spelling])
    return found


def _slips(strangers: Iterable[str], found: Container[str]) -> dict[str, str]:
    """Return the columns whose names are one slip away from one that the file lacks, by our name."""
    slips: dict[str, str] = {}
    for cell in strangers:
        written = _SYMBOLS.sub("", cell.casefold())
        name = next((n for spelling, n in NAMES.items() if n not in found and _is_slip(written, spelling)), None)
        if name is not None:
            slips.setdefault(name, cell)
    return slips


def _is_slip(written: str, meant: str) -> bool:
    """Whether one letter was left out, added, mistyped, or changed places with the next."""
    if min(len(written), len(meant)) < _SHORTEST_SLIP or abs(len(written) - len(meant)) > 1:
        return False
    start = _alike(written, meant)
    one, other = written[start:], meant[start:]
    end = _alike(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) == 1 or (len(one) == len(other) == len("ab") and one == other[::-1])


def _alike(one: str, other: str) -> int:
    """Return with how many letters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _days(file: str, header: Sequence[str]) -> dict[str, str]:
    """Return the columns named by a date, by day; two that mean the same are found by who reads the table."""
    try:
        return {day: cell for cell in header if (day := header_day(cell))}
    except ValueError as error:
        message = f"{file}: the column {error} is no date of the calendar, with the month first."
        hint = "Write the dates as YYYY-MM-DD."
        raise FileUnreadable(message, hint=hint, file=file, column=str(error)) from None


def _layout(file: str, named: Container[str], days: Mapping[str, str]) -> Layout:
    if days and "date" in named:
        message = (
            f"{file} has a column of dates and {len(days)} columns named by a date; leave out what is not meant."
        )
        raise FileUnreadable(message, file=file, column="date")
    if days:
        return Layout.WIDE
    if "date" in named:
        return Layout.DAYS
    if "begins" in named:
        return Layout.PERIODS
    raise _missing(file, "columns named by dates, or a column Date or Start Date")


def _program(file: str, named: Container[str]) -> str:
    for column in PROGRAM:
        if column in named:
            return column
    raise _missing(file, "a column Program or Activity")


def _missing(file: str, what: str) -> FileUnreadable:
    return FileUnreadable(f"{file} lacks {what}.", hint=ColumnMissing.hint, file=file)


def _taken(file: str, cell: str, name: str) -> Oddity:
    return Oddity(ColumnTaken(f"The column {cell!r} was read as {name}."), file, 1, cell)


def _by_header(header: Sequence[str]) -> dict[str, str]:
    return {fold(cell): day for cell in header if (day := header_day(cell))}


def _guesses(file: str, days: Mapping[str, str]) -> Iterator[Oddity]:
    tally = Tally()
    for cell in days.values():
        if guess := read_day(cell)[1]:
            tally.add(ColumnTaken(f"Names of columns were read as {guess}."), file, 1, cell)
    yield from tally.oddities()


def _span(days: Mapping[str, str]) -> str:
    return f": {len(days)} dates from {min(days)} to {max(days)}" if days else ""
