"""What a clinic is promised of screenings and diagnoses: a need where there is one, and nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from cabinet.intake.rows import Kind
from cabinet.tables.terms import EncounterKind, NeedBasis
from tests.importers.fhir_samples import (
    LOINC,
    SNOMED,
    about_ana,
    concept,
    diagnosed,
    export,
    ndjson,
    screened,
    updated,
)
from tests.importers.reading import Reading, read

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
POSITIVE, NEGATIVE = concept(SNOMED, "10828004"), concept(SNOMED, "260385009")
NEVER = "2026-03-01"


def reading(folder: Path, *resources: dict[str, Any]) -> Reading:
    return read("fhir", export(folder, All=ndjson(*resources)))


def needs(found: Reading) -> list[tuple[str, str, str | None]]:
    rows: list[Any] = list(found.rows(Kind.NEED))
    return [(row.service_type, str(row.opened), str(row.resolved) if row.resolved else None) for row in rows]


@pytest.mark.parametrize(
    ("code", "said", "service_type"),
    [
        ("44261-6", {"valueQuantity": {"value": 10}}, "BEHAVIORAL_HEALTH"),
        ("44261-6", {"valueInteger": 27}, "BEHAVIORAL_HEALTH"),
        ("44261-6", {"valueQuantity": {"value": 9.5}}, None),
        ("88124-3", {"valueCodeableConcept": concept(LOINC, "LA19952-3")}, "NUTRITION"),
        ("88124-3", {"valueCodeableConcept": concept(LOINC, "LA19983-8")}, None),
        ("73831-0", {"valueCodeableConcept": POSITIVE}, "BEHAVIORAL_HEALTH"),
        ("73831-0", {"interpretation": [{"coding": [{"system": "urn:x", "code": "POS"}]}]}, None),
        ("63513-6", {"valueCodeableConcept": concept(LOINC, "LA32-8")}, "INSURANCE_ENROLLMENT"),
        ("88122-7", {"valueCodeableConcept": concept(LOINC, "LA32-8")}, None),
    ],
)
def test_a_positive_screening_is_a_need_by_its_answer_or_score(
    tmp_path: Path, code: str, said: dict[str, Any], service_type: str | None
) -> None:
    found = reading(tmp_path, screened(code, **said))
    assert needs(found) == ([(service_type, "2026-03-01", None)] if service_type else [])
    assert bool(found.oddities) is (service_type is None)
    assert not found.of(Kind.ENCOUNTER)


def test_the_source_may_say_itself_what_it_makes_of_a_screening(tmp_path: Path) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    low_but_positive = screened("73831-0", interpretation=[concept(system, "POS")])
    (row,) = reading(tmp_path, low_but_positive).rows(Kind.NEED)
    assert (row.record_id, row.basis, row.child.source_id) == ("Observation/o1", NeedBasis.SCREENING, "p1")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"valueQuantity": {"value": 12, "comparator": "<"}},
        {"valueQuantity": {"value": True}},
        {"valueQuantity": {"value": "NaN"}},
        {"valueString": "rather low"},
        {"valueCodeableConcept": concept(LOINC, "LA0-0")},
        {"valueCodeableConcept": "yes"},
    ],
)
def test_a_result_that_cannot_be_told_is_reported_and_never_a_need(tmp_path: Path, said: dict[str, Any]) -> None:
    found = reading(tmp_path, screened("44261-6", **said))
    assert not found.raws
    assert [(o.problem.code, o.line, o.column) for o in found.oddities] == [("CODE_UNKNOWN", 1, "value")]


def test_each_answer_of_a_panel_is_a_screening_of_its_own(tmp_path: Path) -> None:
    parts = [
        {"code": concept(LOINC, "88124-3"), "valueCodeableConcept": concept(LOINC, "LA19952-3")},
        {"code": concept(LOINC, "55758-7"), "valueInteger": 3},
        {"code": concept(LOINC, "44261-6"), "valueInteger": 3},
    ]
    found = reading(tmp_path, screened("96777-8", component=parts))
    assert [row.record_id for row in found.rows(Kind.NEED)] == [
        "Observation/o1/loinc|88124-3",
        "Observation/o1/loinc|55758-7",
    ]
    assert found.messages() == ["A screening loinc|44261-6 that found no need was passed over."]


def test_being_screened_counts_as_served_only_where_screening_is_the_service(tmp_path: Path) -> None:
    heard = screened("54109-4", valueCodeableConcept=NEGATIVE, category=[{"coding": [{"code": "exam"}]}])
    (row,) = reading(tmp_path, heard).rows(Kind.ENCOUNTER)
    assert (row.service_type, row.kind, row.code) == (
        "HEARING_SCREENING",
        EncounterKind.SCREENING,
        "loinc|54109-4",
    )
    asleep = screened("54109-4", dataAbsentReason=concept("", "not-performed"))
    assert not reading(tmp_path, asleep).raws


@pytest.mark.parametrize("status", ["registered", "preliminary", "cancelled", "unknown", ""])
def test_a_screening_that_is_not_done_is_counted_only(tmp_path: Path, status: str) -> None:
    found = reading(tmp_path, screened("44261-6", status, valueInteger=20))
    assert not found.raws
    assert found.about("All.ndjson") == [(1, "status", 1)]


@pytest.mark.parametrize(
    ("status", "score"), [("amended", 2), ("corrected", 2), ("entered-in-error", 20), ("entered-in-error", None)]
)
def test_a_screening_taken_back_is_a_need_that_never_held(tmp_path: Path, status: str, score: int | None) -> None:
    wrong = screened("44261-6", status, meta=updated(9), **({"valueInteger": score} if score else {}))
    assert needs(reading(tmp_path, wrong)) == [("BEHAVIORAL_HEALTH", NEVER, NEVER)]
    right = screened("44261-6", "amended", valueInteger=20)
    assert needs(reading(tmp_path, right)) == [("BEHAVIORAL_HEALTH", "2026-03-01", None)]


def test_observations_that_are_no_screening_are_counted_by_category_and_unknown_ones_by_code(
    tmp_path: Path,
) -> None:
    weights = [screened("29463-7", id=f"w{n}", category=[concept("", "vital-signs")]) for n in range(3)]
    smoking = screened("72166-2", id="t")
    strange = [screened("0-0", id=f"s{n}") for n in range(2)]
    found = reading(tmp_path, *weights, smoking, *strange)
    assert not found.raws
    assert found.about("All.ndjson") == [(1, "category", 3), (4, "code", 1), (5, "code", 2)]
    assert [o.problem.code for o in found.oddities] == ["ROW_PROBLEM", "ROW_PROBLEM", "CODE_UNKNOWN"]


@pytest.mark.parametrize(
    ("code", "service_type"),
    [
        (f"{SNOMED}|233678006", "ASTHMA_MANAGEMENT"),
        (f"{ICD10}|J45.909", "ASTHMA_MANAGEMENT"),
        (f"{ICD10}|J45", "ASTHMA_MANAGEMENT"),
        (f"{ICD10}|F90.0", "BEHAVIORAL_HEALTH"),
        (f"{ICD10}|Z59.41", "NUTRITION"),
        (f"{ICD10}|Z59.48", None),
        (f"{ICD10}|J4", None),
        (f"{SNOMED}|444814009", None),
        ("|233678006", None),
    ],
)
def test_a_condition_is_a_need_where_the_mapping_names_one(
    tmp_path: Path, code: str, service_type: str | None
) -> None:
    found = reading(tmp_path, diagnosed(code))
    assert needs(found) == ([(service_type, "2026-01-05", None)] if service_type else [])
    assert [(o.problem.code, o.column) for o in found.oddities] == (
        [] if service_type else [("CODE_UNKNOWN", "code")]
    )


ASTHMA = f"{SNOMED}|195967001"


@pytest.mark.parametrize(
    ("said", "resolved"),
    [
        ({"clinical": "relapse"}, None),
        ({"clinical": "resolved", "abatementDateTime": "2026-02-01T10:00:00Z"}, "2026-02-01"),
        ({"clinical": "remission", "abatementPeriod": {"end": "2026-02-03"}}, "2026-02-03"),
        ({"clinical": "inactive", "meta": updated(4)}, "2026-03-04"),
        ({"clinical": "resolved", "abatementString": "last winter"}, "2026-01-05"),
        ({"verified": "entered-in-error"}, "2026-01-05"),
        ({"verified": "refuted", "abatementDateTime": "2026-02-01"}, "2026-01-05"),
    ],
)
def test_a_need_lasts_as_long_as_its_condition(tmp_path: Path, said: dict[str, Any], resolved: str | None) -> None:
    assert needs(reading(tmp_path, diagnosed(ASTHMA, **said))) == [("ASTHMA_MANAGEMENT", "2026-01-05", resolved)]


def test_what_nobody_is_sure_of_is_no_need(tmp_path: Path) -> None:
    found = reading(tmp_path, *(diagnosed(ASTHMA, verified=v) for v in ("provisional", "unconfirmed")))
    assert not found.raws
    assert found.about("All.ndjson") == [(1, "verificationStatus", 1), (2, "verificationStatus", 1)]


def test_a_day_is_taken_before_a_year_and_a_year_alone_is_refused_by_its_row(tmp_path: Path) -> None:
    vague = {**diagnosed(ASTHMA, recordedDate="2026-01-09"), "onsetDateTime": "2025"}
    assert needs(reading(tmp_path, vague)) == [("ASTHMA_MANAGEMENT", "2026-01-09", None)]
    (raw,) = reading(tmp_path, {**vague, "recordedDate": ""}).raws
    assert raw.fields["opened"] == "2025"


def test_resources_of_any_shape_are_read_without_a_crash(tmp_path: Path) -> None:
    odd = [
        {"resourceType": kind, "id": 7, "status": "final", "code": shape, "category": shape, "component": shape}
        for kind in ("Observation", "Condition", "ServiceRequest", "Task", "CarePlan", "EpisodeOfCare")
        for shape in (None, [], [[]], "x", 7, {"coding": {"code": 5}}, {"coding": [None, "x"]})
    ]
    found = reading(tmp_path, *odd, about_ana("Observation", "o", "final", meta="new", valueQuantity=[]))
    assert not found.raws
    assert sum(o.count for o in found.oddities) == len(odd) + 1
