"""What a resource directory is promised of its HSDS export."""

from pathlib import Path

import orjson
import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers import FORMATS
from cabinet.importers.code_files import CodeFile
from cabinet.importers.hsds_words import read_codes, sector_of
from cabinet.intake.rows import Kind, Raw
from tests.importers.reading import Reading, read, real, write, zipped

ORGANIZATION = "id,name,description,website\no1,City Library,Books,https://library.example\no2,Clinic,Care,\n"
PROGRAM = "id,organization_id,name,description\np1,o1,Homework Club,After class\n"
SERVICE = """id,organization_id,program_id,name,description,status,minimum_age,maximum_age
v1,o1,p1,Homework help,Not dental,active,6,13.99
v2,o2,,Shots for school,Immunizations,active,,
v3,o2,,Old service,,defunct,,
v4,o9,,Nobody's,,active,,
"""
LOCATION = "id,name,latitude,longitude\nl1,Main Branch,41.82,-71.41\nl2,,,\n"
ADDRESS = """id,location_id,address_1,address_2,city,state_province,postal_code,country,address_type
a1,l1,1 Elm St,,Salem,MA,01970,US,physical
a2,l1,PO Box 5,,Salem,MA,01971,US,postal
a3,l2,2 Oak St,Floor 2,Salem,MA,01970,US,physical
"""
AT = "id,service_id,location_id\nx1,v1,l1\nx2,v1,l2\nx3,v2,l2\nx4,v2,l9\n"
CAPACITY = """id,service_id,available,maximum,unit_id,updated
c1,v2,3,20.0,u,2026-09-01T10:00:00Z
c2,v1,1,9,u,2026-09-01
"""
TERM = "id,code,name,taxonomy_id\nt1,I,Immunizations,tx\n"
ATTRIBUTE = "id,link_id,taxonomy_term_id,link_entity\nb1,v2,t1,service\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(
        tmp_path / "hsds",
        organization=ORGANIZATION,
        program=PROGRAM,
        service=SERVICE,
        location=LOCATION,
        address=ADDRESS,
        service_at_location=AT,
        service_capacity=CAPACITY,
        taxonomy_term=TERM,
        attribute=ATTRIBUTE,
        phone="id,number\nt1,555\nt2,556\n",
    )


@pytest.fixture
def directory(folder: Path) -> Reading:
    return read("hsds", folder)


def test_the_supply_comes_in_an_order_that_never_refers_ahead(directory: Reading) -> None:
    kinds = list(dict.fromkeys(str(raw.kind) for raw in directory.raws))
    assert kinds == ["organization", "location", "program", "service", "capacity"]
    assert directory.all_sound()


def test_a_sector_is_that_of_what_is_offered(directory: Reading) -> None:
    assert [(row.code, row.sector) for row in directory.rows(Kind.ORGANIZATION)] == [
        ("o1", "EDUCATION"),
        ("o2", "HEALTH"),
    ]
    assert sector_of(()) == sector_of((None,)) == "OUT_OF_SCHOOL_TIME"


def test_a_place_has_its_physical_address(directory: Reading) -> None:
    main, other = directory.rows(Kind.LOCATION)
    assert (main.address, main.postal_code, main.latitude) == ("1 Elm St, Salem, MA", "01970", 41.82)
    assert (other.name, other.address) == ("2 Oak St", "2 Oak St, Floor 2, Salem, MA")


def test_a_service_without_a_program_is_a_program_of_its_own(directory: Reading) -> None:
    assert [(row.code, row.organization, row.sector) for row in directory.rows(Kind.PROGRAM)] == [
        ("p1", "o1", "EDUCATION"),
        ("service-v2", "o2", "HEALTH"),
    ]


def test_a_service_is_typed_by_name_or_term_and_never_by_description(directory: Reading) -> None:
    homework, shots = directory.rows(Kind.SERVICE)
    assert (homework.service_type, homework.program, homework.locations) == ("TUTORING", "p1", ("l1", "l2"))
    assert (homework.min_age, homework.max_age) == (6, 13)
    assert (shots.service_type, shots.program, shots.locations) == ("IMMUNIZATION", "service-v2", ("l2",))


def test_seats_are_put_at_the_one_place_of_their_service_or_reported(directory: Reading) -> None:
    (seats,) = directory.rows(Kind.CAPACITY)
    assert (seats.service, seats.location, seats.available, seats.maximum) == ("v2", "l2", 3, 20)
    assert str(seats.updated) == "2026-09-01"
    assert directory.about("service_capacity.csv") == [(2, "unit_id", 2), (3, "service_id", 1)]


def test_what_cannot_be_placed_is_reported_at_its_line(directory: Reading) -> None:
    assert sorted(directory.about("service.csv")) == [(4, "status", 1), (5, "organization_id", 1)]
    assert directory.about("service_at_location.csv") == [(5, "location_id", 1)]
    assert directory.about("phone.csv") == [(2, "", 2)]


def test_a_zip_reads_as_its_folder_does(folder: Path, directory: Reading) -> None:
    assert read("hsds", zipped(folder)).raws == directory.raws


def test_services_without_a_type_are_reported_once_by_name(folder: Path) -> None:
    write(
        folder,
        service=SERVICE.replace("Homework help", "Club A").replace("Nobody's", "X"),
        attribute="link_id\n",
    )
    reading = read("hsds", folder)
    assert [raw.fields.get("service_type") for raw in reading.of(Kind.SERVICE)] == [None, None]
    assert "No service type is named by: Club A, Shots for school." in reading.messages()
    assert (2, "name", 2) in reading.about("service.csv")


def test_an_id_that_stands_twice_is_reported(folder: Path) -> None:
    write(folder, organization=ORGANIZATION + "o1,Another,,\n")
    reading = read("hsds", folder)
    assert reading.about("organization.csv") == [(4, "", 1), (2, "description", 2)]
    assert reading.rows(Kind.ORGANIZATION)[0].name == "City Library"


def test_1_1_files_find_the_organization_through_the_place(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "ohana",
        organizations="id,name\n1,Boys & Girls Club\n",
        locations="id,organization_id,name\n1,1,Clubhouse\n2,7,Elsewhere\n",
        programs="id,organization_id,name\n1,1,Club\n2,7,Lost\n",
        addresses="id,location_id,address_1,city,postal_code\n1,1,1 Elm St,Salem,01970\n",
        services='id,location_id,program_id,name,taxonomy_ids\n1,1,,Club days,"108, 108-03"\n2,2,,Lost,\n',
        taxonomy="taxonomy_id,name,parent_id,parent_name\n108,Care,,\n108-03,Afterschool Care,108,Care\n",
    )
    reading = read("hsds", folder)
    assert reading.all_sound()
    (club,) = reading.rows(Kind.SERVICE)
    assert (club.service_type, club.program, club.locations) == ("AFTER_SCHOOL", "service-1", ("1",))
    assert [row.code for row in reading.rows(Kind.PROGRAM)] == ["1", "service-1"]
    assert reading.about("services.csv") == [(3, "organization_id", 1)]
    assert reading.about("programs.csv") == [(3, "organization_id", 1)]


def test_nested_json_is_the_same_directory(tmp_path: Path) -> None:
    service = {
        "id": "v1",
        "name": "Reading Buddies",
        "status": "active",
        "minimum_age": 6,
        "organization": {"id": "o1", "name": "City Library"},
        "program": {"id": "p1", "name": "Buddies"},
        "service_at_locations": [
            {
                "id": "x1",
                "location": {"id": "l1", "name": "Main", "addresses": [{"id": "a", "postal_code": "01970"}]},
            }
        ],
        "attributes": [{"id": "b1", "taxonomy_term": {"id": "t1", "name": "Tutoring"}}],
        "service_capacities": [{"id": "c1", "available": 0, "maximum": 8, "updated": "2026-09-01"}],
    }
    plain = {key: service[key] for key in ("name", "status", "organization", "program")} | {"id": "v0"}
    path = tmp_path / "services.json"
    path.write_bytes(orjson.dumps({"contents": [plain, service, {"id": "q"}]}))
    reading = read("hsds", path)
    assert reading.all_sound()
    assert reading.counts() == {"organization": 1, "location": 1, "program": 1, "service": 2, "capacity": 1}
    row = reading.rows(Kind.SERVICE)[1]
    assert (row.code, row.program, row.service_type, row.locations) == ("v1", "p1", "TUTORING", ("l1",))
    assert reading.rows(Kind.PROGRAM)[0].organization == "o1"
    assert reading.of(Kind.SERVICE)[1].line == 2
    assert [(oddity.line, oddity.problem.code) for oddity in reading.oddities] == [
        (3, "ROW_INVALID"),
        (1, "ROW_PROBLEM"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("After-School Program", "AFTER_SCHOOL"),
        ("Main Library", "LIBRARY"),
        ("Arts and music", "ARTS_AND_MUSIC"),
        ("Adult tutoring", None),
        ("Help Pay for Childcare", None),
        ("Librarian of the year", None),
        ("Stems and flowers", None),
    ],
)
def test_a_type_is_named_by_whole_words_for_children(text: str, code: str | None) -> None:
    assert read_codes().service_type([text]) == code


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("organization", "id,title\n", "organization.csv: the column name is missing"),
        ("service", None, "service.csv"),
    ],
)
def test_a_directory_without_what_it_needs_is_refused(
    folder: Path, file: str, content: str | None, problem: str
) -> None:
    (folder / f"{file}.csv").unlink()
    if content:
        write(folder, **{file: content})
    with pytest.raises(FileUnreadable, match=problem):
        read("hsds", folder)


def test_a_real_ohana_directory_is_read_whole() -> None:
    reading = read("hsds", real("hsds", "ohana", "data", "sample-csv"))
    assert reading.counts() == {"organization": 8, "location": 22, "program": 22, "service": 21}
    assert reading.all_sound()
    assert reading.about("services.csv")[-3:] == [(21, "status", 1), (22, "status", 1), (2, "name", 20)]
    told = {o.problem.message: o.count for o in reading.oddities}
    assert told["service.fees has no home here."] == told["service.eligibility has no home here."] == 21
    assert told["A row of phones.csv has no home here."] == 54
    assert told["A row of regular_schedules.csv has no home here."] == 11


@pytest.mark.parametrize("example", ["csv", "service_full.json", "organization_full.json", "service_list.json"])
def test_the_standard_s_own_examples_are_read(example: str) -> None:
    reading = read("hsds", real("hsds", "spec", "hsds-3.0", "examples", example))
    (service,) = reading.rows(Kind.SERVICE)
    (program,) = reading.rows(Kind.PROGRAM)
    assert (service.name, service.program, program.code) == (
        "Community Counselling",
        program.code,
        program.code,
    )


def test_what_has_no_home_is_counted_by_table_and_column_in_every_way_of_writing_it(tmp_path: Path) -> None:
    service = {"id": "v1", "name": "Tutoring", "organization_id": "o1", "status": "active", "fees": "none"}
    organization = {"id": "o1", "name": "Library", "tax_id": "1"}
    told = {"service.fees has no home here.": 1, "organization.tax_id has no home here.": 1}
    as_csv = write(
        tmp_path / "csv",
        organization="id,name,tax_id\no1,Library,1\n",
        service="id,name,organization_id,status,fees\nv1,Tutoring,o1,active,none\n",
    )
    lines = b"\n".join(map(orjson.dumps, (service, organization)))
    nested = orjson.dumps([{**service, "organization": organization}])
    files = write(tmp_path / "json", lines__ndjson=lines, nested__json=nested)
    for path in (as_csv, files / "lines.ndjson", files / "nested.json"):
        reading = read("hsds", path)
        assert {o.problem.message: o.count for o in reading.oddities} == told, path.name
        assert reading.counts() == {"organization": 1, "program": 1, "service": 1}, path.name


def test_nested_files_may_come_in_any_order_and_repeat_each_other(tmp_path: Path) -> None:
    organization = {"id": "o1", "name": "Library"}
    place = {"id": "l1", "name": "Main", "location_type": "physical"}
    service = {"id": "v1", "name": "Tutoring", "status": "active", "organization": organization}
    at = {"id": "x1", "service": service, "location": place}
    readings = []
    for names in ("abcd", "dcba"):
        items = zip(names, (organization, place, service, at), strict=True)
        folder = write(tmp_path / names, **{f"{name}__json": orjson.dumps(item) for name, item in items})
        readings.append(sorted((str(raw.kind), sorted(raw.fields.items())) for raw in read("hsds", folder).raws))
    assert readings[0] == readings[1]
    assert dict(readings[0][-1][1])["locations"] == ("l1",)


def test_an_attribute_of_what_is_no_service_types_none(folder: Path) -> None:
    write(folder, attribute=ATTRIBUTE.replace(",service\n", ",organization\n"))
    reading = read("hsds", folder)
    assert [row.service_type for row in reading.rows(Kind.SERVICE)] == ["TUTORING", None]
    assert "An attribute of what is no service has no home here." in reading.messages()


def test_a_community_says_what_its_own_terms_name(folder: Path) -> None:
    said = b"[terms]\nI = 'DENTAL'\n[phrases]\n'homework' = 'MENTORING'\n[exclusions]\n'old' = ''\n"
    items = FORMATS["hsds"].reader(None, CodeFile("ours.toml", said))(folder)
    types = [i.fields.get("service_type") for i in items if isinstance(i, Raw) and i.kind is Kind.SERVICE]
    # The term is called Immunizations as well, which ours knows by its name first.
    assert types == ["MENTORING", "IMMUNIZATION"]
    said = b"[terms]\nimmunizations = ''\nI = 'DENTAL'\n"
    items = FORMATS["hsds"].reader(None, CodeFile("ours.toml", said))(folder)
    types = [i.fields.get("service_type") for i in items if isinstance(i, Raw) and i.kind is Kind.SERVICE]
    assert types == ["TUTORING", "DENTAL"]


def test_csv_tables_beside_nested_files_are_read_with_them(folder: Path) -> None:
    write(folder, more__json=orjson.dumps({"id": "o7", "name": "Y", "email": "a@example.org"}))
    reading = read("hsds", folder)
    assert [row.code for row in reading.rows(Kind.ORGANIZATION)] == ["o7", "o1", "o2"]
    assert "organization.email has no home here." in reading.messages()
