"""What single values of FHIR say: concepts in codes and in words, days, versions."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cabinet.importers.documents import dicts, text
from cabinet.importers.values import date_of

MAX_DIGITS = 15
"""No number of versions is longer; what is longer is a name."""

SHORT_SYSTEMS: Mapping[str, str] = {
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "urn:oid:2.16.840.1.113883.12.292": "cvx",
    "http://snomed.info/sct": "snomed",
    "http://www.ama-assn.org/go/cpt": "cpt",
    "http://www.ada.org/cdt": "cdt",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://loinc.org": "loinc",
    "urn:oid:2.16.840.1.113883.6.238": "cdcrec",
    "http://terminology.hl7.org/CodeSystem/CDCREC": "cdcrec",
    "http://terminology.hl7.org/CodeSystem/v3-Race": "cdcrec",
    "http://terminology.hl7.org/CodeSystem/v3-Ethnicity": "cdcrec",
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor": "null",
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation": "interpretation",
}


def short_system(address: str) -> str:
    """Return the short name of a code system we know, or its address as it is."""
    return SHORT_SYSTEMS.get(address, address)


def codes(value: Any, key: str) -> list[str]:
    """Return the codings under a key as `system|code`, the systems we know by their short names."""
    return [
        f"{short_system(text(coding, 'system'))}|{text(coding, 'code')}"
        for coding in _codings(value, key)
        if text(coding, "code")
    ]


def labels(value: Any, key: str) -> list[str]:
    """Return what a person reads in the concepts under a key: their displays and texts."""
    displays = [text(coding, "display") for coding in _codings(value, key)]
    return [label for label in (*displays, *(text(concept, "text") for concept in dicts(value, key))) if label]


def _codings(value: Any, key: str) -> Iterator[dict[str, Any]]:
    for concept in dicts(value, key):
        yield from dicts(concept, "coding")


def version_of(resource: Any) -> int | None:
    """Return the milliseconds of meta.lastUpdated; without it meta.versionId, if that is a number.

    FHIR's versionId need not be one, nor grow.
    """
    meta = (dicts(resource, "meta") or [{}])[0]
    try:
        return int(datetime.fromisoformat(text(meta, "lastUpdated")).timestamp() * 1000)
    except (ValueError, OverflowError):
        version = text(meta, "versionId")
        return int(version) if version.isascii() and version.isdigit() and len(version) <= MAX_DIGITS else None


def period(resource: Any, key: str = "period") -> tuple[str, str]:
    """Return the days a period begins and ends; empty where it does not say."""
    said = (dicts(resource, key) or [{}])[0]
    return date_of(text(said, "start")), date_of(text(said, "end"))


def day_of(*instants: str) -> str:
    """Return the first that names a day; failing that what there is, a year or a month, for its row to refuse."""
    said = [date_of(instant) for instant in instants if instant]
    return next((day for day in said if len(day) == len("2026-01-01")), next(iter(said), ""))


def last_updated(resource: Any) -> str:
    """Return the day of meta.lastUpdated, or nothing."""
    return date_of(text((dicts(resource, "meta") or [{}])[0], "lastUpdated"))
