"""Which columns of a OneRoster package have a home here; what stands in the others is counted."""

from collections.abc import Iterator, Mapping

from cabinet.errors import CodeUnknown, ColumnUnknown, RowInvalid, RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.oneroster_package import NEEDED, READ
from cabinet.importers.oneroster_rows import FALSE, TRUE, instant
from cabinet.importers.oneroster_standard import FILES, LIFECYCLE
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import fold
from cabinet.importers.word_codes import MAX_WORD, Words, no_home

ALSO: Mapping[str, tuple[str, ...]] = {
    "orgs": ("identifier", "parentSourcedId"),
    "academicSessions": ("startDate",),
    "users": ("middleName", "identifier", "grades", "role", "orgSourcedIds", "primaryOrgSourcedId"),
    "roles": ("sourcedId", "roleType"),
    "courses": ("courseCode",),
    "classes": ("classCode", "termSourcedIds"),
    "enrollments": ("sourcedId", "classSourcedId", "beginDate", "endDate"),
}
"""What is read of a file beside what it needs; of demographics, the columns that are races."""
HOMES: Mapping[str, tuple[str, ...]] = {
    noun: (*NEEDED[noun], *(name for name in ALSO.get(noun, ()) if name not in NEEDED[noun])) for noun in READ
}
STATUSES = frozenset({"active", "tobedeleted", "inactive"})
KEPT = ("users", "roles", "demographics")
"""Files whose rows are kept as received, without passwords, if they speak of a student."""


class Columns:
    """Counts what stands in columns without a home, file by file."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._met = Tally()

    def count(self, noun: str, record: Record) -> None:
        if noun not in HOMES:
            return
        for column, value in record.values.items():
            if value and not self._has_home(noun, column):
                self._met.add(_problem(noun, column), record.file, record.line, column)
            elif value and (problem := self._unused(noun, column, value)):
                self._met.add(problem, record.file, record.line, column)

    def oddities(self) -> Iterator[Oddity]:
        yield from self._met.oddities()

    def _unused(self, noun: str, column: str, value: str) -> RowProblem | None:
        """Return what is to be told of a value that is not used, in a column that has a home here."""
        place, word = f"{noun}.{column}", value.casefold()
        if column == "status" and word not in STATUSES:
            return RowInvalid(f"{place}: {value[:MAX_WORD]!r} is no status; the row was taken as active.", hint="")
        if column == "dateLastModified" and instant(value) is None:
            return RowInvalid(f"{place}: a value is no instant that has come; it was not used.", hint="")
        if column == "role" and self._words.find("roles", value) is None:
            return CodeUnknown(f"{place}: {value[:MAX_WORD]!r} has no meaning here.")
        if noun == "demographics" and (meaning := self._words.find("races", column)) is not None:
            if word not in TRUE | FALSE:
                return RowInvalid(f"{place}: a value is neither true nor false; it was not used.", hint="")
            return no_home("column", column) if word in TRUE and not meaning else None
        return self._unused_word(column, value)

    def _unused_word(self, column: str, value: str) -> RowProblem | None:
        if column == "grades":
            first, *more = (grade.strip() for grade in value.split(","))
            if more:
                return RowProblem("Of the grades of a student only the first has a home here.", hint="")
            return no_home("grade", first) if self._words.find("grades", first) == "" else None
        return no_home("sex", value) if column == "sex" and self._words.find("sexes", value) == "" else None

    def _has_home(self, noun: str, column: str) -> bool:
        is_race = noun == "demographics" and self._words.find("races", column) is not None
        return is_race or column in HOMES[noun] or column in LIFECYCLE


def _problem(noun: str, column: str) -> RowProblem:
    if "password" in fold(column):
        return RowProblem(f"{noun}.{column} is never kept.", hint="Do not export it.")
    kept = "; of a student it is kept as received" if noun in KEPT else ""
    message = f"{noun}.{column} has no home here{kept}."
    return RowProblem(message, hint="") if column in FILES[noun] else ColumnUnknown(message)
