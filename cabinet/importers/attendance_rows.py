"""The rows of an attendance export, one record of the file at a time: days of attendance, or enrollments.

An export rarely numbers its rows. A row's id is then made of what it is about, so that the same file again, or the
same days in another layout, are the same records; what such a row says last is what holds.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from cabinet.errors import ColumnTaken, RowInvalid
from cabinet.importers.attendance_child import child_key, read_child
from cabinet.importers.attendance_layout import PROGRAM, Layout, Sheet
from cabinet.importers.attendance_values import (
    FORMULA,
    lasting,
    minutes_of,
    read_day,
    read_grade,
    read_mark,
    unguarded,
)
from cabinet.importers.format import Oddity
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import present
from cabinet.importers.word_codes import Words, no_home, without_home
from cabinet.intake.rows import AttendanceRow, Kind, Raw
from cabinet.tables.terms import ATTENDED, AttendanceCategory, EnrollmentStatus

PRESENT = {"category": AttendanceCategory.PRESENT}
SAYS_NOTHING = RowInvalid("The row does not say on which day the child attended or was absent.", hint="")


class Rows:
    """Reads the records of one sheet; what is met many times is told at the end, with its number."""

    def __init__(self, sheet: Sheet, words: Words) -> None:
        self._sheet, self._words = sheet, words
        self._met = Tally()

    def of(self, record: Record) -> Iterator[Raw | Oddity]:
        """Yield what one record says, and what is odd in it."""
        known = {name: value for name, value in record.values.items() if name in self._sheet.written}
        formulas = [name for name, value in known.items() if value.startswith("=")]
        for name in formulas:
            yield Oddity(FORMULA, record.file, record.line, self._sheet.written[name])
        if {*formulas} <= {*self._sheet.days}:
            sound = {name: unguarded(value) for name, value in known.items() if name not in formulas}
            yield from self._read(Record(record.file, record.line, sound))

    def oddities(self) -> Iterator[Oddity]:
        yield from self._met.oddities()

    def _read(self, record: Record) -> Iterator[Raw | Oddity]:
        if record["grade"] and read_grade(record["grade"], self._words) is None:
            problem = RowInvalid(f"{record['grade']!r} is no grade level; the row was read without it.", hint="")
            yield Oddity(problem, record.file, record.line, self._sheet.written["grade"])
        for column, unused in without_home(self._words, record.values, sex="sexes"):
            self._met.add(unused, record.file, record.line, self._sheet.written[column])
        read = {Layout.WIDE: self._wide, Layout.DAYS: self._day, Layout.PERIODS: self._period}
        yield from read[self._sheet.layout](record)

    def _wide(self, record: Record) -> Iterator[Raw | Oddity]:
        about = self._about(record)
        marks = [(day, self._read_mark(record, day, record[day])) for day in self._sheet.days if record[day]]
        raws = [self._attendance(record, about, day, mark) for day, mark in marks if mark]
        if not marks:
            self._met.add(SAYS_NOTHING, record.file, record.line)
        elif not raws or _is_sound(raws[0]):
            yield from raws
        else:
            # What is wrong with the child or the program is told once, not for every day.
            yield replace(raws[0], column="")
            if len(raws) > 1:
                problem = RowInvalid("The other days of the row were not read: its first day says why.", hint="")
                yield Oddity(problem, record.file, record.line, count=len(raws) - 1)

    def _day(self, record: Record) -> Iterator[Raw | Oddity]:
        mark = self._mark(record)
        if not mark:
            if mark is None:
                self._met.add(SAYS_NOTHING, record.file, record.line)
            return
        raw = self._attendance(record, self._about(record), self._date(record, "date"), mark)
        numbered = present(record_id=record["record_id"], record_version=record["record_version"])
        yield replace(raw, fields={**raw.fields, **numbered}, column="")

    def _period(self, record: Record) -> Iterator[Raw | Oddity]:
        about, begins = self._about(record), self._date(record, "begins")
        said = self._words.read("statuses", record["status"])
        if record["status"] and not said:
            self._met.add(
                no_home("status", record["status"]), record.file, record.line, self._sheet.written["status"]
            )
            return
        fields = present(
            record_id=record["record_id"] or _made_id("enrollment", about, begins),
            record_version=record["record_version"],
            status=said or EnrollmentStatus.ENROLLED,
            begins=begins,
            ends=self._date(record, "ends"),
            exit_reason=record["exit_reason"],
        )
        yield Raw(Kind.ENROLLMENT, {**about, **fields}, record.file, record.line)

    def _about(self, record: Record) -> dict[str, Any]:
        """Return what all days of a record share: the child, the program, the session."""
        beside = [record[name] for name in (*PROGRAM, "session") if name != self._sheet.program]
        said = present(program=record[self._sheet.program], session=" / ".join(filter(None, beside)))
        # An empty child stays in, so that the row is refused for not saying who it is about.
        child = read_child(record, self._date(record, "birth_date"), self._met, self._sheet, self._words)
        return {**said, **present(grade=read_grade(record["grade"], self._words)), "child": child}

    def _attendance(self, record: Record, about: dict[str, Any], day: str, mark: Mapping[str, Any]) -> Raw:
        record_id = _made_id("attendance", about, day)
        fields = {**about, **mark, **present(record_id=record_id, attended_on=day)}
        return Raw(Kind.ATTENDANCE, fields, record.file, record.line, self._sheet.written.get(day, ""))

    def _read_mark(self, record: Record, column: str, text: str) -> Mapping[str, Any]:
        """Return what a mark says; nothing, and a report, where it is known to say nothing here."""
        mark = read_mark(text, self._words)
        if mark["category"]:
            return mark
        self._met.add(no_home("mark", text), record.file, record.line, self._sheet.written[column])
        return {}

    def _mark(self, record: Record) -> Mapping[str, Any] | None:
        """Return what a row says of its day: present, if the file has no column that could say otherwise.

        None if it should say and does not; nothing if what it says has no home here.
        """
        if not {"attendance", "status", "hours", "minutes"} & self._sheet.written.keys():
            return PRESENT
        text, minutes = record["attendance"] or record["status"], minutes_of(record["hours"], record["minutes"])
        if not text:
            return (
                lasting(minutes)
                if isinstance(minutes, int)
                else {**PRESENT, "minutes": minutes}
                if minutes
                else None
            )
        mark = self._read_mark(record, "attendance" if record["attendance"] else "status", text)
        if not mark:
            return mark
        return {**mark, **present(minutes=minutes)} if minutes or mark["category"] in ATTENDED else mark

    def _date(self, record: Record, name: str) -> str:
        """Return a date as YYYY-MM-DD; what is none stays, for its row to refuse."""
        day, guess = read_day(record[name])
        if guess:
            written = self._sheet.written[name]
            problem = ColumnTaken(f"Values of the column {written!r} were read as {guess}.")
            self._met.add(problem, record.file, record.line, written)
        return day


def _is_sound(raw: Raw) -> bool:
    """Whether the door would take a row of this child and program, whatever the mark of its day."""
    try:
        AttendanceRow.model_validate({**raw.fields, **PRESENT, "minutes": None})
    except ValidationError:
        return False
    return True


def _made_id(kind: str, about: Mapping[str, Any], day: str) -> str:
    said = (about.get("program"), about.get("session"), child_key(about["child"]), day)
    return f"{kind}:{hashlib.sha256(repr(said).encode()).hexdigest()[:32]}"
