"""What a school district is promised of its OneRoster export."""

from pathlib import Path

import orjson
import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers.oneroster_rows import ending_year
from cabinet.intake.rows import MODELS, Kind
from cabinet.tables.terms import RaceEthnicity, Sex
from tests.importers.reading import Reading, read, real, write, zipped

MANIFEST = "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n"
ORGS = """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d,active,,Río Verde Schools,district,1000,
s1,active,,Elm Elementary,school,1001,d
s2,active,,Oak Middle,school,,d
x,active,,Music,department,,d
"""
SESSIONS = """sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear
y,active,,Year,schoolYear,2026-08-15,2027-06-10,,2026-2027
"""
USERS = """sourcedId,status,orgSourcedIds,role,username,givenName,familyName,middleName,identifier,grades,\
password
u1,active,s1,student,ana,Ana,Reyes,Luz,4711,03,s3cret
u2,active,,student,bo,Bo,Lind,,,KG,s3cret
u3,tobedeleted,s1,student,cy,Cy,Moe,,4713,04,s3cret
u4,active,s1,teacher,di,Di,Poe,,9,,s3cret
"""
DEMOGRAPHICS = """sourcedId,status,birthDate,sex,asian,white,hispanicOrLatinoEthnicity,cityOfBirth
u1,active,2018-03-04,female,false,true,true,Quito
u2,active,2021-02-30,male,,,,
"""
ENROLLMENTS = """sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role
e1,active,c1,s2,u2,student
e2,active,c1,s2,u4,teacher
"""


def package(folder: Path, **changed: str) -> Path:
    files = {
        "manifest": MANIFEST,
        "orgs": ORGS,
        "academicSessions": SESSIONS,
        "users": USERS,
        "demographics": DEMOGRAPHICS,
        "enrollments": ENROLLMENTS,
    }
    return write(folder / "roster", **{**files, **changed})


@pytest.fixture
def roster(tmp_path: Path) -> Reading:
    return read("oneroster", package(tmp_path))


def test_the_district_comes_before_its_schools_and_they_before_their_students(roster: Reading) -> None:
    kinds = [str(raw.kind) for raw in roster.raws]
    assert kinds == ["organization", "school", "school", "child", "child", "child", "enrollment"]
    (district,) = roster.rows(Kind.ORGANIZATION)
    assert (district.code, district.source_id, district.sector) == ("rio-verde-schools", "d", "EDUCATION")
    assert [(school.code, school.organization) for school in roster.rows(Kind.SCHOOL)] == [
        ("1001", "rio-verde-schools"),
        ("s2", "rio-verde-schools"),
    ]


def test_a_student_is_joined_with_demographics_school_and_school_year(roster: Reading) -> None:
    raw = roster.of(Kind.CHILD)[0]
    assert (raw.file, raw.line) == ("users.csv", 2)
    ana = MODELS[Kind.CHILD].model_validate(raw.fields)
    assert (ana.record_id, ana.identity.given_name, ana.identity.middle_name) == ("u1", "Ana", "Luz")
    assert (str(ana.identity.birth_date), ana.identity.sex) == ("2018-03-04", Sex.FEMALE)
    assert ana.identity.identifiers == {"DISTRICT_STUDENT_ID": "4711"}
    assert set(ana.race_ethnicity) == {RaceEthnicity.WHITE, RaceEthnicity.HISPANIC_OR_LATINO}
    assert (ana.school_year, ana.grade, ana.school) == (2027, "03", "1001")
    assert ana.payload["demographics"]["cityOfBirth"] == "Quito"


def test_a_password_never_leaves_the_file(roster: Reading) -> None:
    assert b"s3cret" not in orjson.dumps([dict(raw.fields) for raw in roster.raws])
    assert not any("s3cret" in message for message in roster.messages())


def test_a_student_without_an_org_is_placed_by_their_classes(roster: Reading) -> None:
    assert roster.of(Kind.CHILD)[1].fields["school"] == "s2"


def test_staff_and_their_classes_are_counted_once(roster: Reading) -> None:
    assert roster.about("enrollments.csv") == [(3, "", 1)]
    assert (5, "", 1) in roster.about("users.csv")


def test_a_date_that_does_not_exist_reaches_the_row_with_its_line(roster: Reading) -> None:
    raw = roster.of(Kind.CHILD)[1]
    assert (raw.line, raw.fields["identity"]["birth_date"]) == (3, "2021-02-30")


def test_an_org_without_a_home_is_reported(roster: Reading) -> None:
    assert "An org of type department has no home here." in roster.messages()


def test_a_zip_reads_as_its_folder_does(tmp_path: Path, roster: Reading) -> None:
    assert read("oneroster", zipped(package(tmp_path), "export/")).raws == roster.raws


def test_headers_may_come_in_any_case(tmp_path: Path, roster: Reading) -> None:
    reading = read("oneroster", package(tmp_path, users=USERS.replace("givenName", "GIVENNAME")))
    assert reading.raws == roster.raws


def test_roles_say_who_is_a_student_in_version_1_2(tmp_path: Path) -> None:
    users = "sourcedId,status,givenName,familyName,identifier,grades,primaryOrgSourcedId\n"
    roles = "sourcedId,status,userSourcedId,roleType,role,orgSourcedId\n"
    reading = read(
        "oneroster",
        package(
            tmp_path,
            manifest=MANIFEST.replace("1.1", "1.2"),
            users=users + "u1,,Ana,Reyes,4711,3,\nu2,,Bo,Lind,4712,K,s1\nu4,,Di,Poe,9,,s1\n",
            demographics=DEMOGRAPHICS.replace("2021-02-30", "2021-02-03"),
            roles=roles
            + "r0,,u1,secondary,student,s1\nr1,,u1,primary,student,s2\n"
            + "r2,,u2,primary,student,s2\nr4,,u4,primary,teacher,s1\n",
        ),
    )
    assert [(raw.fields["record_id"], raw.fields["school"]) for raw in reading.of(Kind.CHILD)] == [
        ("u1", "s2"),
        ("u2", "1001"),
    ]


def test_a_school_without_a_district_is_its_own_organization(tmp_path: Path) -> None:
    orgs = "sourcedId,name,type,identifier,parentSourcedId\ns1,Elm Charter,school,1001,s1\n"
    reading = read("oneroster", package(tmp_path, orgs=orgs))
    assert reading.of(Kind.SCHOOL)[0].fields["organization"] == "elm-charter"
    assert reading.of(Kind.ORGANIZATION)[0].fields["code"] == "elm-charter"


def test_a_school_that_comes_without_its_district_is_not_made_an_organization(tmp_path: Path) -> None:
    orgs = "sourcedId,name,type,identifier,parentSourcedId\ns1,Elm,school,1001,d\n"
    reading = read("oneroster", package(tmp_path, manifest=MANIFEST + "file.orgs,delta\n", orgs=orgs))
    assert "organization" not in reading.counts()
    assert reading.about("orgs.csv") == [(2, "parentSourcedId", 1)]


def test_an_identifier_shared_by_schools_is_no_school_code(tmp_path: Path) -> None:
    reading = read("oneroster", package(tmp_path, orgs=ORGS.replace("school,,d", "school,1001,d")))
    assert [raw.fields["code"] for raw in reading.of(Kind.SCHOOL)] == ["s1", "s2"]


@pytest.mark.parametrize(
    ("text", "year"),
    [("2026-2027", 2027), ("2027", 2027), ("2026-27", 2027), ("2026/2027", 2027), ("20X5", None), ("", None)],
)
def test_a_school_year_is_the_year_it_ends_in(text: str, year: int | None) -> None:
    assert ending_year(text) == year


def test_several_school_years_are_reported_and_the_last_is_taken(tmp_path: Path) -> None:
    sessions = SESSIONS + "z,active,,Next,schoolYear,2027-08-15,2028-06-10,,2028\nq,,,?,term,,,,soon\n"
    reading = read("oneroster", package(tmp_path, academicSessions=sessions))
    assert reading.of(Kind.CHILD)[0].fields["school_year"] == 2028
    told = [(o.line, o.column) for o in reading.wrong() if o.file == "academicSessions.csv"]
    assert sorted(told) == [(3, "schoolYear"), (4, "schoolYear")]


def test_sessions_and_demographics_marked_to_be_deleted_say_nothing(tmp_path: Path) -> None:
    sessions = SESSIONS + "z,tobedeleted,,Next,schoolYear,2027-08-15,2028-06-10,,2028\n"
    demographics = DEMOGRAPHICS.replace("u1,active", "u1,tobedeleted")
    reading = read("oneroster", package(tmp_path, academicSessions=sessions, demographics=demographics))
    ana = reading.of(Kind.CHILD)[0]
    assert ana.fields["school_year"] == 2027
    assert "birth_date" not in ana.fields["identity"]
    assert [(o.line, o.column) for o in reading.wrong() if o.file == "academicSessions.csv"] == [(3, "status")]


def test_a_package_without_a_manifest_is_refused(tmp_path: Path) -> None:
    folder = package(tmp_path)
    (folder / "manifest.csv").unlink()
    with pytest.raises(FileUnreadable, match=r"manifest\.csv is missing"):
        read("oneroster", folder)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"manifest": "propertyName,value\nmanifest.version,1.0\n"}, "oneroster.version is missing"),
        ({"manifest": MANIFEST.replace("1.1", "2.0")}, "oneroster.version is 2.0"),
        ({"manifest": "name,value\n"}, "manifest.csv: its header is not propertyName,value"),
        ({"manifest": MANIFEST + "file.users,whole\n"}, "file.users is 'whole', not absent, bulk or delta"),
        ({"manifest": MANIFEST + "file.roles,bulk\n"}, "roles.csv is missing"),
        ({"users": "sourcedId,role\n"}, "users.csv: the column givenName is missing"),
        ({"users": ""}, "users.csv has no header"),
        ({"users": "sourcedId,givenName,familyName\n"}, "users.csv: the column role is missing"),
    ],
)
def test_what_cannot_be_read_is_refused_by_file_and_problem(
    tmp_path: Path, changed: dict[str, str], problem: str
) -> None:
    with pytest.raises(FileUnreadable) as refused:
        read("oneroster", package(tmp_path, **changed))
    assert problem in refused.value.message


def test_a_file_the_manifest_disowns_is_reported_and_not_read(tmp_path: Path) -> None:
    reading = read("oneroster", package(tmp_path, manifest=MANIFEST + "file.demographics,absent\n"))
    assert "birth_date" not in reading.of(Kind.CHILD)[0].fields["identity"]
    assert "demographics.csv was not read: the manifest marks it absent." in reading.messages()


def test_a_real_district_of_778_students_is_read_whole() -> None:
    folder = real("oneroster", "generated-1.1", "district-medium")
    reading = read("oneroster", folder)
    assert reading.counts() == {"organization": 1, "school": 8, "child": 778, "enrollment": 5446}
    assert reading.about("enrollments.csv") == [(2, "primary", 364), (2, "", 5810 - 5446)]
    assert reading.rows(Kind.CHILD)
    assert read("oneroster", folder / "oneroster-district-medium.zip").raws == reading.raws
