"""What a school district is promised of its Ed-Fi export: its schools, its students, and what is said of them."""

from itertools import permutations
from pathlib import Path

import orjson
import pytest

from cabinet.errors import FileUnreadable
from cabinet.intake.rows import MODELS, ChildRow, Kind
from cabinet.tables.terms import RaceEthnicity, Sex
from tests.importers.edfi_samples import (
    ANA,
    BO,
    DISTRICT,
    ELM,
    OAK,
    association,
    export,
    interchange,
    said_of,
    stay,
    student_is,
)
from tests.importers.reading import Reading, read, write, zipped

RACE, HOME = "uri://ed-fi.org/RaceDescriptor", "uri://ed-fi.org/AddressTypeDescriptor#Home"


@pytest.fixture
def district(tmp_path: Path) -> Reading:
    return read("edfi", export(tmp_path))


def child(reading: Reading, record_id: str = "4711") -> ChildRow:
    (found,) = [row for row in reading.rows(Kind.CHILD) if row.record_id == record_id]
    return found


def characteristics(reading: Reading, record_id: str = "4711") -> list[tuple[str, str, str, str | None]]:
    said = child(reading, record_id).characteristics
    return [(c.kind, c.value, str(c.begins), str(c.ends) if c.ends else None) for c in said]


def with_student(folder: Path, *records: str, **changed: str) -> Reading:
    """Read the district with these records beside the students'."""
    return read("edfi", export(folder, StudentMore=interchange(*records), **changed))


def test_the_district_comes_before_its_schools_and_they_before_their_students(district: Reading) -> None:
    kinds = dict.fromkeys(str(raw.kind) for raw in district.raws)
    assert list(kinds) == ["organization", "location", "school", "program", "service", "child", "enrollment"]
    (organization,) = district.rows(Kind.ORGANIZATION)
    assert (organization.code, organization.source_id, organization.sector) == (
        "rio-verde-schools",
        "500",
        "EDUCATION",
    )
    schools = [(s.code, s.organization, s.location, s.grades) for s in district.rows(Kind.SCHOOL)]
    assert schools == [
        ("500001", "rio-verde-schools", "school-500001", ("KG", "01")),
        ("500002", "rio-verde-schools", None, ()),
    ]


def test_a_school_is_where_children_come_to_not_where_its_mail_goes(district: Reading) -> None:
    (place,) = district.rows(Kind.LOCATION)
    assert (place.address, place.postal_code) == ("1 Elm St, Río Verde, MA", "02101")
    assert (place.latitude, place.longitude) == (42.36, -71.06)


def test_a_student_is_joined_with_school_grade_and_school_year(district: Reading) -> None:
    ana = child(district)
    assert (ana.identity.given_name, ana.identity.middle_name, ana.identity.family_name) == ("Ana", "Luz", "Reyes")
    assert (str(ana.identity.birth_date), ana.identity.identifiers) == (
        "2018-03-04",
        {"DISTRICT_STUDENT_ID": "4711"},
    )
    assert (ana.school_year, ana.grade, ana.school) == (2027, "01", "500001")
    assert child(district, "4712").identity.sex is Sex.MALE


def test_the_record_is_kept_as_received_but_for_what_must_never_be_kept(district: Reading) -> None:
    assert child(district).payload["BirthData"] == {"BirthDate": "2018-03-04", "BirthCity": "Quito"}
    text = orjson.dumps([dict(raw.fields) for raw in district.raws])
    assert b"Secret" not in text
    assert b"Passport" not in text


def test_what_an_organization_says_of_a_student_is_read(tmp_path: Path) -> None:
    said = said_of(
        "4711",
        "<Sex>uri://ed-fi.org/SexDescriptor#Female</Sex>",
        "<HispanicLatinoEthnicity>true</HispanicLatinoEthnicity>",
        f"<Race>{RACE}#White</Race><Race>{RACE}#Middle Eastern or North African</Race>",
        "<Address><StreetNumberName>2 Oak St</StreetNumberName><City>Río Verde</City>"
        f"<PostalCode>02102</PostalCode><AddressType>{HOME}</AddressType></Address>",
    )
    ana = child(with_student(tmp_path, said))
    assert ana.identity.sex is Sex.FEMALE
    assert (ana.identity.address, ana.identity.postal_code) == ("2 Oak St, Río Verde", "02102")
    assert set(ana.race_ethnicity) == {
        RaceEthnicity.HISPANIC_OR_LATINO,
        RaceEthnicity.MIDDLE_EASTERN_OR_NORTH_AFRICAN,
        RaceEthnicity.WHITE,
    }


def test_not_hispanic_and_an_unanswered_race_add_no_category(tmp_path: Path) -> None:
    said = said_of(
        "4711",
        f"<HispanicLatinoEthnicity>false</HispanicLatinoEthnicity><Race>{RACE}#Choose Not to Respond</Race>",
    )
    reading = with_student(tmp_path, said)
    assert child(reading).race_ethnicity == ()
    assert "The code 'Choose Not to Respond' of Race has no home here." in reading.messages()


def test_a_characteristic_has_its_periods_or_those_of_the_school(tmp_path: Path) -> None:
    def item(code: str, *periods: tuple[str, str]) -> str:
        text = "".join(
            f"<Period><BeginDate>{begins}</BeginDate>{f'<EndDate>{ends}</EndDate>' if ends else ''}</Period>"
            for begins, ends in periods
        )
        descriptor = f"uri://ed-fi.org/StudentCharacteristicDescriptor#{code}"
        inner = f"<StudentCharacteristic>{descriptor}</StudentCharacteristic>{text}"
        return f"<StudentCharacteristic>{inner}</StudentCharacteristic>"

    reading = with_student(
        tmp_path,
        said_of(
            "4712",
            item("Foster Care", ("2025-01-10", "2025-06-01"), ("2026-02-01", "")),
            item("Parent in Military"),
            "<LimitedEnglishProficiency>uri://x/LimitedEnglishProficiencyDescriptor#NotLimited"
            "</LimitedEnglishProficiency>",
        ),
    )
    assert characteristics(reading, "4712") == [
        ("ENGLISH_LEARNER", "NO", "2026-08-24", None),
        ("FOSTER_CARE", "YES", "2025-01-10", "2025-06-01"),
        ("FOSTER_CARE", "YES", "2026-02-01", None),
        ("IEP", "YES", "2026-09-01", None),
        ("MILITARY_CONNECTED", "YES", "2026-08-24", None),
    ]


def test_a_characteristic_that_nothing_dates_is_reported_and_not_guessed(tmp_path: Path) -> None:
    homeless = "<StudentCharacteristic>uri://x/StudentCharacteristicDescriptor#Homeless</StudentCharacteristic>"
    said = said_of("4711", f"<StudentCharacteristic>{homeless}</StudentCharacteristic>")
    reading = with_student(tmp_path, said, StudentEnrollment=interchange(), StudentProgram=interchange())
    assert characteristics(reading) == []
    assert any("without a period" in message for message in reading.messages())


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        (
            (("500001", "2024-08-26", "Sixth grade", "<ExitWithdrawDate>2025-06-20</ExitWithdrawDate>"),),
            (2027, "01", "500001"),
        ),
        ((("500002", "2026-10-01", "Second grade", ""),), (2027, "02", "500002")),
        ((("500002", "2026-10-01", "Second grade", "<ExitWithdrawDate>2026-10-02</ExitWithdrawDate>"),), None),
        (
            (("500002", "2026-08-24", "Second grade", "<PrimarySchool>true</PrimarySchool>"),),
            (2027, "02", "500002"),
        ),
        ((("500002", "2099-08-24", "Second grade", ""),), None),
    ],
    ids=["an earlier year", "a transfer", "one that ended", "the primary school", "not begun"],
)
def test_of_several_schools_the_present_one_counts_and_the_others_are_counted(
    tmp_path: Path, stays: tuple[tuple[str, str, str, str], ...], expected: tuple[int, str, str] | None
) -> None:
    reading = with_student(tmp_path, *(stay("4711", *each) for each in stays))
    ana = child(reading)
    assert (ana.school_year, ana.grade, ana.school) == (expected or (2027, "01", "500001"))
    assert [o.count for o in reading.oddities if "only the present one" in o.problem.message] == [1]


def test_the_order_of_files_and_records_does_not_matter(tmp_path: Path, district: Reading) -> None:
    files = sorted((tmp_path / "edfi").iterdir())
    wanted = sorted(repr(raw.fields) for raw in district.raws)
    for number, order in enumerate(permutations(range(len(files)))):
        texts = {f"f{place}": files[which].read_text() for place, which in enumerate(order)}
        folder = write(tmp_path / f"order{number}", **{f"{name}__xml": text for name, text in texts.items()})
        assert sorted(repr(raw.fields) for raw in read("edfi", folder).raws) == wanted
    backwards = interchange(*reversed([DISTRICT, ELM, OAK]), name="EducationOrganization")
    reading = read("edfi", export(tmp_path, EducationOrganization=backwards, Student=interchange(BO, ANA)))
    assert reading.rows(Kind.SCHOOL) == district.rows(Kind.SCHOOL)
    assert child(reading) == child(district)


def test_a_zip_and_one_file_read_as_the_folder_does(tmp_path: Path, district: Reading) -> None:
    assert read("edfi", zipped(export(tmp_path), "export/")).raws == district.raws
    records = [
        line
        for file in sorted((tmp_path / "edfi").iterdir())
        for line in file.read_text().splitlines()
        if "Interchange" not in line and "<?xml" not in line
    ]
    whole = tmp_path / "whole.xml"
    whole.write_text(interchange(*records))
    fields = sorted(repr(raw.fields) for raw in district.raws)
    assert sorted(repr(raw.fields) for raw in read("edfi", whole).raws) == fields


def test_names_may_have_a_prefix_and_references_may_be_by_id(tmp_path: Path) -> None:
    by_id = stay("4711", "500001", "2026-08-24", "First grade").replace(
        student_is("4711"), '<StudentReference ref="STU_1"/>'
    )
    text = interchange(DISTRICT, ELM, ANA, by_id).replace("<", "<e:").replace("<e:/", "</e:").replace("<e:?", "<?")
    path = tmp_path / "prefixed.xml"
    path.write_text(text.replace("xmlns=", "xmlns:e="))
    reading = read("edfi", path)
    assert (child(reading).grade, child(reading).school) == ("01", "500001")
    # The school's post office box, and what Student records say beside, are what is left over.
    assert [o.column for o in reading.oddities] == [
        *("Address", "MaidenName", "PersonalIdentificationDocument", "BirthCity"),
    ]


def test_a_reference_that_leads_nowhere_is_reported_with_its_place(tmp_path: Path) -> None:
    lost = stay("4711", "500001", "2026-08-24", "First grade").replace(
        student_is("4711"), '\n<StudentReference ref="STU_9"/>'
    )
    reading = with_student(tmp_path, lost)
    assert ("StudentMore.xml", 4, "StudentReference") in [(o.file, o.line, o.column) for o in reading.oddities]
    assert "A StudentSchoolAssociation that names no student was passed over." in reading.messages()


def test_a_student_known_by_the_id_alone_is_taken_and_reported(tmp_path: Path) -> None:
    reading = with_student(tmp_path, stay("4799", "500001", "2026-08-24", "First grade"))
    assert child(reading, "4799").identity.identifiers == {"DISTRICT_STUDENT_ID": "4799"}
    assert any("known by the id alone" in message for message in reading.messages())


def test_a_student_twice_is_one_row_whichever_comes_first(tmp_path: Path) -> None:
    other = ANA.replace("<FirstName>Ana", "<FirstName>Anna").replace("STU_1", "STU_2")
    both = [
        read("edfi", export(tmp_path, Student=interchange(*records))) for records in ((ANA, other), (other, ANA))
    ]
    assert [len(reading.of(Kind.CHILD)) for reading in both] == [2, 2]
    assert child(both[0]) == child(both[1])
    assert all(any("stands twice" in message for message in reading.messages()) for reading in both)


def test_an_id_that_stands_twice_leads_to_the_same_record_in_any_order(tmp_path: Path) -> None:
    other = DISTRICT.replace("500<", "600<").replace("Río Verde", "Other")
    orders = ((DISTRICT, other, ELM, OAK), (OAK, ELM, other, DISTRICT))
    both = [read("edfi", export(tmp_path, EducationOrganization=interchange(*order))) for order in orders]
    assert both[0].rows(Kind.SCHOOL) == both[1].rows(Kind.SCHOOL)
    assert all(any("stands at two records" in message for message in reading.messages()) for reading in both)


def test_everything_without_a_home_is_counted_by_its_element(tmp_path: Path) -> None:
    event = "<StudentGradebookEntry><LetterGradeEarned/></StudentGradebookEntry>"
    more = said_of("4711", "<Telephone>1</Telephone>", "<Telephone>2</Telephone>")
    reading = with_student(tmp_path, event, event, event, more)
    found = {(o.column, o.problem.message): o.count for o in reading.oddities}
    assert found["StudentGradebookEntry", "StudentGradebookEntry has no home here."] == 3
    assert found["Telephone", "StudentEducationOrganizationAssociation/Telephone has no home here."] == 2


def test_social_security_numbers_are_no_identifiers(tmp_path: Path) -> None:
    def identifier(system: str, value: str) -> str:
        descriptor = f"uri://ed-fi.org/StudentIdentificationSystemDescriptor#{system}"
        inner = f"<StudentIdentificationSystem>{descriptor}</StudentIdentificationSystem>"
        code = f"<IdentificationCode>{value}</IdentificationCode>{inner}"
        return f"<StudentIdentificationCode>{code}</StudentIdentificationCode>"

    reading = with_student(
        tmp_path,
        said_of("4711", identifier("SSN", "999-12-3456"), identifier("State", "999-12-3457")),
        said_of("4712", identifier("State", "MA-77")),
    )
    assert child(reading).identity.identifiers == {"DISTRICT_STUDENT_ID": "4711"}
    assert child(reading, "4712").identity.identifiers["STATE_STUDENT_ID"] == "MA-77"
    assert b"999-12" not in orjson.dumps([dict(raw.fields) for raw in reading.raws])
    assert not any("999-12" in message for message in reading.messages())


def test_an_export_that_does_not_say_whose_it_is_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="whose records") as refused:
        read("edfi", write(tmp_path / "kids", Student__xml=interchange(ANA)))
    assert "--source" in refused.value.hint
    with pytest.raises(FileUnreadable, match="no XML file"):
        read("edfi", write(tmp_path / "none", kids="id\n"))


def test_a_charter_school_is_its_own_organization(tmp_path: Path) -> None:
    school = OAK.replace("500002", "77").partition("<LocalEducationAgencyReference>")[0] + "</School>"
    reading = read("edfi", write(tmp_path / "charter", a__xml=interchange(school, ANA)))
    assert reading.of(Kind.SCHOOL)[0].fields["organization"] == "oak-middle"
    assert reading.of(Kind.ORGANIZATION)[0].fields["code"] == "oak-middle"


def test_of_two_districts_that_of_most_schools_is_the_exports_and_both_are_named(tmp_path: Path) -> None:
    other = DISTRICT.replace("LEA_1", "LEA_2").replace("500<", "100<").replace("Río Verde", "Other")
    reading = read("edfi", export(tmp_path, EducationOrganization=interchange(other, DISTRICT, ELM, OAK)))
    assert [raw.fields["code"] for raw in reading.of(Kind.ORGANIZATION)] == ["rio-verde-schools", "other-schools"]
    assert any("names 2 districts" in message for message in reading.messages())


def test_two_districts_of_one_name_stay_two(tmp_path: Path) -> None:
    other = DISTRICT.replace("LEA_1", "LEA_2").replace("500<", "600<")
    reading = read("edfi", export(tmp_path, EducationOrganization=interchange(other, DISTRICT, ELM, OAK)))
    codes = [raw.fields["code"] for raw in reading.of(Kind.ORGANIZATION)]
    assert codes == ["rio-verde-schools", "rio-verde-schools-600"]
    assert {raw.fields["organization"] for raw in reading.of(Kind.SCHOOL)} == {"rio-verde-schools"}


def test_a_lost_reference_is_counted_once(tmp_path: Path) -> None:
    lost = ELM.replace('ref="LEA_1"', 'ref="LEA_9"')
    reading = read("edfi", export(tmp_path, EducationOrganization=interchange(DISTRICT, lost, OAK)))
    (found,) = [o for o in reading.oddities if "LEA_9" in o.problem.message]
    assert (found.file, found.column, found.count) == (
        "EducationOrganization.xml",
        "LocalEducationAgencyReference",
        1,
    )
    assert {raw.fields["organization"] for raw in reading.of(Kind.SCHOOL)} == {"rio-verde-schools"}


def test_a_bad_value_costs_itself_only_and_says_where(tmp_path: Path) -> None:
    bad = stay("4711", "500001", "2026-02-30", "First grade")
    homeless = association("Homeless", "4712", "Homeless", "Homeless", begins="2026-10-01", ends="2026-09-01")
    reading = with_student(tmp_path, bad, homeless)
    assert child(reading).school_year == 2027
    assert [c for c in characteristics(reading, "4712") if c[0] == "HOMELESS"] == []
    codes = {(o.problem.code, o.file, o.column) for o in reading.oddities}
    assert ("DATE_INVALID", "StudentMore.xml", "EntryDate") in codes
    assert ("ENDS_BEFORE_BEGINS", "StudentMore.xml", "StudentHomelessProgramAssociation") in codes


@pytest.mark.parametrize(("ends", "taken"), [("9999-12-31", None), ("2027-06-11", "2027-06-11")])
def test_an_end_that_never_comes_is_none(tmp_path: Path, ends: str, taken: str | None) -> None:
    homeless = association("Homeless", "4711", "Homeless", "Homeless", begins="2026-10-01", ends=ends)
    reading = with_student(tmp_path, homeless)
    assert ("HOMELESS", "YES", "2026-10-01", taken) in characteristics(reading)
    (row,) = [row for row in reading.rows(Kind.ENROLLMENT) if row.program == "500-homeless"]
    assert str(row.ends) == str(taken)


@pytest.mark.parametrize(
    "said",
    [
        "<Period><BeginDate>0001-01-01</BeginDate></Period>",
        "<Period><BeginDate>soon</BeginDate></Period>",
        "<Period><BeginDate>2026-10-01</BeginDate><EndDate>2026-09-01</EndDate></Period>",
        "<Period><EndDate>2020-01-01</EndDate></Period>",
    ],
)
def test_a_period_that_cannot_be_costs_its_characteristic_only(tmp_path: Path, said: str) -> None:
    kind = "<StudentCharacteristic>uri://x/StudentCharacteristicDescriptor#Foster Care</StudentCharacteristic>"
    reading = with_student(
        tmp_path, said_of("4711", f"<StudentCharacteristic>{kind}{said}</StudentCharacteristic>")
    )
    assert "FOSTER_CARE" not in [kind for kind, *_ in characteristics(reading)]
    assert child(reading).grade == "01"
    codes = {(o.problem.code, o.file, o.line) for o in reading.oddities}
    assert codes & {("DATE_INVALID", "StudentMore.xml", 3), ("ENDS_BEFORE_BEGINS", "StudentMore.xml", 3)}


def test_two_sexes_are_none_and_are_reported(tmp_path: Path) -> None:
    both = (said_of("4711", f"<Sex>uri://ed-fi.org/SexDescriptor#{sex}</Sex>") for sex in ("Male", "Female"))
    reading = with_student(tmp_path, *both)
    assert child(reading).identity.sex is Sex.UNKNOWN
    assert any("different sexes" in message for message in reading.messages())


def test_a_school_left_before_it_was_entered_is_entered_and_reported(tmp_path: Path) -> None:
    left = stay("4711", "500002", "2026-10-01", "Second grade", "<ExitWithdrawDate>2026-09-01</ExitWithdrawDate>")
    reading = with_student(tmp_path, left)
    assert child(reading).school == "500002"
    assert "ENDS_BEFORE_BEGINS" in {o.problem.code for o in reading.oddities}


def test_a_birth_date_that_does_not_exist_reaches_the_row_with_its_line(tmp_path: Path) -> None:
    reading = read("edfi", export(tmp_path, Student=interchange(ANA.replace("2018-03-04", "2018-02-30"), BO)))
    raw = reading.of(Kind.CHILD)[0]
    assert (raw.file, raw.line) == ("Student.xml", 3)
    assert raw.fields["identity"]["birth_date"] == "2018-02-30"
    with pytest.raises(ValueError, match="not a date"):
        MODELS[Kind.CHILD].model_validate(raw.fields)


def test_an_older_standard_is_read_and_named(tmp_path: Path) -> None:
    reading = read("edfi", export(tmp_path, Student=interchange(ANA, BO, namespace="http://ed-fi.org/4.0.0")))
    assert child(reading).identity.given_name == "Ana"
    assert any("http://ed-fi.org/4.0.0" in message for message in reading.messages())
