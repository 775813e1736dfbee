"""What a community is promised of its own codes: they are said in a file, and none is passed over in silence."""

from pathlib import Path
from typing import Any

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers.code_files import CodeFile
from cabinet.importers.fhir_codes import SECTIONS, read_codes
from cabinet.importers.format import Oddity
from cabinet.importers.load import find_format
from cabinet.intake.rows import Kind, Raw
from tests.importers.fhir_samples import (
    CVX,
    LOINC,
    SHOT,
    concept,
    diagnosed,
    export,
    ndjson,
    requested,
    screened,
    visit,
)
from tests.importers.reading import Reading

MAPPING = """
[services]
"https://clinic.example/types|WCC" = "WELL_CHILD_VISIT"
"snomed|185349003" = ""
[service_phrases]
"Dental pain" = ""
"Sonrisa" = "DENTAL"
[conditions]
"icd10|J45.99" = ""
"http://hl7.org/fhir/sid/icd-10-cm|L20" = "CARE_COORDINATION"
[screening_needs]
"loinc|71802-3" = "CARE_COORDINATION"
[thresholds]
"loinc|44261-6" = "5.5"
[answers]
"loinc|71802-3 loinc|LA31994-9" = "POSITIVE"
[vaccines]
"cvx|08" = ""
"""


def mapped(folder: Path, mapping: str, *resources: dict[str, Any]) -> Reading:
    path = folder / "ours.toml"
    path.write_text(mapping)
    items = list(find_format("fhir").reader(None, CodeFile.at(path))(export(folder, All=ndjson(*resources))))
    return Reading([i for i in items if isinstance(i, Raw)], [i for i in items if isinstance(i, Oddity)])


def service_types(found: Reading, kind: Kind) -> list[str]:
    return [row.service_type for row in found.rows(kind)]


def test_a_community_says_what_its_codes_mean_and_its_word_counts_before_ours(tmp_path: Path) -> None:
    own = {"type": [concept("https://clinic.example/types", "wcc")]}
    visits = [
        {**visit(1, "0", ""), **own},
        visit(2, "185349003", "Check up"),
        visit(3, "0", "Dental pain, emergency"),
        visit(4, "0", "Programa Sonrisa"),
    ]
    icd10 = "http://hl7.org/fhir/sid/icd-10-cm"
    conditions = [diagnosed(f"{icd10}|{code}", id=code) for code in ("J45.998", "J45.2", "L20.9")]
    housing = screened("71802-3", valueCodeableConcept=concept(LOINC, "LA31994-9"))
    mood = {**screened("44261-6", valueInteger=6), "id": "o2"}
    found = mapped(tmp_path, MAPPING, *visits, *conditions, housing, mood, SHOT)
    assert service_types(found, Kind.ENCOUNTER) == ["WELL_CHILD_VISIT", "DENTAL"]
    assert service_types(found, Kind.NEED) == [
        "ASTHMA_MANAGEMENT",
        "CARE_COORDINATION",
        "CARE_COORDINATION",
        "BEHAVIORAL_HEALTH",
    ]
    assert sum(o.count for o in found.oddities) == 4
    assert not [o for o in found.oddities if o.problem.code == "CODE_UNKNOWN"]


def test_a_code_nobody_knows_is_reported_with_its_place_and_counted(tmp_path: Path) -> None:
    strange = {"code": concept("urn:x", "9", "Something else")}
    found = mapped(tmp_path, "", visit(1, "1", "Symptom"), visit(2, "1", "Symptom"), requested(**strange))
    unknown = [(o.problem.code, o.file, o.line, o.column, o.count) for o in found.oddities]
    assert unknown == [
        ("CODE_UNKNOWN", "All.ndjson", 1, "type", 2),
        ("CODE_UNKNOWN", "All.ndjson", 3, "code", 1),
    ]
    assert found.messages()[1] == "ServiceRequest.code: urn:x|9 'Something else' has no meaning here."
    assert all("--mapping" in o.problem.hint for o in found.oddities)


@pytest.mark.parametrize(
    ("vaccine", "counts"), [("08", True), ("999", True), ("no-such-code", True), ("998", False), ("98", False)]
)
def test_an_immunization_counts_unless_nothing_was_given(tmp_path: Path, vaccine: str, *, counts: bool) -> None:
    found = mapped(tmp_path, "", {**SHOT, "vaccineCode": concept(CVX, vaccine)})
    assert (len(found.raws), len(found.oddities)) == ((1, 0) if counts else (0, 1))


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ("[conditions]\n'icd10|J45' = 'WIZARDRY'\n", r"\[conditions\] 'icd10\|J45' cannot mean 'WIZARDRY'"),
        ("[answers]\nx = 'YES'\n", "cannot mean 'YES'"),
        ("[thresholds]\nx = 'ten'\n", "cannot mean 'ten'"),
        ("[thresholds]\nx = 'NaN'\n", "cannot mean 'NaN'"),
        ("[thresholds]\nx = 10\n", "cannot mean 10"),
        ("[contact_kinds]\nVISION = 'PARTY'\n", "cannot mean 'PARTY'"),
        ("[service_phrases]\n'年' = 'DENTAL'\n", "no words"),
        ("[colours]\nred = 'x'\n", r"no section \[colours\]"),
        ("services = 'x'\n", r"no section \[services\]"),
        ("[services\n", "not TOML"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_by_line_or_code(
    tmp_path: Path, mapping: str, problem: str
) -> None:
    with pytest.raises(FileUnreadable, match=problem) as refused:
        mapped(tmp_path, mapping)
    assert refused.value.message.startswith("ours.toml")


def test_a_code_is_found_in_any_case_by_its_systems_name_or_address() -> None:
    codes = read_codes()
    for written in ("icd10|J45.20", "ICD10|j45.20", "http://hl7.org/fhir/sid/icd-10-cm|J45.20"):
        assert codes.find("conditions", written) == "ASTHMA_MANAGEMENT"
    for unknown in ("J45.20", "", "|", "snomed|", "icd10|", "icd10|J4"):
        assert all(codes.find(section, unknown) is None for section in SECTIONS)
