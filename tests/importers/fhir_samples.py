"""FHIR resources for tests: a patient with everything that must not be kept, a visit and an immunization."""

from pathlib import Path
from typing import Any

import orjson

from tests.importers.reading import write

CORE = "http://hl7.org/fhir/us/core/StructureDefinition/"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
SNOMED, CVX = "http://snomed.info/sct", "http://hl7.org/fhir/sid/cvx"


def typed(code: str, system: str, value: str) -> dict[str, Any]:
    return {"type": {"coding": [{"system": V2, "code": code}]}, "system": system, "value": value}


def spd15(name: str, *codes: str, text: str = "") -> dict[str, Any]:
    parts = [{"url": "ombCategory", "valueCoding": {"code": code}} for code in codes]
    return {"url": f"{CORE}{name}", "extension": [*parts, {"url": "text", "valueString": text}]}


ANA: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "text": {"status": "generated", "div": "<div>Ana, SSN 999-12-3456</div>"},
    "extension": [
        spd15("us-core-race", "2106-3", "2054-5", text="Mixed"),
        spd15("us-core-ethnicity", "2135-2"),
        {
            "url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",
            "valueString": "Zorrilla",
        },
    ],
    "identifier": [
        typed("SS", "urn:x", "999123456"),
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999123457"},
        {"type": {"text": "Social Security Number"}, "value": "999123458"},
        {"value": "999-12-3459"},
        typed("MR", "urn:hospital", "M-1"),
        typed("MA", "urn:state", "MCD-7"),
        typed("SB", "urn:social", "SB-1"),
        {"system": "https://schools.example/student-id", "value": "4711"},
    ],
    "name": [
        {"use": "maiden", "family": "Zorrilla", "given": ["Ana"]},
        {"use": "usual", "family": "R", "given": ["Anita"]},
        {"use": "official", "family": "Reyes", "given": ["Ana", "Luz", "Mar"]},
    ],
    "contact": [{"name": {"use": "maiden", "family": "Zorrilla"}}],
    "gender": "female",
    "birthDate": "2018-03-04",
    "address": [
        {"use": "old", "line": ["9 Past St"]},
        {"line": ["1 Elm St", "Apt 2"], "postalCode": "02903"},
    ],
}


def visit(number: int, code: str, display: str, **changed: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "status": "finished",
        "type": [{"coding": [{"system": SNOMED, "code": code, "display": display}]}],
        "subject": {"reference": "Patient/p1"},
        "period": {"start": "2026-03-01T23:30:00-05:00"},
        **changed,
    }


SHOT: dict[str, Any] = {
    "resourceType": "Immunization",
    "id": "i1",
    "status": "completed",
    "vaccineCode": {"coding": [{"system": CVX, "code": "08"}]},
    "patient": {"reference": "https://fhir.example/r4/Patient/p1/_history/3"},
    "occurrenceDateTime": "2026-03-01T23:30:00-05:00",
    "meta": {"lastUpdated": "2026-03-02T00:00:00Z"},
}


def ndjson(*resources: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(resource) + b"\n" for resource in resources)


def export(folder: Path, **files: bytes) -> Path:
    return write(folder / "export", **{f"{name}__ndjson": content for name, content in files.items()})


LOINC = "http://loinc.org"
SURVEY = [{"coding": [{"code": "survey"}]}]


def concept(system: str, code: str, display: str = "") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def updated(day: int) -> dict[str, Any]:
    """Return the meta of a resource that was last touched on this day of March."""
    return {"lastUpdated": f"2026-03-{day:02}T12:00:00Z"}


def about_ana(kind: str, id_: str, status: str, **said: Any) -> dict[str, Any]:
    who = "patient" if kind in ("EpisodeOfCare", "Consent", "Immunization") else "subject"
    return {"resourceType": kind, "id": id_, "status": status, who: {"reference": "Patient/p1"}, **said}


def screened(code: str, status: str = "final", **said: Any) -> dict[str, Any]:
    when = {"category": SURVEY, "effectiveDateTime": "2026-03-01T08:00:00-05:00"}
    return about_ana("Observation", "o1", status, code=concept(LOINC, code), **{**when, **said})


def diagnosed(code: str, clinical: str = "active", verified: str = "confirmed", **said: Any) -> dict[str, Any]:
    system, _, bare = code.rpartition("|")
    found = about_ana("Condition", "c1", "", code=concept(system, bare), onsetDateTime="2026-01-05", **said)
    status = {"clinicalStatus": concept("", clinical), "verificationStatus": concept("", verified)}
    return {**{key: value for key, value in found.items() if key != "status"}, **status}


def requested(status: str = "active", **said: Any) -> dict[str, Any]:
    asked = {"intent": "order", "code": {"text": "Referral to mental health"}, "authoredOn": "2026-02-01"}
    return about_ana("ServiceRequest", "s1", status, **{**asked, **said})


def task(id_: str, status: str, **said: Any) -> dict[str, Any]:
    focus = {"focus": {"reference": "ServiceRequest/s1"}}
    return {"resourceType": "Task", "id": id_, "status": status, **focus, **said}
