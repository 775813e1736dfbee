"""A FHIR Patient (US Core) as a child's row. Social security numbers and maiden names never get past here."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cabinet.errors import RowProblem
from cabinet.importers.documents import dicts, text, texts
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_secrets import without_secrets
from cabinet.importers.fhir_values import codes, version_of
from cabinet.importers.format import Oddity
from cabinet.importers.values import present, words
from cabinet.intake.child_facts import MOST
from cabinet.intake.rows import Kind, Raw
from cabinet.tables.terms import RaceEthnicity, Sex

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
RACE_URLS = (f"{US_CORE}us-core-race", f"{US_CORE}us-core-ethnicity")
OMB_CATEGORIES: Mapping[str, RaceEthnicity] = {
    "1002-5": RaceEthnicity.AMERICAN_INDIAN_OR_ALASKA_NATIVE,
    "2028-9": RaceEthnicity.ASIAN,
    "2054-5": RaceEthnicity.BLACK_OR_AFRICAN_AMERICAN,
    "2076-8": RaceEthnicity.NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER,
    "2106-3": RaceEthnicity.WHITE,
    "2118-8": RaceEthnicity.MIDDLE_EASTERN_OR_NORTH_AFRICAN,
    "2135-2": RaceEthnicity.HISPANIC_OR_LATINO,
}
"""CDC Race and Ethnicity codes (urn:oid:2.16.840.1.113883.6.238); 2186-5, not Hispanic, adds no category."""
RACE_WORDS: Mapping[str, RaceEthnicity] = {
    **{words(category.replace("_", " ")): category for category in RaceEthnicity},
    " black ": RaceEthnicity.BLACK_OR_AFRICAN_AMERICAN,
    " african american ": RaceEthnicity.BLACK_OR_AFRICAN_AMERICAN,
    " american indian ": RaceEthnicity.AMERICAN_INDIAN_OR_ALASKA_NATIVE,
    " alaska native ": RaceEthnicity.AMERICAN_INDIAN_OR_ALASKA_NATIVE,
    " hispanic ": RaceEthnicity.HISPANIC_OR_LATINO,
    " latino ": RaceEthnicity.HISPANIC_OR_LATINO,
    " native hawaiian or other pacific islander ": RaceEthnicity.NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER,
}
COUNTS = frozenset({"a", "b", "c", "d", "1", "2", "3", "4", "one", "two", "three", "of"})
"""What stands beside a stand-in for a name, to tell twins apart."""
SEXES: Mapping[str, Sex] = {"female": Sex.FEMALE, "male": Sex.MALE, "other": Sex.NONBINARY}
ANIMAL = "http://hl7.org/fhir/StructureDefinition/patient-animal"
PAST_NAMES = frozenset({"old", "maiden"})

_STAND_IN = re.compile(r"(baby|boy|girl|male|female|infant|newborn|twin|unknown|unnamed)+\d*")
"""What hospitals write for a given name before there is one."""


def patient(resource: Resource) -> Raw | Oddity:
    """Return a child's row, or why the patient is none."""
    if any(text(extension, "url") == ANIMAL for extension in dicts(resource.value, "extension")):
        return resource.passed_over(
            RowProblem("A Patient that is an animal was passed over.", hint=""), "extension"
        )
    return resource.row(Kind.CHILD, _child(resource.value))


def _child(patient: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a child's row; identifiers are those that other sectors hold as well."""
    bare = without_secrets({key: value for key, value in patient.items() if key != "text"})
    return {
        "identity": _identity(bare),
        **present(
            record_id=text(bare, "id"),
            record_version=version_of(bare),
            race_ethnicity=tuple(dict.fromkeys(_race_ethnicity(bare))),
            payload=bare,
        ),
    }


def _identity(patient: dict[str, Any]) -> dict[str, Any]:
    name = _current(dicts(patient, "name"))
    address = _current(dicts(patient, "address"))
    given = [] if _is_placeholder(name) else texts(name, "given")
    return present(
        given_name=given[0] if given else "",
        middle_name=" ".join(given[1:]),
        family_name=text(name, "family"),
        birth_date=text(patient, "birthDate"),
        sex=SEXES.get(text(patient, "gender")),
        address=", ".join(texts(address, "line")),
        postal_code=text(address, "postalCode"),
        guardians=tuple(dict.fromkeys(_guardians(patient)))[:MOST],
        phones=tuple(dict.fromkeys(_phones(patient)))[:MOST],
        identifiers=_identifiers(patient),
    )


def _guardians(patient: dict[str, Any]) -> Iterator[str]:
    """Yield the names of a child's contacts: parents and whoever else is to be called."""
    for contact in dicts(patient, "contact"):
        for name in dicts(contact, "name"):
            written = text(name, "text") or " ".join((*texts(name, "given"), text(name, "family"))).strip()
            yield from [written] if written else []


def _phones(patient: dict[str, Any]) -> Iterator[str]:
    """Yield the telephone numbers of the patient and of the contacts that are not past ones."""
    for whose in (patient, *dicts(patient, "contact")):
        for way in dicts(whose, "telecom"):
            if text(way, "system") in ("phone", "sms") and text(way, "use") != "old" and text(way, "value"):
                yield text(way, "value")


def _current(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the official name, else the first name or address that is not a past one."""
    official = [item for item in items if text(item, "use") == "official"]
    standing = [item for item in items if text(item, "use") not in PAST_NAMES]
    return next(iter((*official, *standing)), {})


def _is_placeholder(name: dict[str, Any]) -> bool:
    """Whether a newborn's given name stands for none: twins who share one are not one child."""
    said = words(" ".join(texts(name, "given"))).split()
    stand_ins = [word for word in said if _STAND_IN.fullmatch(word)]
    return bool(stand_ins) and all(word in stand_ins or word in COUNTS for word in said)


def _identifiers(patient: dict[str, Any]) -> dict[str, str]:
    # Type SB is HL7's social beneficiary identifier, not a student's: only the system tells a student id.
    found: dict[str, str] = {}
    for identifier in dicts(patient, "identifier"):
        types = {code.rpartition("|")[2] for code in codes(identifier, "type")}
        system = text(identifier, "system").casefold()
        if "student" in system:
            found.setdefault("DISTRICT_STUDENT_ID", text(identifier, "value"))
        elif "MA" in types or "medicaid" in system:
            found.setdefault("MEDICAID_ID", text(identifier, "value"))
    return present(**found)


def _race_ethnicity(patient: dict[str, Any]) -> Iterator[RaceEthnicity]:
    """Yield the categories of the codes, or of the words where an extension has no code."""
    for extension in dicts(patient, "extension"):
        if text(extension, "url") not in RACE_URLS:
            continue
        parts = dicts(extension, "extension")
        found = [text(coding, "code") for part in parts for coding in dicts(part, "valueCoding")]
        if found:
            yield from (OMB_CATEGORIES[code] for code in found if code in OMB_CATEGORIES)
        else:
            said = [word for part in parts for word in re.split("[,;/]", text(part, "valueString"))]
            yield from (RACE_WORDS[words(word)] for word in said if words(word) in RACE_WORDS)
