"""The students of a OneRoster package, each with the rows of every file that speak of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cabinet.errors import RowInvalid, RowProblem
from cabinet.importers.format import Oddity, Whole
from cabinet.importers.oneroster_history import NO_STUDENT, Frame, StudentRaw
from cabinet.importers.oneroster_package import Mode, Roster
from cabinet.importers.oneroster_rows import ending_year, instant
from cabinet.importers.oneroster_student import (
    child_fields,
    has_student_role,
    is_deleted,
    org_ids,
    part_of,
)
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.word_codes import STUDENT, Words
from cabinet.intake.rows import Kind

YEAR_UNREADABLE = RowInvalid("The school year cannot be read.", hint="Write the year in which it ends.")
NO_SCHOOL = RowProblem(
    "No school of this package is named for the student.", hint="See orgSourcedIds and orgs.csv."
)
SESSION_DELETED = RowProblem("The session is marked to be deleted; it was passed over.", hint="")
PARTS = ("users", "roles", "demographics")
TELLS_ALL = (Mode.BULK, Mode.UNDECLARED)


class Students:
    """Reads the students of one package; `schools` are the codes of its schools by sourcedId."""

    def __init__(self, roster: Roster, schools: Mapping[str, str], words: Words) -> None:
        self._roster = roster
        self._oddities: list[Oddity] = []
        self._passed_over = Tally()
        self._class_schools: dict[str, str] | None = None
        modes = {noun: roster.mode(noun) if roster.find(noun) else Mode.ABSENT for noun in (*PARTS, "orgs")}
        self._newest = dict.fromkeys(PARTS, "")
        self._demographics = {record["sourcedId"]: record for record in self._sound("demographics")}
        self._roles: dict[str, dict[str, Record]] = {}
        for role in self._sound("roles"):
            self._roles.setdefault(role["userSourcedId"], {})[role["sourcedId"] or str(role.line)] = role
        # A sourcedId that stands twice counts where it stands last.
        self._lines = {user["sourcedId"]: user.line for user in self._sound("users", is_first=False)}
        self._words = words
        year = self._school_year()
        self._frame = Frame(modes, self._newest, schools, year, in_roles=roster.is_strict, words=words)

    @property
    def _tells_who(self) -> bool:
        """Whether the package alone tells who is a student, whatever its source said before."""
        nouns = PARTS[:2] if self._frame.in_roles else PARTS[:1]
        return all(self._frame.modes[noun] in TELLS_ALL for noun in nouns)

    def whole(self, organization: str | None) -> Iterator[Whole]:
        """Yield who the students are, if the manifest says that users.csv holds all of them."""
        if self._roster.is_complete("users"):
            users = (user for user in self._roster.records("users") if isinstance(user, Record))
            held = frozenset(user["sourcedId"] for user in users if self._may_be_student(user))
            reason = "No longer among the students of users.csv"
            yield Whole(Kind.CHILD, held, "users.csv", reason, self._newest["users"], organization)

    def rows(self) -> Iterator[StudentRaw | Oddity]:
        """Yield the students in the order of users.csv, those whom only other files speak of, and what was odd."""
        for user in self._roster.records("users"):
            if isinstance(user, Oddity):
                yield user
            elif not self._may_be_student(user):
                self._passed_over.add(NO_STUDENT, user.file, user.line)
            elif self._lines[user["sourcedId"]] == user.line:
                yield self._student(user["sourcedId"], user, self._parts(user["sourcedId"], user))
        yield from self._only_beside()
        yield from self._passed_over.oddities()
        yield from self._oddities

    def _may_be_student(self, user: Record) -> bool:
        parts = self._parts(user["sourcedId"], user)
        return not self._tells_who or has_student_role(parts, self._words, in_roles=self._frame.in_roles)

    def _parts(self, user_id: str, user: Record | None) -> dict[str, Any]:
        """Return what the package says of a user, by file."""
        demographics, roles = self._demographics.get(user_id), self._roles.get(user_id, {})
        parts: dict[str, Any] = {"roles": {role_id: part_of(role.values) for role_id, role in roles.items()}}
        if user is not None:
            parts["users"] = part_of(user.values)
        if demographics is not None:
            parts["demographics"] = part_of(demographics.values)
        return {noun: part for noun, part in parts.items() if part}

    def _student(self, user_id: str, record: Record, parts: Mapping[str, Any]) -> StudentRaw:
        school = next(
            (self._frame.schools[i] for i in org_ids(parts, self._words) if i in self._frame.schools), None
        )
        class_school = None if school else self._frame.schools.get(self._schools_by_class().get(user_id, ""))
        if school is None and class_school is None and self._frame.modes["orgs"] in TELLS_ALL:
            self._passed_over.add(NO_SCHOOL, record.file, record.line)
        fields = child_fields(user_id, parts, self._words, school or class_school, self._frame.school_year)
        at = (record.file, record.line)
        return StudentRaw(Kind.CHILD, fields, *at, frame=self._frame, parts=parts, class_school=class_school)

    def _only_beside(self) -> Iterator[StudentRaw]:
        """Yield those of whom demographics.csv or roles.csv speak, but not users.csv."""
        by_role = {user_id: next(iter(roles.values())) for user_id, roles in self._roles.items()}
        beside = {**self._demographics, **by_role}
        for user_id, record in beside.items():
            if user_id in self._lines:
                continue
            if self._frame.modes["users"] in TELLS_ALL:
                self._passed_over.add(NO_STUDENT, record.file, record.line)
            else:
                yield self._student(user_id, record, self._parts(user_id, None))

    def _sound(self, noun: str, *, is_first: bool = True) -> Iterator[Record]:
        """Yield the rows of a file that can be read, and note how new the newest is."""
        for record in self._roster.records(noun):
            if not isinstance(record, Record):
                self._oddities += [record] if is_first else []
                continue
            self._note_newest(noun, record["dateLastModified"])
            yield record

    def _note_newest(self, noun: str, modified: str) -> None:
        found, newest = instant(modified), instant(self._newest.get(noun, ""))
        if noun in self._newest and found and (newest is None or found > newest):
            self._newest[noun] = modified

    def _school_year(self) -> int | None:
        """Return the year in which the school year ends; the last one, where the package names several."""
        years: dict[int, Record] = {}
        for session in self._sound("academicSessions"):
            if is_deleted(session["status"]):
                self._passed_over.add(SESSION_DELETED, session.file, session.line, "status")
            elif year := ending_year(session["schoolYear"]):
                years.setdefault(year, session)
            else:
                self._report(YEAR_UNREADABLE, session)
        if len(years) > 1:
            last = max(years)
            message = f"The package names {len(years)} school years; {last} was taken for every student."
            self._report(RowProblem(message, hint=""), years[last])
        return max(years, default=None)

    def _report(self, problem: RowProblem, session: Record) -> None:
        self._oddities.append(Oddity(problem, session.file, session.line, "schoolYear"))

    def _schools_by_class(self) -> Mapping[str, str]:
        # Class enrollments are many times the students, so they are read here only once one of them is needed.
        if self._class_schools is None:
            self._class_schools = {
                record["userSourcedId"]: record["schoolSourcedId"]
                for record in self._roster.records("enrollments")
                if isinstance(record, Record)
                and self._words.find("roles", record["role"]) == STUDENT
                and not is_deleted(record["status"])
            }
        return self._class_schools
