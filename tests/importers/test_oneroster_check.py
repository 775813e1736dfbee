"""What the sender of a OneRoster 1.2 package is told of each fault in it, before a row is taken."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from cabinet.cli.console import clear_errors
from cabinet.errors import PackageInvalid
from cabinet.importers.oneroster import read as read_roster
from tests.importers.oneroster_samples import NOUNS, manifest
from tests.importers.reading import read, write, zipped

SOUND: Mapping[str, str] = {
    "academicSessions": "sourcedId,title,type,startDate,endDate,parentSourcedId,schoolYear\n"
    "y,Year,schoolYear,2026-08-15,2027-06-10,,2027\n",
    "orgs": "sourcedId,name,type,identifier,parentSourcedId\nd,District,district,,\ns1,Elm,school,1001,d\n",
    "users": "sourcedId,enabledUser,username,givenName,familyName,agentSourcedIds,grades,primaryOrgSourcedId\n"
    'u1,true,ana,Ana,"O""Neil, jr.","u2",3,s1\nu2,true,bo,Bo,Li,,,s1\n',
    "roles": "sourcedId,userSourcedId,roleType,role,orgSourcedId\nr1,u1,primary,student,s1\n"
    "r2,u2,primary,parent,s1\n",
    "demographics": "sourcedId,birthDate,sex,white\nu1,2018-03-04,female,true\n",
    "courses": "sourcedId,title,courseCode,orgSourcedId\nc1,Read,RI,d\n",
    "classes": "sourcedId,title,courseSourcedId,classType,schoolSourcedId,termSourcedIds\n"
    "k1,A,c1,scheduled,s1,y\n",
    "enrollments": "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate\n"
    "e1,k1,s1,u1,student,2026-09-01\n",
}


def package(folder: Path, *, mode: str = "bulk", **changed: str | bytes | None) -> Path:
    """Write the sound package with some of its files changed, or left out by None."""
    files = {noun: text for noun, text in {**SOUND, **changed}.items() if text is not None}
    modes = {noun: mode if noun in files else "absent" for noun in NOUNS}
    folder.mkdir(exist_ok=True)
    return write(folder / "roster", **{"manifest": manifest("1.2", modes), **files})


def faults(path: Path) -> set[tuple[str, str, int, str]]:
    with pytest.raises(PackageInvalid) as refused:
        next(iter(read_roster(path)))
    problems = refused.value.detail["problems"]
    return {(each["diagnostic"], each["file"], each["row"], each["column"]) for each in problems}


def replaced(noun: str, old: str, new: str) -> dict[str, str]:
    assert old in SOUND[noun]
    return {noun: SOUND[noun].replace(old, new)}


def test_a_sound_package_is_taken(tmp_path: Path) -> None:
    assert read("oneroster", package(tmp_path)).counts() == {
        "organization": 1,
        "school": 1,
        "child": 1,
        "enrollment": 1,
    }


@pytest.mark.parametrize(
    ("noun", "old", "new", "diagnostic", "row", "column"),
    [
        ("users", "u1,true", "u1,maybe", "row.invalid_boolean", 2, "enabledUser"),
        ("users", "u1,true", "u1,", "row.missing_required_value", 2, "enabledUser"),
        ("users", "bo,Bo", ",Bo", "row.missing_required_value", 3, "username"),
        ("users", "u2,true", "u 2,true", "row.invalid_guid", 3, "sourcedId"),
        ("users", '"u2"', '"u2,,u2"', "row.invalid_list", 2, "agentSourcedIds"),
        ("users", '"u2"', '"u2,u 2"', "row.invalid_list", 2, "agentSourcedIds"),
        ("users", '"u2"', "u3", "reference.missing_target_record", 2, "agentSourcedIds"),
        ("users", "u2,true", "u1,true", "reference.duplicate_sourced_id", 3, "sourcedId"),
        ("orgs", "district,,", "planet,,", "row.invalid_enum", 2, "type"),
        ("orgs", "1001,d", "1001,x", "reference.missing_target_record", 3, "parentSourcedId"),
        ("roles", "primary,student", "third,student", "row.invalid_enum", 2, "roleType"),
        ("demographics", "2018-03-04", "2018-02-30", "row.invalid_date", 2, "birthDate"),
        ("demographics", "2018-03-04", "20180304", "row.invalid_date", 2, "birthDate"),
        ("academicSessions", "2026-08-15", "soon", "row.invalid_date", 2, "startDate"),
        ("demographics", "u1,", "u9,", "reference.missing_target_record", 2, "sourcedId"),
        ("academicSessions", ",2027\n", ",20X7\n", "row.invalid_year", 2, "schoolYear"),
        ("enrollments", "k1,s1", "k2,s1", "reference.missing_target_record", 2, "classSourcedId"),
        ("enrollments", "e1,k1,s1,u1,student,2026-09-01", "e1,k1", "csv.unreadable_row", 2, ""),
        ("users", "Ana", 'A"na', "csv.unescaped_quote", 2, ""),
        ("users", "Bo,Li", '"Bo" the,Li', "csv.unescaped_quote", 3, ""),
        ("users", "Bo,Li", '"Bo,Li', "csv.unescaped_quote", 3, ""),
        (
            "users",
            "enabledUser,username",
            "username,enabledUser",
            "schema.header_order_mismatch",
            1,
            "enabledUser",
        ),
        ("users", ",username", ",metadata.x,username", "schema.metadata_column_position", 1, "metadata.x"),
        ("users", ",username", ",nickname,username", "schema.invalid_metadata_header", 1, "nickname"),
        ("users", "givenName", "metadata.givenName", "schema.missing_column", 1, "givenName"),
    ],
)
def test_a_fault_is_named_with_file_row_and_column(
    tmp_path: Path, noun: str, old: str, new: str, diagnostic: str, row: int, column: str
) -> None:
    path = package(tmp_path, **replaced(noun, old, new))
    assert (diagnostic, f"{noun}.csv", row, column) in faults(path)


def test_all_faults_of_one_look_are_told_at_once_and_no_value_is_repeated(tmp_path: Path) -> None:
    bad = SOUND["demographics"].replace("2018-03-04", "Tuesday").replace("female", "girl")
    users = SOUND["users"].replace("u1,true", "u1,perhaps")
    path = package(tmp_path, demographics=bad, users=users)
    with pytest.raises(PackageInvalid) as refused:
        read("oneroster", path)
    problems = refused.value.detail["problems"]
    assert {each["column"] for each in problems} == {"birthDate", "sex", "enabledUser"}
    assert not [word for word in ("Tuesday", "girl", "perhaps") if word in str(refused.value.extensions())]


def test_the_command_line_lists_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = package(tmp_path, demographics=SOUND["demographics"].replace("2018-03-04,female", "Tuesday,girl"))
    with pytest.raises(typer.Exit), clear_errors():
        read("oneroster", path)
    said = capsys.readouterr().err
    assert "PACKAGE_INVALID" in said
    assert "column birthDate" in said
    assert "row.invalid_enum" in said


def test_a_million_faults_are_told_by_their_first_hundred(tmp_path: Path) -> None:
    users = SOUND["users"] + "".join(f"x{n},maybe,x,X,X,,,\n" for n in range(2000))
    assert len(faults(package(tmp_path, users=users))) == 100


def test_status_and_date_belong_to_parts_and_not_to_complete_files(tmp_path: Path) -> None:
    columns = "sourcedId,status,dateLastModified,name,type\n"
    whole = columns + "d,active,2026-09-01T00:00:00Z,District,district\n"
    assert faults(package(tmp_path, orgs=whole)) == {
        ("row.field_forbidden_in_bulk", "orgs.csv", 2, "status"),
        ("row.field_forbidden_in_bulk", "orgs.csv", 2, "dateLastModified"),
    }
    part = {noun: None for noun in SOUND if noun != "orgs"}
    for bad in ("d,,yesterday,District,district\n", "d,gone,,District,district\n"):
        found = faults(package(tmp_path / "part", mode="delta", orgs=columns + bad, **part))
        assert {column for _, _, _, column in found} == {"status", "dateLastModified"}
    without = package(tmp_path / "part", mode="delta", orgs="sourcedId,name,type\nd,District,district\n", **part)
    assert len(faults(without)) == 2
    read("oneroster", package(tmp_path / "part", mode="delta", orgs=whole, **part))


@pytest.mark.parametrize(
    "instant",
    ["0001-01-01T00:00:00+14:00", "1969-12-31T00:00:00Z", "2089-01-01T00:00:00Z", "2026-13-01T00:00:00Z"],
)
def test_a_part_names_an_instant_that_has_come(tmp_path: Path, instant: str) -> None:
    orgs = f"sourcedId,status,dateLastModified,name,type\nd,active,{instant},District,district\n"
    rest = {noun: None for noun in SOUND if noun != "orgs"}
    found = faults(package(tmp_path, mode="delta", orgs=orgs, **rest))
    assert found == {("row.invalid_datetime", "orgs.csv", 2, "dateLastModified")}


def test_a_file_that_a_complete_one_refers_to_has_to_be_there(tmp_path: Path) -> None:
    found = faults(package(tmp_path, courses=None))
    assert found == {("reference.missing_target_file", "classes.csv", 2, "courseSourcedId")}


@pytest.mark.parametrize("name", ["extra__csv", "users__txt", "users__csv.txt"])
def test_a_file_with_an_unknown_name_or_a_wrong_extension_is_refused(tmp_path: Path, name: str) -> None:
    path = package(tmp_path, **{name: "x\n"})
    assert {diagnostic for diagnostic, *_ in faults(path)} == {"package.unknown_file"}


def test_a_note_beside_the_tables_is_reported_and_does_no_harm(tmp_path: Path) -> None:
    reading = read("oneroster", package(tmp_path, readme__txt="hello"))
    assert any("readme.txt was not read" in message for message in reading.messages())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("inside", ["", "Export 2026/"])
def test_a_name_reads_the_same_in_any_encoding_line_end_and_folder(
    tmp_path: Path, encoding: str, inside: str
) -> None:
    text = SOUND["users"].replace("Ana", "José").replace("sourcedId", "SOURCEDID").replace("\n", "\r\n", 1)
    path = package(tmp_path, users=text.encode(encoding))
    (child,) = [raw for raw in read("oneroster", zipped(path, inside)).raws if str(raw.kind) == "child"]
    identity = child.fields["identity"]
    assert (identity["given_name"], identity["family_name"]) == ("José", 'O"Neil, jr.')


def test_line_ends_may_be_mixed_and_a_value_may_run_over_lines(tmp_path: Path) -> None:
    text = SOUND["users"].replace('"O""Neil, jr."', '"O""Neil,\njr."')
    header, _, rows = text.partition("\n")
    text = f"{header}\r{rows}".replace(",s1\n", ",s1\r\n", 1)
    reading = read("oneroster", package(tmp_path, users=text))
    assert reading.counts()["child"] == 1


def test_columns_of_ones_own_are_kept_and_passwords_are_not(tmp_path: Path) -> None:
    header, *rows = SOUND["users"].splitlines()
    users = "\n".join(
        [f"{header},metadata.bus,ext_house,metadata.password"] + [f"{row},7,red,s3cret" for row in rows]
    )
    (child,) = [raw for raw in read("oneroster", package(tmp_path, users=users)).raws if str(raw.kind) == "child"]
    assert child.fields["payload"]["users"].items() >= {("metadata.bus", "7"), ("ext_house", "red")}
    assert "s3cret" not in str(child.fields)


def test_numbers_a_spreadsheet_was_kept_from_eating_are_read(tmp_path: Path) -> None:
    orgs = SOUND["orgs"].replace("1001", '="0012"')
    reading = read("oneroster", package(tmp_path, orgs=orgs))
    assert [raw.fields["code"] for raw in reading.raws if str(raw.kind) == "school"] == ["0012"]


def test_a_manifest_with_other_letters_is_taken_in_version_1_1_only(tmp_path: Path) -> None:
    modes = dict.fromkeys(NOUNS, "absent")
    for version, is_taken in (("1.1", True), ("1.2", False)):
        text = manifest(version, modes).replace("propertyName,value", "PropertyName,Value")
        path = write(tmp_path / version, manifest=text)
        if is_taken:
            assert read("oneroster", path).counts() == {}
        else:
            assert faults(path) == {("manifest.invalid_header", "manifest.csv", 1, "PropertyName,Value")}


def test_version_1_1_is_read_as_far_as_it_can_be_understood(tmp_path: Path) -> None:
    modes = dict.fromkeys(("orgs", "users"), "bulk")
    users = (
        "givenName,familyName,sourcedId,role,orgSourcedIds,identifier,homeroom,status\n"
        "Ana,Li,u 1,student,s1,1,A,active\nBo,Li,u 1,student,s1,2,B,active\n"
    )
    path = write(tmp_path / "a", manifest=manifest("1.1", modes), orgs=SOUND["orgs"], users=users, extra="x\n")
    reading = read("oneroster", path)
    assert [raw.fields["identity"]["given_name"] for raw in reading.raws if str(raw.kind) == "child"] == ["Bo"]
    assert "A sourcedId stands twice in the file; the last row counts." in reading.messages()
    assert any("extra.csv was not read" in message for message in reading.messages())
