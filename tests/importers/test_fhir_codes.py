"""What a community is promised of its own codes: they are said in a file, and none is passed over in silence."""

from pathlib import Path
from typing import Any

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers.code_files import CodeFile
from cabinet.importers.fhir_codes import SECTIONS, read_codes
from cabinet.importers.fhir_race import RACE_URLS
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
        ("[sexes]\nf = 'LADY'\n", r"\[sexes\] 'f' cannot mean 'LADY'"),
        ("[races]\n'x|1' = 'BLUE'\n", "cannot mean 'BLUE'"),
        ("[race_words]\n'年' = 'ASIAN'\n", "no words"),
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


RACES = """
[sexes]
"weiblich" = "FEMALE"
"other" = "UNKNOWN"
[races]
"https://clinic.example/races|W" = "WHITE"
"cdcrec|2148-5" = ""
"cdcrec|2118-8" = "WHITE"
[race_words]
"Latinx" = "HISPANIC_OR_LATINO"
"""


def patient(number: int, *parts: dict[str, Any], **changed: Any) -> dict[str, Any]:
    extension = [{"url": RACE_URLS[0], "extension": [*parts]}] if parts else []
    return {"resourceType": "Patient", "id": f"p{number}", "extension": extension, **changed}


def coding(code: str, system: str = "", url: str = "ombCategory", display: str = "") -> dict[str, Any]:
    return {"url": url, "valueCoding": {"system": system, "code": code, "display": display}}


def races(found: Reading) -> list[tuple[str, ...]]:
    return [tuple(raw.fields.get("race_ethnicity", ())) for raw in found.of(Kind.CHILD)]


def test_a_community_says_what_its_races_and_sexes_mean(tmp_path: Path) -> None:
    people = [
        patient(1, coding("w", "https://clinic.example/races"), gender="Weiblich"),
        patient(2, coding("2148-5", url="detailed"), gender="other"),
        patient(3, coding("2119-6", url="detailed")),
        patient(4, {"url": "text", "valueString": "latinx; Asian"}),
    ]
    found = mapped(tmp_path, RACES, *people)
    assert races(found) == [("WHITE",), (), ("WHITE",), ("HISPANIC_OR_LATINO", "ASIAN")]
    assert [raw.fields["identity"].get("sex") for raw in found.of(Kind.CHILD)] == ["FEMALE", "UNKNOWN", None, None]
    assert found.messages() == ["Patient.extension us-core-race: 2148-5 has no home here."]


@pytest.mark.parametrize("gender", ["Female", "FEMALE", " female "])
def test_a_gender_is_read_in_any_case(tmp_path: Path, gender: str) -> None:
    found = mapped(tmp_path, "", patient(1, gender=gender))
    assert (found.raws[0].fields["identity"]["sex"], found.oddities) == ("FEMALE", [])


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"gender": "femme"}, "Patient.gender: 'femme' has no meaning here."),
        ({"gender": ["male"]}, "Patient.gender: \"['male']\" has no meaning here."),
        (
            coding("9999-9", display="Martian"),
            "Patient.extension us-core-race: 9999-9 'Martian' has no meaning here.",
        ),
        (coding("2148-6", url="detailed"), "Patient.extension us-core-race: 2148-6 has no meaning here."),
        (
            coding("2148-5", "http://snomed.info/sct"),
            "Patient.extension us-core-race: 2148-5 has no meaning here.",
        ),
        (coding("", display="Martian"), "Patient.extension us-core-race: 'Martian' has no meaning here."),
        (coding("2186-5"), "Patient.extension us-core-race: 2186-5 has no home here."),
        (
            {"url": "text", "valueString": "Martian"},
            "Patient.extension us-core-race: 'Martian' has no meaning here.",
        ),
        ({"url": "text", "valueString": "年"}, "Patient.extension us-core-race: '年' has no meaning here."),
        ({"url": "text", "valueCode": "W"}, "Patient.extension us-core-race has no code and no text."),
    ],
)
def test_a_sex_or_race_nobody_knows_is_reported_once_with_its_place_and_number(
    tmp_path: Path, part: dict[str, Any], said: str
) -> None:
    people = [patient(n, **part) if "gender" in part else patient(n, part) for n in (1, 2)]
    found = mapped(tmp_path, "", *people)
    where = "gender" if "gender" in part else "extension"
    assert [(o.problem.message, o.line, o.column, o.count) for o in found.oddities] == [(said, 1, where, 2)]
    assert ("--mapping" in found.oddities[0].problem.hint) is ("no meaning" in said)
    assert (races(found), len(found.raws)) == ([(), ()], 2)


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("2148-5", "HISPANIC_OR_LATINO"),  # Mexican
        ("1735-0", "AMERICAN_INDIAN_OR_ALASKA_NATIVE"),  # Alaska Native
        ("2034-7", "ASIAN"),  # Chinese
        ("2058-6", "BLACK_OR_AFRICAN_AMERICAN"),  # African American
        ("2079-2", "NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER"),  # Native Hawaiian
        ("2500-7", "NATIVE_HAWAIIAN_OR_PACIFIC_ISLANDER"),  # Other Pacific Islander
        ("2108-9", "WHITE"),  # European
        ("2123-8", "MIDDLE_EASTERN_OR_NORTH_AFRICAN"),  # Lebanese
    ],
)
@pytest.mark.parametrize("system", ["", "urn:oid:2.16.840.1.113883.6.238"])
def test_a_detailed_code_alone_means_the_category_it_is_below(
    tmp_path: Path, code: str, category: str, system: str
) -> None:
    found = mapped(tmp_path, "", patient(1, coding(code, system, url="detailed")))
    assert (races(found), found.oddities) == ([(category,)], [])


def test_any_other_extension_of_a_patient_is_counted_and_a_maiden_name_never_kept(tmp_path: Path) -> None:
    maiden = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
    people = [patient(n, extension=[{"url": "urn:x", "valueString": "y"}, {"url": maiden}]) for n in (1, 2)]
    found = mapped(tmp_path, "", *people)
    assert [(o.problem.message, o.column, o.count) for o in found.oddities] == [
        ("Patient.extension 'urn:x' has no home here; it is kept as received.", "extension", 2),
        (f"Patient.extension {maiden!r} has no home here and is never kept.", "extension", 2),
    ]
    assert found.raws[0].fields["payload"]["extension"] == [{"url": "urn:x", "valueString": "y"}]


def test_a_code_is_found_in_any_case_by_its_systems_name_or_address() -> None:
    codes = read_codes()
    for written in ("icd10|J45.20", "ICD10|j45.20", "http://hl7.org/fhir/sid/icd-10-cm|J45.20"):
        assert codes.find("conditions", written) == "ASTHMA_MANAGEMENT"
    for unknown in ("J45.20", "", "|", "snomed|", "icd10|", "icd10|J4"):
        assert all(codes.find(section, unknown) is None for section in SECTIONS)
