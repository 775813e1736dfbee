"""A FHIR Patient (US Core) as a child's row. Social security numbers and maiden names never get past here."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cabinet.errors import CodeUnknown, RowProblem
from cabinet.importers.documents import dicts, text, texts
from cabinet.importers.fhir_codes import MAX_LABEL, Codes
from cabinet.importers.fhir_race import race_ethnicity
from cabinet.importers.fhir_resources import Resource
from cabinet.importers.fhir_secrets import without_secrets
from cabinet.importers.fhir_values import codes as codes_of
from cabinet.importers.fhir_values import version_of
from cabinet.importers.format import Oddity
from cabinet.importers.values import present, words
from cabinet.intake.child_facts import MOST
from cabinet.intake.rows import Kind, Raw

COUNTS = frozenset({"a", "b", "c", "d", "1", "2", "3", "4", "one", "two", "three", "of"})
"""What stands beside a stand-in for a name, to tell twins apart."""
ANIMAL = "http://hl7.org/fhir/StructureDefinition/patient-animal"
PAST_NAMES = frozenset({"old", "maiden"})

_STAND_IN = re.compile(r"(baby|boy|girl|male|female|infant|newborn|twin|unknown|unnamed)+\d*")
"""What hospitals write for a given name before there is one."""


def patient(resource: Resource, codes: Codes) -> Iterator[Raw | Oddity]:
    """Yield a child's row and what of it has no meaning here, or why the patient is none."""
    if any(text(extension, "url") == ANIMAL for extension in dicts(resource.value, "extension")):
        animal = RowProblem("A Patient that is an animal was passed over.", hint="")
        yield resource.passed_over(animal, "extension")
        return
    sex = _sex(resource.value, codes)
    races = dict.fromkeys(race_ethnicity(resource.value, codes))
    said = {"sex": "" if isinstance(sex, RowProblem) else sex}
    known = tuple(race for race in races if not isinstance(race, RowProblem))
    yield resource.row(Kind.CHILD, _child(resource.value, known, said))
    if isinstance(sex, RowProblem):
        yield resource.passed_over(sex, "gender")
    for problem in races:
        if isinstance(problem, RowProblem):
            yield resource.passed_over(problem, "extension")


def _sex(patient: Mapping[str, Any], codes: Codes) -> str | RowProblem:
    """Return what the gender means; whatever is there and means nothing here is told, be it no text at all."""
    gender = patient.get("gender")
    word = "" if gender is None else str(gender).strip()
    meaning = codes.find("sexes", word) if word else ""
    if meaning is None:
        return CodeUnknown(f"Patient.gender: {word[:MAX_LABEL]!r} has no meaning here.")
    return meaning if meaning or not word else RowProblem(f"Patient.gender: {word!r} has no home here.", hint="")


def _child(patient: Mapping[str, Any], races: tuple[str, ...], said: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a child's row; identifiers are those that other sectors hold as well."""
    bare = without_secrets({key: value for key, value in patient.items() if key != "text"})
    return {
        "identity": {**_identity(bare), **present(**said)},
        **present(
            record_id=text(bare, "id"),
            record_version=version_of(bare),
            race_ethnicity=races,
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
        types = {code.rpartition("|")[2] for code in codes_of(identifier, "type")}
        system = text(identifier, "system").casefold()
        if "student" in system:
            found.setdefault("DISTRICT_STUDENT_ID", text(identifier, "value"))
        elif "MA" in types or "medicaid" in system:
            found.setdefault("MEDICAID_ID", text(identifier, "value"))
    return present(**found)
