"""One student out of the rows that speak of it: in users.csv, demographics.csv and roles.csv."""

from collections.abc import Mapping
from typing import Any

from cabinet.importers.oneroster_rows import TRUE
from cabinet.importers.values import fold, iso_date, present, sex_word
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

Part = Mapping[str, Any]


def part_of(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a row that say something, without any password."""
    return {column: value for column, value in values.items() if value and "password" not in fold(column)}


def is_deleted(status: str) -> bool:
    """Whether a row's status says that it is gone; `inactive` is the word of version 1.0, which lives on."""
    return status.casefold() in ("tobedeleted", "inactive")


def student_roles(parts: Part) -> list[Mapping[str, str]]:
    """Return the standing roles of a student (1.2), the primary ones first."""
    roles = [
        role
        for role in parts.get("roles", {}).values()
        if role.get("role", "").casefold() == "student" and not is_deleted(role.get("status", ""))
    ]
    return sorted(roles, key=lambda role: role.get("roleType", "").casefold() != "primary")


def has_student_role(parts: Part, *, in_roles: bool) -> bool:
    """Whether somebody is a student: by roles.csv in version 1.2, by users.csv before."""
    if in_roles:
        return bool(student_roles(parts))
    return str(parts.get("users", {}).get("role", "")).casefold() == "student"


def org_ids(parts: Part) -> list[str]:
    """Return the orgs a student is in, the one named first being the one that counts."""
    users = parts.get("users", {})
    named = [users.get("primaryOrgSourcedId", ""), *users.get("orgSourcedIds", "").split(",")]
    named += [role.get("orgSourcedId", "") for role in student_roles(parts)]
    return [org_id.strip() for org_id in named if org_id.strip()]


def child_fields(record_id: str, parts: Part, school: str | None, school_year: int | None) -> dict[str, Any]:
    """Return the student as the intake takes it."""
    users, demographics = parts.get("users", {}), parts.get("demographics", {})
    if is_deleted(demographics.get("status", "")):
        demographics = {}
    fields = present(
        record_id=record_id,
        race_ethnicity=tuple(
            category for flag, category in RACE_FLAGS.items() if demographics.get(flag, "").casefold() in TRUE
        ),
        school_year=school_year,
        grade=users.get("grades", "").split(",")[0].strip(),
        school=school,
        payload=dict(parts),
    )
    return {**fields, "identity": _identity(users, demographics)}


def _identity(users: Mapping[str, str], demographics: Mapping[str, str]) -> dict[str, Any]:
    return present(
        given_name=users.get("givenName"),
        middle_name=users.get("middleName"),
        family_name=users.get("familyName"),
        birth_date=iso_date(demographics.get("birthDate", "")),
        sex=sex_word(demographics.get("sex", "")),
        phones=tuple(dict.fromkeys(filter(None, (users.get("phone"), users.get("sms"))))),
        identifiers=present(DISTRICT_STUDENT_ID=users.get("identifier")),
    )
