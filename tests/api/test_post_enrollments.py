"""postEnrollments as a partner's program meets it."""

import asyncio
from typing import Any

from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import child

POST = """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) {
  committed created updated unchanged needsReview rejected
  rows { index recordId verdict enrollment child problems { code message hint path } } } }"""


def row(record_id: str, given: str = "Ana", **said: Any) -> dict[str, Any]:
    identity = {"givenName": given, "familyName": "Rivera", "birthDate": "2018-03-09", "sex": "FEMALE"}
    base = {"recordId": record_id, "program": "after", "status": "ENROLLED", "begins": "2026-09-01"}
    return {**base, "child": {"identity": identity}, **said}


async def post(client: Client, token: str, *rows: dict[str, Any], **how: Any) -> dict[str, Any]:
    given = {"community": "harbor", "rows": list(rows), **how}
    receipt: dict[str, Any] = (await client.data(POST, token, input=given))["postEnrollments"]
    return receipt


async def test_every_row_gets_its_verdict_and_its_path(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    rows = [
        row("e1"),
        row("e2", "Bo", begins="2026-02-30"),
        row("e3", "Cy", ends="2026-08-01"),
        row("e4", "Di", program="paint"),
        row("e1"),
        {"recordId": "e5"},
    ]
    receipt = await post(client, token, *rows)
    assert [each["verdict"] for each in receipt["rows"]] == ["CREATED", *["REJECTED"] * 5]
    assert (receipt["committed"], receipt["created"], receipt["rejected"]) == (True, 1, 5)
    problems = [[(p["code"], p["path"]) for p in each["problems"]] for each in receipt["rows"][1:5]]
    assert problems == [
        [("DATE_INVALID", ["rows", "1", "begins"])],
        [("ENDS_BEFORE_BEGINS", ["rows", "2"])],
        [("PROGRAM_NOT_YOURS", ["rows", "3", "program"])],
        [("DUPLICATE_ROW", ["rows", "4", "recordId"])],
    ]
    missing = {tuple(p["path"][2:]) for p in receipt["rows"][5]["problems"]}
    assert missing == {("child",), ("program",), ("status",), ("begins",)}


async def test_our_reference_from_a_receipt_finds_the_child_again_for_its_agency_only(client: Client) -> None:
    club = await client.token(Role.PARTNER_AGENCY, organization="club")
    arts = await client.token(Role.PARTNER_AGENCY, organization="arts")
    first = (await post(client, club, row("e1")))["rows"][0]
    ended = row("e1", child={"ref": first["child"]}, status="WITHDRAWN", ends="2026-10-01", recordVersion=2)
    again = (await post(client, club, ended))["rows"][0]
    assert (again["verdict"], again["child"], again["enrollment"]) == (
        "UPDATED",
        first["child"],
        first["enrollment"],
    )
    for stolen in (first["child"], first["enrollment"], "nonsense"):
        other = await post(client, arts, row("e1", child={"ref": stolen}, program="paint"))
        assert [p["code"] for p in other["rows"][0]["problems"]] == ["CHILD_UNKNOWN"]


async def test_what_a_post_creates_is_in_the_next_answer(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    await post(client, token, row("e1"), row("e2", "Bo"))
    query = """{ enrollments(community: "harbor", filter: {status: [ENROLLED]}) {
        totalCount nodes { recordId child { id } } } }"""
    found = (await client.data(query, token))["enrollments"]
    assert found["totalCount"] == 2
    assert {node["recordId"] for node in found["nodes"]} == {"e1", "e2"}
    refused = '{ enrollments(community: "harbor", filter: {status: [LOST]}) { totalCount } }'
    assert await client.code(refused, token) == "DOCUMENT_INVALID"


async def test_dry_run_and_atomic_write_nothing_they_should_not(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    dry = await post(client, token, row("e1"), dryRun=True)
    assert (dry["committed"], dry["rows"][0]["verdict"], dry["rows"][0]["child"]) == (False, "CREATED", None)
    refused = await post(client, token, row("e1"), row("e2", begins="soon"), atomic=True)
    codes = [each["problems"][0]["code"] for each in refused["rows"]]
    assert (refused["committed"], codes) == (False, ["BATCH_REFUSED", "DATE_INVALID"])
    query = '{ enrollments(community: "harbor") { totalCount } }'
    assert (await client.data(query, token))["enrollments"]["totalCount"] == 0


async def test_the_same_key_at_the_same_time_is_one_post(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    rows = [row(f"e{n}", f"Kid{n}") for n in range(20)]
    body = {
        "query": POST,
        "variables": {"input": {"community": "harbor", "rows": rows, "idempotencyKey": "k"}},
    }
    headers = {"Authorization": f"Bearer {token}"}
    answers = await asyncio.gather(*(client.http.post("/graphql", json=body, headers=headers) for _ in range(4)))
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["data"]["postEnrollments"]["created"] == 20
    body["variables"]["input"]["rows"] = rows[:1]
    other = (await client.http.post("/graphql", json=body, headers=headers)).json()
    assert other["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_REUSED"


async def test_agencies_that_meet_at_a_new_child_make_it_once(client: Client) -> None:
    tokens = [await client.token(Role.PARTNER_AGENCY, organization=name) for name in ("club", "arts")]
    programs = ("after", "paint")
    receipts = await asyncio.gather(
        *(
            post(client, token, *(row(f"e{n}", f"Kid{n}", program=program) for n in range(30)))
            for token, program in zip(tokens, programs, strict=True)
        )
    )
    first, second = ([each["child"] for each in receipt["rows"]] for receipt in receipts)
    assert len({*first, *second}) == 60, "each agency has references of its own"
    source = await client.world.source("club")
    async with client.world.database.transaction(source.scope) as connection:
        assert await connection.fetchval("SELECT count(*) FROM child") == 30


async def test_too_many_rows_and_somebody_elses_organization_are_refused(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    given = {"community": "harbor", "rows": [row(f"e{n}") for n in range(10_001)]}
    assert await client.code(POST, token, input=given) == "TOO_MANY_ROWS"
    query = '{ community(id: "harbor") { organizations { nodes { id code } } } }'
    nodes = (await client.data(query))["community"]["organizations"]["nodes"]
    arts = next(node["id"] for node in nodes if node["code"] == "arts")
    given = {"community": "harbor", "organization": arts, "rows": [row("e1")]}
    assert await client.code(POST, token, input=given) == "FORBIDDEN"
    unknown = {"community": "harbor", "rows": [row("e1", colour="red")]}
    assert await client.code(POST, token, input=unknown) == "DOCUMENT_INVALID"


async def test_a_child_the_health_sector_knows_looks_like_any_other_to_an_agency(client: Client) -> None:
    await client.world.roster("clinic", child("P1", "Known"))
    token = await client.token(Role.PARTNER_AGENCY)
    receipt = await post(client, token, row("e1", "Known"), row("e2", "Fresh"))
    known, fresh = ({k: v for k, v in each.items() if k in ("verdict", "problems")} for each in receipt["rows"])
    assert known == fresh
    query = '{ children(community: "harbor") { nodes { birthMonth sex raceEthnicity years { sector } } } }'
    seen = (await client.data(query, token))["children"]["nodes"]
    assert seen[0] == seen[1]
