"""An export is the API's own list, whole: for every role, with every filter, and audited."""

import re
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from cabinet.communities import add_member
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import World, child, enrollment

PAGE = "pageInfo { hasNextPage endCursor }"
COLUMNS = {
    "children": "id birthMonth sex raceEthnicity",
    "enrollments": "id status begins ends exitReason recordId child { id } program { id code }"
    " organization { id code }",
    "referrals": "id status sent closed recipient recordId child { id } serviceType { code }"
    " organization { id code }",
    "withdrawnRecords": "id kind recordId recordVersion reason recordedAt day closed said code recipient"
    " child { id } serviceType { code } organization { id code }",
    "organizations": "id code name sector website",
    "programs": "id code name sector description organization { id code }",
    "neighborhoods": "id code name tracts postalCodes geometry",
    "schools": "id code name grades organization { id code } location { code }",
}
PARTS = {
    "identities": "givenName middleName familyName birthDate sex address postalCode",
    "years": "schoolYear sector grade ends exitReason school { id code } neighborhood { id code }",
    "characteristics": "kind value begins ends sector",
}
ABOUT_CHILDREN = ("children", "enrollments", "referrals", "withdrawnRecords", *PARTS)


async def fill(world: World) -> None:
    """Put children of three sectors into the world, with all that an export has a column for."""
    ana = child("1", "Ana", grade="03", school="ES1", neighborhood="north")
    ana["characteristics"] = [{"kind": "IEP", "value": "YES", "begins": "2026-09-01"}]
    ana["race_ethnicity"] = ["WHITE", "ASIAN"]
    bo, cy = child("2", "Bo", sex="MALE"), child("3", "Cy", birth_date="2012-01-31")
    await world.roster("district", ana, cy)
    await world.roster("clinic", {**ana, "characteristics": []})
    await world.enroll("club", enrollment("e1", ana, "after"), enrollment("e2", bo, "after", status="WAITLISTED"))
    ended = {"status": "COMPLETED", "begins": "2026-01-10", "ends": "2026-05-30", "exit_reason": 'Said "done"'}
    await world.enroll("club", enrollment("e3", bo, "after", **ended))
    await world.enroll("arts", enrollment("e1", bo, "paint"))
    await world.enroll("district", enrollment("t1", cy, "tutoring", begins="2026-10-01"))
    sent = {"record_id": "f1", "child": {"source_id": "1", "identity": ana["identity"]}, "service_type": "DENTAL"}
    await world.fill(
        "clinic", Kind.REFERRAL, [{**sent, "status": "SENT", "sent": "2026-09-02", "recipient": "Smile"}]
    )
    await world.fill(
        "clinic", Kind.REFERRAL, [{**sent, "record_id": "f2", "status": "SENT", "sent": "2026-09-03"}]
    )
    gone = {"record_id": "f2", "kind": "REFERRAL", "reason": "=entered twice", "record_version": 2**40}
    await world.fill("clinic", Kind.WITHDRAWAL, [gone])
    program = {"code": "open-gym", "name": "Gym: “open”", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await world.fill("club", Kind.PROGRAM, [{**program, "description": "Two\nlines, and a comma"}])


@pytest.fixture
async def filled(client: Client) -> Client:
    await fill(client.world)
    return client


async def get(client: Client, path: str, token: str | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await client.http.get(f"/export/{path}", headers=headers)


async def refusal(client: Client, path: str, token: str | None = None) -> tuple[int, str]:
    response = await get(client, path, token)
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


async def paged(client: Client, name: str, token: str | None, asked: str = "") -> list[dict[str, Any]]:
    """Read a list of the API to its end, two rows at a time."""
    nodes: list[dict[str, Any]] = []
    after, columns = "null", COLUMNS.get(name, "")
    while True:
        arguments = f"first: 2, after: {after}{asked}"
        if name in PARTS:
            nodes_of = f"nodes {{ id {name} {{ {PARTS[name]} }} }}"
            text = f'{{ children(community: "harbor", {arguments}) {{ {nodes_of} {PAGE} }} }}'
        elif name in ABOUT_CHILDREN:
            text = f'{{ {name}(community: "harbor", {arguments}) {{ nodes {{ {columns} }} {PAGE} }} }}'
        else:
            text = f'{{ community(id: "harbor") {{ {name}({arguments}) {{ nodes {{ {columns} }} {PAGE} }} }} }}'
        data = await client.data(text, token)
        page = data["children" if name in PARTS else name] if name in ABOUT_CHILDREN else data["community"][name]
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = f'"{page["pageInfo"]["endCursor"]}"'
    if name not in PARTS:
        return nodes
    return [{"child": {"id": node["id"]}, **row} for node in nodes for row in node[name]]


def as_lines(rows: list[dict[str, Any]]) -> list[bytes]:
    return [orjson.dumps(row) for row in rows]


ROLES: list[tuple[Role, dict[str, str]]] = [
    (Role.SECTOR_STEWARD, {"sector": "EDUCATION"}),
    (Role.SECTOR_STEWARD, {"sector": "HEALTH"}),
    (Role.SECTOR_STEWARD, {"sector": "OUT_OF_SCHOOL_TIME"}),
    (Role.PARTNER_AGENCY, {"organization": "club"}),
    (Role.PARTNER_AGENCY, {"organization": "arts"}),
]


@pytest.mark.parametrize(
    ("role", "of"), ROLES, ids=lambda each: "-".join(each.values()) if isinstance(each, dict) else each
)
async def test_an_export_is_byte_for_byte_what_the_api_lists(
    filled: Client, role: Role, of: dict[str, str]
) -> None:
    token = await filled.token(role, **of)
    seen = set()
    for name in (*COLUMNS, *PARTS):
        response = await get(filled, f"harbor/{name}.ndjson", token)
        assert response.status_code == 200, response.text
        assert response.headers["content-type"] == "application/x-ndjson"
        listed = await paged(filled, name, token)
        lines = response.content.split(b"\n")
        assert lines.pop() == b""
        # The rows of a child's short list come by child in the API, and by their own keys in the file.
        assert (sorted if name in PARTS else list)(lines) == (sorted if name in PARTS else list)(as_lines(listed))
        seen |= {name} if lines else set()
    assert {"children", "programs", "neighborhoods", "schools", "organizations", "identities"} <= seen


async def test_an_agency_never_exports_another_agencys_client_or_enrollment(filled: Client) -> None:
    arts = await filled.token(Role.PARTNER_AGENCY, organization="arts")
    rows = (await get(filled, "harbor/enrollments.ndjson", arts)).text.splitlines()
    assert [orjson.loads(row)["program"]["code"] for row in rows] == ["paint"]
    assert len((await get(filled, "harbor/children.ndjson", arts)).text.splitlines()) == 1
    club = await filled.token(Role.PARTNER_AGENCY, organization="club")
    theirs = [
        orjson.loads(row) for row in (await get(filled, "harbor/enrollments.ndjson", club)).text.splitlines()
    ]
    assert {row["organization"]["code"] for row in theirs} == {"club"}
    narrowed = f"harbor/enrollments.ndjson?program={theirs[0]['program']['id']}"
    assert len((await get(filled, narrowed, club)).text.splitlines()) == 3
    assert (await get(filled, narrowed, arts)).content == b""


async def test_no_export_crosses_from_one_community_into_another(filled: Client) -> None:
    world = filled.world
    river_club = await filled.token(Role.PARTNER_AGENCY, world.river, organization="club")
    assert (await get(filled, "river/enrollments.csv", river_club)).text.count("\n") == 1
    assert await refusal(filled, "harbor/enrollments.csv", river_club) == (403, "FORBIDDEN")
    programs = (await get(filled, "river/programs.ndjson")).text.splitlines()
    assert [orjson.loads(row)["code"] for row in programs] == ["after"]
    other = orjson.loads(programs[0])["id"]
    harbor_club = await filled.token(Role.PARTNER_AGENCY, organization="club")
    assert await refusal(filled, f"harbor/enrollments.csv?program={other}", harbor_club) == (404, "NOT_FOUND")


async def test_staff_and_the_public_export_what_services_there_are_and_no_child(filled: Client) -> None:
    staff = await filled.token(Role.CABINET_STAFF)
    for token in (None, staff):
        for name in ABOUT_CHILDREN:
            assert await refusal(filled, f"harbor/{name}.csv", token) == (403, "FORBIDDEN")
        for name in COLUMNS.keys() - set(ABOUT_CHILDREN):
            response = await get(filled, f"harbor/{name}.ndjson", token)
            assert response.text.splitlines() == [
                line.decode() for line in as_lines(await paged(filled, name, token))
            ]
    headers = {"Authorization": "Bearer not-a-token"}
    refused = await filled.http.get("/export/harbor/programs.csv", headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (401, "TOKEN_INVALID")


async def test_a_column_the_role_does_not_see_is_empty_and_named(filled: Client) -> None:
    club = await filled.token(Role.PARTNER_AGENCY, organization="club")
    response = await get(filled, "harbor/children.csv", club)
    assert response.headers["x-cabinet-withheld"] == "Child.raceEthnicity"
    header, *rows = response.text.split("\r\n")
    assert header == "id,birthMonth,sex,raceEthnicity"
    assert all(row.endswith(",") for row in rows if row)
    steward = await filled.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    seen = await get(filled, "harbor/children.csv", steward)
    assert "x-cabinet-withheld" not in seen.headers
    assert '"[""ASIAN"",""WHITE""]"' in seen.text


FILTERS = [
    ("status=ENROLLED&status=WAITLISTED", "status: [ENROLLED, WAITLISTED]", 2),
    ("status=COMPLETED", "status: [COMPLETED]", 1),
    ("begins.from=2026-09-01", 'begins: {from: "2026-09-01"}', 2),
    ("begins.from=2026-01-01&begins.to=2026-06-30", 'begins: {from: "2026-01-01", to: "2026-06-30"}', 1),
    ("openOn=2026-10-15&status=WAITLISTED", 'openOn: "2026-10-15", status: [WAITLISTED]', 1),
    ("ends.to=2025-01-01", 'ends: {to: "2025-01-01"}', 0),
]


@pytest.mark.parametrize(("parameters", "asked", "count"), FILTERS, ids=[each[0] for each in FILTERS])
async def test_filters_are_the_lists_own(filled: Client, parameters: str, asked: str, count: int) -> None:
    token = await filled.token(Role.PARTNER_AGENCY, organization="club")
    response = await get(filled, f"harbor/enrollments.ndjson?{parameters}", token)
    listed = await paged(filled, "enrollments", token, f", filter: {{{asked}}}")
    assert response.content.splitlines() == as_lines(listed)
    assert len(listed) == count


async def test_filters_by_id_hold_for_what_belongs_to_the_row_too(filled: Client) -> None:
    token = await filled.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    community = (await filled.data('{ community(id: "harbor") { id } }'))["community"]["id"]
    ids = [row["id"] for row in await paged(filled, "children", token)]
    assert len(ids) == 2
    for one in ids:
        for name in ("children", "identities", "years"):
            rows = (await get(filled, f"{community}/{name}.ndjson?child={one}", token)).text.splitlines()
            owners = [orjson.loads(row) for row in rows]
            assert {row["id"] if name == "children" else row["child"]["id"] for row in owners} == {one}
    (program,) = (await get(filled, "harbor/programs.ndjson?code=paint&code=none")).text.splitlines()
    assert orjson.loads(program)["name"] == "Paint"


REFUSED = [
    ("harbor/enrollments.csv?color=red", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?status=GONE", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?begins.from=2026-09-31", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?begins.from=", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?begins=2026-09-01", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?openOn=2026-09-01&openOn=2026-09-02", 422, "INPUT_INVALID"),
    ("harbor/enrollments.ndjson?bom=1", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?bom=yes", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?first=10", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?status=%FF", 422, "INPUT_INVALID"),
    ("harbor/enrollments.csv?program=AAAA", 404, "NOT_FOUND"),
    ("harbor/enrollments.xlsx", 404, "NOT_FOUND"),
    ("harbor/coverage.csv", 404, "NOT_FOUND"),
    ("harbor/communities.csv", 404, "NOT_FOUND"),
    ("harbor/enrollments", 404, "NOT_FOUND"),
    ("nowhere/enrollments.csv", 404, "NOT_FOUND"),
    ("harbor/more/enrollments.csv", 404, "NOT_FOUND"),
]


@pytest.mark.parametrize(("path", "status", "code"), REFUSED, ids=[each[0] for each in REFUSED])
async def test_what_cannot_be_meant_is_refused_before_a_byte(
    client: Client, path: str, status: int, code: str
) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    response = await get(client, path, token)
    error = response.json()["errors"][0]
    assert (response.status_code, error["extensions"]["code"]) == (status, code)
    assert error["extensions"]["hint"]


async def test_every_list_of_a_community_can_be_exported_with_every_filter_it_has(client: Client) -> None:
    """A list that is added to the API is exported without a word more; this says which there are."""
    unknown = (await get(client, "harbor/everything.csv")).json()["errors"][0]["extensions"]["hint"]
    assert set(re.findall(r"\w+", unknown)) - {"There", "are"} == {*COLUMNS, *PARTS}
    token = await client.token(Role.SECTOR_STEWARD)
    filters = {name: await known_filters(client, name, token) for name in (*COLUMNS, *PARTS)}
    dates = {"begins.from", "begins.to", "ends.from", "ends.to", "openOn"}
    assert filters["enrollments"] == {"status", "program", "organization", "child", *dates}
    assert filters["children"] == filters["identities"] == {"child"}
    assert filters["programs"] == {"code", "sector", "organization"}


async def known_filters(client: Client, name: str, token: str) -> set[str]:
    error = (await get(client, f"harbor/{name}.csv?color=red", token)).json()["errors"][0]["extensions"]
    assert (error["code"], error["parameter"]) == ("INPUT_INVALID", "color")
    return set(error["hint"].removeprefix("There are: ").removesuffix(".").split(", "))


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_only_get_is_answered(client: Client, method: str) -> None:
    response = await client.http.request(method, "/export/harbor/programs.csv")
    assert (response.status_code, response.headers["allow"]) == (405, "GET")


async def test_an_export_of_children_is_audited_with_the_rows_that_left(filled: Client, database_url: str) -> None:
    steward = await filled.token(Role.SECTOR_STEWARD, sector="OUT_OF_SCHOOL_TIME")
    await get(filled, "harbor/programs.csv", steward)
    await get(filled, "harbor/enrollments.csv?status=ENROLLED", steward)
    await get(filled, "harbor/identities.ndjson", steward)
    owner = await asyncpg.connect(database_url)
    found = await owner.fetch(
        "SELECT roles, action, detail FROM audit_event WHERE action ~ '^export' ORDER BY recorded_at, action"
    )
    await owner.close()
    events = [(row["action"], orjson.loads(row["detail"])) for row in found]
    keys = [detail.pop("export") for _, detail in events]
    assert keys[0] == keys[1] != keys[2] == keys[3]
    assert events == [
        ("export enrollment", {"level": "SECTOR", "format": "csv", "filters": ["status"]}),
        ("exported enrollment", {"rows": 2, "complete": True}),
        ("export child_identity", {"level": "SECTOR", "format": "ndjson", "filters": []}),
        ("exported child_identity", {"rows": 3, "complete": True}),
    ]
    assert {row["roles"] for row in found} == {"PUBLIC SECTOR_STEWARD"}


async def test_who_is_a_steward_and_an_agency_exports_the_rows_of_both(filled: Client) -> None:
    token = await filled.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    subject = "SECTOR_STEWARD:harbor:club:EDUCATION"
    await add_member(filled.world.database, filled.world.harbor, subject, Role.PARTNER_AGENCY, organization="club")
    rows = (await get(filled, "harbor/enrollments.ndjson", token)).content.splitlines()
    assert rows == as_lines(await paged(filled, "enrollments", token))
    assert {orjson.loads(row)["organization"]["code"] for row in rows} == {"club", "district"}
