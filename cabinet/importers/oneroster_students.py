"""The students of a OneRoster package: users, joined with their demographics, school and school year."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cabinet.errors import RowInvalid, RowProblem
from cabinet.importers.format import Oddity
from cabinet.importers.tabular import Record
from cabinet.importers.tally import Tally
from cabinet.importers.values import fold, iso_date, present, sex_word
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import RaceEthnicity

RACE_FLAGS: Mapping[str, RaceEthnicity] = {
    "americanIndianOrAlaskaNative": RaceEthnicity.AMERICAN_INDIAN_OR_ALASKA_NATIVE,
    "asian": RaceEthnicity.ASIAN,
    "blackOrAfricanAmerican": RaceEthnicity.BLACK_OR_AFRICAN_AMERICAN,
    "hispanicOrLatinoEthnicity": RaceEthnicity.HISPANIC_OR_LATINO,
    "middleEasternOrNorthAfrican": RaceEthnicity.MIDDLE_EASTERN_OR_NORTH_AFRICAN,
    "nativeHawaiianOrOtherPacificIslander": RaceEthnicity.NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER,
    "white": RaceEthnicity.WHITE,
}
TRUE = frozenset({"true", "1", "yes", "y", "t"})
YEAR_UNREADABLE = RowInvalid("The school year cannot be read.", hint="Write the year in which it ends.")
CLASSES = RowProblem("A class enrollment has no home here yet.", hint="")
NO_SCHOOL = RowProblem(
    "No school of this package is named for the student.", hint="See orgSourcedIds and orgs.csv."
)

_SCHOOL_YEAR = re.compile(r"(?P<begins>\d{4})\s*[-/\u2013]\s*(?P<ends>\d{4}|\d{2})|(?P<only>\d{4})")
_NOBODY = Record("", 0, {})

Records = Callable[[str], Iterator[Record | Oddity]]


class Students:
    """Reads the students of one package; `schools` are the codes of its schools by sourcedId."""

    def __init__(self, records: Records, schools: Mapping[str, str], *, in_roles: bool) -> None:
        self._records = records
        self._schools = schools
        self._in_roles = in_roles
        self._oddities: list[Oddity] = []
        self._passed_over = Tally()
        self._class_schools: dict[str, str] | None = None

    def rows(self) -> Iterator[Raw | Oddity]:
        """Yield the students in the order of users.csv, then what was odd in the files beside it."""
        year = self._school_year()
        orgs = self._orgs_of_students() if self._in_roles else {}
        demographics = {record["sourcedId"]: record for record in self._sound("demographics")}
        for user in self._records("users"):
            if isinstance(user, Oddity):
                yield user
            elif user["sourcedId"] in orgs if self._in_roles else user["role"].casefold() == "student":
                school = self._school(user, [*_org_ids(user), *orgs.get(user["sourcedId"], ())])
                fields = _child(user, demographics.get(user["sourcedId"], _NOBODY), year, school)
                yield Raw(Kind.CHILD, fields, user.file, user.line)
        yield from self._unused_classes()
        yield from self._oddities

    def _sound(self, noun: str) -> Iterator[Record]:
        for record in self._records(noun):
            if isinstance(record, Record):
                yield record
            elif noun == "enrollments":
                self._passed_over.add(record.problem, record.file, record.line, record.column)
            else:
                self._oddities.append(record)

    def _school_year(self) -> int | None:
        """Return the year in which the school year ends; the last one, where the package names several."""
        years: dict[int, Record] = {}
        for session in self._sound("academicSessions"):
            if year := ending_year(session["schoolYear"]):
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

    def _orgs_of_students(self) -> dict[str, list[str]]:
        """Return the orgs in which each user has the role of a student, the primary one first (1.2)."""
        orgs: dict[str, list[str]] = {}
        for role in self._sound("roles"):
            if role["role"].casefold() == "student":
                place = 0 if role["roleType"].casefold() == "primary" else len(orgs.get(role["userSourcedId"], ()))
                orgs.setdefault(role["userSourcedId"], []).insert(place, role["orgSourcedId"])
        return orgs

    def _school(self, user: Record, org_ids: list[str]) -> str | None:
        """Return the first school among a student's orgs, else the school of one of the student's classes."""
        found = next((self._schools[org_id] for org_id in org_ids if org_id in self._schools), None)
        found = found or self._schools.get(self._schools_by_class().get(user["sourcedId"], ""))
        if found is None:
            self._passed_over.add(NO_SCHOOL, user.file, user.line)
        return found

    def _schools_by_class(self) -> dict[str, str]:
        # Class enrollments are many times the students, so they are read only once one of them is needed.
        if self._class_schools is None:
            self._class_schools = {
                enrollment["userSourcedId"]: enrollment["schoolSourcedId"]
                for enrollment in self._sound("enrollments")
                if enrollment["role"].casefold() == "student"
            }
        return self._class_schools

    def _unused_classes(self) -> Iterator[Oddity]:
        if self._class_schools is None:
            for enrollment in self._sound("enrollments"):
                self._passed_over.add(CLASSES, enrollment.file, enrollment.line)
        yield from self._passed_over.oddities()


def ending_year(text: str) -> int | None:
    """Return the year in which a school year ends: 2027 for `2026-2027`, `2026-27` and `2027`."""
    found = _SCHOOL_YEAR.fullmatch(text.strip())
    if found is None:
        return None
    if found["only"]:
        return int(found["only"])
    return int(found["begins"][: 4 - len(found["ends"])] + found["ends"])


def _org_ids(user: Record) -> list[str]:
    return [user["primaryOrgSourcedId"], *(org.strip() for org in user["orgSourcedIds"].split(","))]


def _child(user: Record, demographics: Record, year: int | None, school: str | None) -> dict[str, Any]:
    fields = present(
        record_id=user["sourcedId"],
        race_ethnicity=tuple(
            category for flag, category in RACE_FLAGS.items() if demographics[flag].casefold() in TRUE
        ),
        school_year=year,
        grade=user["grades"].split(",")[0].strip(),
        school=school,
        payload=_payload({**demographics.values, **user.values}),
    )
    return {**fields, "identity": _identity(user, demographics)}


def _identity(user: Record, demographics: Record) -> dict[str, Any]:
    return present(
        given_name=user["givenName"],
        middle_name=user["middleName"],
        family_name=user["familyName"],
        birth_date=iso_date(demographics["birthDate"]),
        sex=sex_word(demographics["sex"]),
        identifiers=present(DISTRICT_STUDENT_ID=user["identifier"]),
    )


def _payload(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values that say something, without any password."""
    return {column: value for column, value in values.items() if value and "password" not in fold(column)}
