"""Guardians and telephone numbers come along where a format has them: linkage goes by them."""

from pathlib import Path
from typing import Any

from cabinet.importers.oneroster import CODES
from cabinet.importers.oneroster_student import child_fields
from cabinet.importers.word_codes import read_words
from cabinet.intake.rows import Kind
from tests.importers.fhir_samples import ANA, export, ndjson
from tests.importers.reading import read

WORDS = read_words(CODES)
CONTACT = {
    "relationship": [{"text": "Mother"}],
    "name": {"family": "Reyes", "given": ["Rosa", "María"]},
    "telecom": [{"system": "phone", "value": "617-555-0101"}, {"system": "email", "value": "rosa@example.org"}],
}


def identity(folder: Path, **said: Any) -> Any:
    (row,) = read("fhir", export(folder, Patient=ndjson({**ANA, **said}))).rows(Kind.CHILD)
    return row.identity


def test_a_patient_names_its_contacts_and_its_present_numbers(tmp_path: Path) -> None:
    telecom = [
        {"system": "phone", "use": "home", "value": "617-555-0101"},
        {"system": "sms", "value": "617-555-0102"},
        {"system": "phone", "use": "old", "value": "617-555-0199"},
        {"system": "phone"},
    ]
    found = identity(tmp_path, telecom=telecom, contact=[CONTACT, {"name": {"text": "Luis Reyes"}}, {}])
    assert found.guardians == ("Rosa María Reyes", "Luis Reyes")
    assert found.phones == ("617-555-0101", "617-555-0102")


def test_of_very_many_numbers_the_first_count_and_the_row_is_taken(tmp_path: Path) -> None:
    telecom = [{"system": "phone", "value": f"617-555-{number:04}"} for number in range(40)]
    assert len(identity(tmp_path, telecom=telecom).phones) == 10


def test_a_student_brings_the_numbers_of_users_csv_once_each() -> None:
    users = {"givenName": "Ana", "familyName": "Reyes", "phone": "617-555-0101", "sms": "617-555-0101"}
    assert child_fields("u1", {"users": users}, WORDS, None, None)["identity"]["phones"] == ("617-555-0101",)
    assert "phones" not in child_fields("u1", {"users": {"givenName": "Ana"}}, WORDS, None, None)["identity"]
