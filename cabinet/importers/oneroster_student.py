"""One student out of the rows that speak of it: in users.csv, demographics.csv and roles.csv."""

from collections.abc import Mapping
from typing import Any

from cabinet.importers.oneroster_rows import TRUE
from cabinet.importers.values import fold, iso_date, present
from cabinet.importers.word_codes import STUDENT, Words

Part = Mapping[str, Any]


def part_of(values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a row that say something, without any password."""
    return {column: value for column, value in values.items() if value and "password" not in fold(column)}


def is_deleted(status: str) -> bool:
    """Whether a row's status says that it is gone; `inactive` is the word of version 1.0, which lives on."""
    return status.casefold() in ("tobedeleted", "inactive")


def student_roles(parts: Part, words: Words) -> list[Mapping[str, str]]:
    """Return the standing roles of a student (1.2), the primary ones first."""
    roles = [
        role
        for role in parts.get("roles", {}).values()
        if words.find("roles", role.get("role", "")) == STUDENT and not is_deleted(role.get("status", ""))
    ]
    return sorted(roles, key=lambda role: role.get("roleType", "").casefold() != "primary")


def has_student_role(parts: Part, words: Words, *, in_roles: bool) -> bool:
    """Whether somebody is a student: by roles.csv in version 1.2, by users.csv before."""
    if in_roles:
        return bool(student_roles(parts, words))
    return words.find("roles", str(parts.get("users", {}).get("role", ""))) == STUDENT


def org_ids(parts: Part, words: Words) -> list[str]:
    """Return the orgs a student is in, the one named first being the one that counts."""
    users = parts.get("users", {})
    named = [users.get("primaryOrgSourcedId", ""), *users.get("orgSourcedIds", "").split(",")]
    named += [role.get("orgSourcedId", "") for role in student_roles(parts, words)]
    return [org_id.strip() for org_id in named if org_id.strip()]


def child_fields(
    record_id: str, parts: Part, words: Words, school: str | None, school_year: int | None
) -> dict[str, Any]:
    """Return the student as the intake takes it."""
    users, demographics = parts.get("users", {}), parts.get("demographics", {})
    if is_deleted(demographics.get("status", "")):
        demographics = {}
    fields = present(
        record_id=record_id,
        race_ethnicity=_races(demographics, words),
        school_year=school_year,
        grade=words.read("grades", users.get("grades", "").split(",")[0].strip()),
        school=school,
        payload=dict(parts),
    )
    return {**fields, "identity": _identity(users, demographics, words)}


def _races(demographics: Part, words: Words) -> tuple[str, ...]:
    """Return what the columns say that are true, each category once."""
    said = (words.find("races", column) for column, value in demographics.items() if value.casefold() in TRUE)
    return tuple(sorted({*filter(None, said)}))


def _identity(users: Part, demographics: Part, words: Words) -> dict[str, Any]:
    return present(
        given_name=users.get("givenName"),
        middle_name=users.get("middleName"),
        family_name=users.get("familyName"),
        birth_date=iso_date(demographics.get("birthDate", "")),
        sex=words.read("sexes", demographics.get("sex", "")),
        phones=tuple(dict.fromkeys(filter(None, (users.get("phone"), users.get("sms"))))),
        identifiers=present(DISTRICT_STUDENT_ID=users.get("identifier")),
    )
