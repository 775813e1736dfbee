"""Which visits and immunizations a clinic is promised to see counted, and as what."""

from pathlib import Path

import pytest

from cabinet.intake.rows import MODELS, Kind
from cabinet.tables.terms import EncounterKind
from tests.importers.fhir_samples import SHOT, export, ndjson, visit
from tests.importers.reading import read


def test_visits_and_immunizations_become_encounters_on_their_local_day(tmp_path: Path) -> None:
    check_up = visit(1, "185349003", "Encounter for check up (procedure)")
    reading = read("fhir", export(tmp_path, Encounter=ndjson(check_up), Immunization=ndjson(SHOT)))
    well, shot = reading.rows(Kind.ENCOUNTER)
    assert (well.record_id, well.service_type, well.kind) == (
        "Encounter/e1",
        "WELL_CHILD_VISIT",
        EncounterKind.VISIT,
    )
    assert (str(well.occurred_on), well.child.source_id) == ("2026-03-01", "p1")
    assert (shot.record_id, shot.service_type, shot.code) == ("Immunization/i1", "IMMUNIZATION", "cvx|08")
    assert (shot.child.source_id, shot.record_version) == ("p1", 1772409600000)


@pytest.mark.parametrize(
    ("display", "service_type"),
    [
        ("Encounter for 'check-up'", "WELL_CHILD_VISIT"),
        ("Well-child visit", "WELL_CHILD_VISIT"),
        ("Dental care", "DENTAL"),
        ("Asthma follow-up", "ASTHMA_MANAGEMENT"),
        ("Emergency hospital admission for asthma", None),
        ("Accidental fall", None),
    ],
)
def test_a_visit_counts_as_what_its_type_says_plainly(
    tmp_path: Path, display: str, service_type: str | None
) -> None:
    reading = read("fhir", export(tmp_path, Encounter=ndjson(visit(1, "0", display))))
    assert [raw.fields["service_type"] for raw in reading.raws] == ([service_type] if service_type else [])


def test_a_visit_may_say_its_service_beside_its_type(tmp_path: Path) -> None:
    routine = visit(1, "0", "Office visit", serviceType={"text": "Pediatric dental care"})
    assert [
        row.service_type for row in read("fhir", export(tmp_path, E=ndjson(routine))).rows(Kind.ENCOUNTER)
    ] == ["DENTAL"]


def test_a_long_label_does_not_fill_the_report(tmp_path: Path) -> None:
    (told,) = read("fhir", export(tmp_path, E=ndjson(visit(1, "0", "seen " * 500)))).messages()
    assert len(told) < 150


def test_what_has_no_home_is_reported_once_with_its_number(tmp_path: Path) -> None:
    encounters = [visit(n, "1", "Encounter for symptom") for n in range(3)]
    planned = [visit(n, "185349003", "Check up", status="planned") for n in (4, 5)]
    files = {
        "Encounter": ndjson(*encounters, *planned),
        "Observation": ndjson({"resourceType": "Observation"}),
    }
    reading = read("fhir", export(tmp_path, **files))
    assert not reading.raws
    assert reading.about("Encounter.ndjson") == [(1, "type", 3), (4, "status", 2)]
    assert reading.about("Observation.ndjson") == [(1, "category", 1)]


def test_a_date_in_words_reaches_the_row_for_it_to_refuse(tmp_path: Path) -> None:
    said = {key: value for key, value in SHOT.items() if key != "occurrenceDateTime"}
    reading = read("fhir", export(tmp_path, Immunization=ndjson({**said, "occurrenceString": "January 2012"})))
    with pytest.raises(ValueError, match="not a date"):
        MODELS[Kind.ENCOUNTER].model_validate(reading.raws[0].fields)
