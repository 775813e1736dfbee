"""FHIR Encounters and Immunizations as encounters: which of them have a home, and as what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cabinet.errors import RowProblem
from cabinet.importers.documents import dicts, text
from cabinet.importers.fhir_values import codes, labels
from cabinet.importers.values import date_of, present, words
from cabinet.tables.terms import EncounterKind


class Home(NamedTuple):
    """What an encounter counts as, and the codes and phrases of its type that say so."""

    service_type: str
    kind: EncounterKind
    codes: frozenset[str]
    phrases: tuple[str, ...]


VISIT, SCREENING = EncounterKind.VISIT, EncounterKind.SCREENING

HOMES = (
    Home(
        "WELL_CHILD_VISIT",
        VISIT,
        frozenset(
            {
                *("snomed|185349003", "snomed|410620009"),
                *("icd10|Z00.110", "icd10|Z00.111", "icd10|Z00.121", "icd10|Z00.129"),
                *(f"cpt|{code}" for code in (*range(99381, 99386), *range(99391, 99396))),
            }
        ),
        ("check up", "checkup", "well child", "well baby", "routine child health"),
    ),
    Home("DENTAL", VISIT, frozenset(), ("dental", "dentist", "dentistry")),
    Home("VISION", SCREENING, frozenset(), ("vision screening", "eye exam", "eye examination")),
    Home("HEARING_SCREENING", SCREENING, frozenset(), ("hearing screening", "hearing test")),
    Home("DEVELOPMENTAL_SCREENING", SCREENING, frozenset(), ("developmental screening",)),
    Home("BEHAVIORAL_HEALTH", VISIT, frozenset(), ("behavioral health", "mental health", "psychotherapy")),
    Home("CARE_COORDINATION", EncounterKind.SUPPORT_CONTACT, frozenset(), ("care coordination",)),
    Home("ASTHMA_MANAGEMENT", VISIT, frozenset({"snomed|394701000"}), ("asthma follow up", "asthma management")),
)
"""Only what a type says plainly: an emergency admission for asthma is no asthma management."""

Read = dict[str, Any] | RowProblem


def encounter(resource: Mapping[str, Any], aliases: Mapping[str, str]) -> Read:
    """Return the fields of an encounter's row, or why this one has no home here."""
    if (status := text(resource, "status")) != "finished":
        return RowProblem(f"An Encounter that is {status or 'without status'} was passed over.", hint="")
    home = _home(resource)
    if home is None:
        said = (*labels(resource, "type"), *codes(resource, "type"))
        named = repr(said[0]) if said else "without a type"
        return RowProblem(f"An Encounter {named} is of no service type here.", hint="")
    period = (dicts(resource, "period") or [{}])[0]
    return {
        **_recorded(resource, "subject", aliases),
        **present(
            service_type=home.service_type,
            kind=home.kind,
            occurred_on=date_of(text(period, "start") or text(period, "end")),
            code=next(iter(codes(resource, "type")), ""),
        ),
    }


def immunization(resource: Mapping[str, Any], aliases: Mapping[str, str]) -> Read:
    """Return the fields of an immunization's row, or why it was passed over."""
    if (status := text(resource, "status")) != "completed":
        return RowProblem(f"An Immunization that is {status or 'without status'} was passed over.", hint="")
    vaccines = codes(resource, "vaccineCode")
    return {
        **_recorded(resource, "patient", aliases),
        **present(
            service_type="IMMUNIZATION",
            kind=EncounterKind.IMMUNIZATION,
            # A date in words goes on as it is, so that its row is refused and says so.
            occurred_on=date_of(text(resource, "occurrenceDateTime")) or text(resource, "occurrenceString"),
            code=next((code for code in vaccines if code.startswith("cvx|")), next(iter(vaccines), "")),
        ),
    }


def _home(resource: Mapping[str, Any]) -> Home | None:
    said = "".join(words(label) for label in labels(resource, "type"))
    coded = set(codes(resource, "type"))
    by_code = (home for home in HOMES if home.codes & coded)
    by_phrase = (home for home in HOMES if any(f" {phrase} " in said for phrase in home.phrases))
    return next(by_code, None) or next(by_phrase, None)


def _recorded(resource: Mapping[str, Any], key: str, aliases: Mapping[str, str]) -> dict[str, Any]:
    subject = (dicts(resource, key) or [{}])[0]
    record_id = f"{text(resource, 'resourceType')}/{text(resource, 'id')}" if text(resource, "id") else ""
    return {
        **present(record_id=record_id, record_version=_version(resource)),
        "child": present(source_id=_patient_id(text(subject, "reference"), aliases)),
    }


def _patient_id(reference: str, aliases: Mapping[str, str]) -> str:
    """Return the patient's id of `Patient/id`, `https://.../Patient/id/_history/1` or `urn:uuid:id`."""
    if reference in aliases:
        return aliases[reference]
    _, found, after = f"/{reference}".rpartition("/Patient/")
    return after.partition("/")[0] if found else reference.removeprefix("urn:uuid:") * reference.startswith("urn:")


def _version(resource: Mapping[str, Any]) -> int | None:
    """Return the milliseconds of meta.lastUpdated: FHIR's versionId need not be a number, nor grow."""
    meta = (dicts(resource, "meta") or [{}])[0]
    try:
        return int(datetime.fromisoformat(text(meta, "lastUpdated")).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
