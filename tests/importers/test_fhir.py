"""What a clinic is promised of its FHIR export."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from cabinet.errors import FileUnreadable, RowInvalid
from cabinet.intake.rows import Kind
from cabinet.tables.terms import EncounterKind, RaceEthnicity, Sex
from tests.importers.fhir_samples import ANA, export, ndjson, spd15, visit
from tests.importers.reading import Reading, read, real, write, zipped


def only(reading: Reading, kind: Kind) -> Any:
    (row,) = reading.rows(kind)
    return row


@pytest.fixture
def ana(tmp_path: Path) -> Reading:
    return read("fhir", export(tmp_path, Patient=ndjson(ANA)))


def test_a_patient_becomes_a_child_under_the_official_name_and_present_address(ana: Reading) -> None:
    row = only(ana, Kind.CHILD)
    identity = row.identity
    assert (identity.given_name, identity.middle_name, identity.family_name) == ("Ana", "Luz Mar", "Reyes")
    assert (identity.address, identity.postal_code) == ("1 Elm St, Apt 2", "02903")
    assert (row.record_id, identity.sex, str(identity.birth_date)) == ("p1", Sex.FEMALE, "2018-03-04")


def test_only_identifiers_other_sectors_hold_too_are_identifiers(ana: Reading) -> None:
    assert only(ana, Kind.CHILD).identity.identifiers == {
        "DISTRICT_STUDENT_ID": "4711",
        "MEDICAID_ID": "MCD-7",
    }


def test_social_security_numbers_and_maiden_names_never_leave_the_file(ana: Reading) -> None:
    fields = orjson.dumps(dict(ana.raws[0].fields)).decode()
    assert not re.search(r"999-?12-?345\d", fields)
    assert "Zorrilla" not in fields
    assert "div" not in fields
    assert "M-1" in fields


def test_race_and_ethnicity_are_read_from_codes_together(ana: Reading) -> None:
    assert set(only(ana, Kind.CHILD).race_ethnicity) == {
        RaceEthnicity.WHITE,
        RaceEthnicity.BLACK_OR_AFRICAN_AMERICAN,
        RaceEthnicity.HISPANIC_OR_LATINO,
    }


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        ("Asian, White", {RaceEthnicity.ASIAN, RaceEthnicity.WHITE}),
        ("Hispanic or Latino", {RaceEthnicity.HISPANIC_OR_LATINO}),
        ("Not Hispanic or Latino", set()),
        ("Asked but unknown", set()),
    ],
)
def test_race_and_ethnicity_in_words_are_read_and_no_is_never_yes(
    tmp_path: Path, text: str, categories: set[RaceEthnicity]
) -> None:
    patient = {**ANA, "extension": [spd15("us-core-race", text=text)]}
    reading = read("fhir", export(tmp_path, Patient=ndjson(patient)))
    assert set(only(reading, Kind.CHILD).race_ethnicity) == categories


def test_patients_come_first_whatever_the_files_are_called(tmp_path: Path) -> None:
    check_up = visit(1, "185349003", "Check up")
    parts = export(tmp_path, A=ndjson(check_up, ANA), Z=ndjson({**ANA, "id": "p2"}))
    assert [str(raw.kind) for raw in read("fhir", parts).raws] == ["child", "child", "encounter"]
    assert read("fhir", zipped(parts)).raws == read("fhir", parts).raws


def test_a_broken_line_costs_itself_only_and_is_reported_once(tmp_path: Path) -> None:
    broken = b'{"resourceType": "Patient", \n[]\n' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"\n"
    reading = read("fhir", export(tmp_path, Patient=broken + ndjson(ANA)))
    assert [(oddity.line, type(oddity.problem)) for oddity in reading.wrong()] == [
        (1, RowInvalid),
        (2, RowInvalid),
        (3, RowInvalid),
    ]
    assert [raw.line for raw in reading.raws] == [4]


def test_a_resource_of_any_shape_is_read_without_a_crash(tmp_path: Path) -> None:
    odd = {
        "resourceType": "Patient",
        "id": 5,
        "name": "Ana",
        "identifier": [7, None],
        "extension": {"url": []},
    }
    worse = {"resourceType": "Encounter", "status": "finished", "type": "check up", "subject": []}
    reading = read("fhir", export(tmp_path, Patient=ndjson(odd, worse)))
    assert [dict(raw.fields["identity"]) for raw in reading.raws] == [{}]


def test_a_bundle_ties_its_entries_by_full_url(tmp_path: Path) -> None:
    patient = {key: value for key, value in ANA.items() if key != "id"}
    check_up = visit(1, "185349003", "Check up", subject={"reference": "urn:uuid:0-1"})
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": check_up}, {"fullUrl": "urn:uuid:0-1", "resource": patient}, {"request": {}}],
    }
    path = tmp_path / "bundle.json"
    path.write_bytes(orjson.dumps(bundle))
    reading = read("fhir", path)
    assert only(reading, Kind.CHILD).record_id == "0-1"
    assert only(reading, Kind.ENCOUNTER).child.source_id == "0-1"
    assert [(oddity.line, oddity.problem.code) for oddity in reading.wrong()] == [(3, "ROW_INVALID")]


def test_a_folder_without_fhir_and_a_file_that_is_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="no NDJSON"):
        read("fhir", write(tmp_path / "empty", kids="id\n"))
    with pytest.raises(FileUnreadable, match="not JSON"):
        read("fhir", write(tmp_path / "broken", Bundle__json="{"))


def test_of_several_files_a_broken_one_costs_itself_only(tmp_path: Path) -> None:
    reading = read("fhir", write(tmp_path / "some", a__json="{", b__json=ndjson(ANA), c__json="7"))
    assert [raw.file for raw in reading.raws] == ["b.json"]
    assert [(oddity.file, oddity.line) for oddity in reading.wrong()] == [("a.json", 1), ("c.json", 1)]


def test_a_real_export_of_73_children_is_read_whole() -> None:
    reading = read("fhir", real("fhir", "synthea-ma-children", "ndjson"))
    assert reading.all_sound()
    kinds = [raw.fields["kind"] for raw in reading.of(Kind.ENCOUNTER)]
    assert len(reading.of(Kind.CHILD)) == 73
    assert (kinds.count(EncounterKind.IMMUNIZATION), kinds.count(EncounterKind.VISIT)) == (1821, 937)
    passed_over = sum(
        o.count for o in reading.oddities if o.file == "Encounter.ndjson" and o.column in ("type", "status")
    )
    assert passed_over + kinds.count(EncounterKind.VISIT) == 1434
    fields = orjson.dumps([dict(raw.fields) for raw in reading.of(Kind.CHILD)])
    assert not re.search(rb"999-\d{2}-\d{4}|MaidenName", fields)


def test_official_examples_are_read_or_reported_but_never_crash() -> None:
    reading = read("fhir", real("fhir", "hl7-r4-examples"))
    assert len(reading.of(Kind.CHILD)) == 21
    assert "A Patient that is an animal was passed over." in reading.messages()
