"""What a FHIR CodeableConcept says, in codes for programs and in words for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from cabinet.importers.documents import dicts, text

SHORT_SYSTEMS: Mapping[str, str] = {
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "urn:oid:2.16.840.1.113883.12.292": "cvx",
    "http://snomed.info/sct": "snomed",
    "http://www.ama-assn.org/go/cpt": "cpt",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
}


def codes(value: Any, key: str) -> list[str]:
    """Return the codings under a key as `system|code`, the systems we know by their short names."""
    return [
        f"{SHORT_SYSTEMS.get(text(coding, 'system'), text(coding, 'system'))}|{text(coding, 'code')}"
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
