"""postAttendance as a partner's program meets it."""

from typing import Any

from cabinet.tables.terms import Role
from tests.client import Client

POST = """mutation($input: PostAttendanceInput!) { postAttendance(input: $input) {
  committed created updated unchanged needsReview rejected
  rows { index recordId verdict enrollment child problems { code message hint path } } } }"""
ENROLLED = """{ enrollments(community: "harbor") { nodes { id status begins ends recordId child { id } } } }"""


def row(record_id: str, given: str = "Ana", **said: Any) -> dict[str, Any]:
    identity = {"givenName": given, "familyName": "Rivera", "birthDate": "2018-03-09", "sex": "FEMALE"}
    base = {"recordId": record_id, "program": "after", "category": "PRESENT", "attendedOn": "2026-09-08"}
    return {**base, "child": {"identity": identity}, **said}


async def post(client: Client, token: str, *rows: dict[str, Any], **how: Any) -> dict[str, Any]:
    given = {"community": "harbor", "rows": list(rows), **how}
    receipt: dict[str, Any] = (await client.data(POST, token, input=given))["postAttendance"]
    return receipt


async def test_a_receipt_leads_to_the_enrollment_of_the_day(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    receipt = await post(client, token, row("d1", minutes=90, session="gym"), row("d2", attendedOn="2026-09-09"))
    assert (receipt["committed"], receipt["created"]) == (True, 2)
    (made,) = (await client.data(ENROLLED, token))["enrollments"]["nodes"]
    assert (made["status"], made["begins"], made["ends"]) == ("ENROLLED", "2026-09-08", None)
    assert {(each["enrollment"], each["child"]) for each in receipt["rows"]} == {(made["id"], made["child"]["id"])}
    again = await post(client, token, row("d1", minutes=90, session="gym"))
    assert (again["unchanged"], again["rows"][0]["enrollment"]) == (1, made["id"])


async def test_every_row_gets_its_verdict_and_its_path(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    rows = [
        row("d1"),
        row("d2", attendedOn="2026-02-30"),
        row("d3", program="paint"),
        row("d1"),
        {"recordId": "d4"},
    ]
    receipt = await post(client, token, *rows)
    assert [each["verdict"] for each in receipt["rows"]] == ["CREATED", *["REJECTED"] * 4]
    assert [[(p["code"], p["path"]) for p in each["problems"]] for each in receipt["rows"][:4]] == [
        [("ENROLLMENT_MADE", ["rows", "0", "attendedOn"])],
        [("DATE_INVALID", ["rows", "1", "attendedOn"])],
        [("PROGRAM_NOT_YOURS", ["rows", "2", "program"])],
        [("DUPLICATE_ROW", ["rows", "3", "recordId"])],
    ]
    missing = {tuple(p["path"][2:]) for p in receipt["rows"][4]["problems"]}
    assert missing == {("child",), ("program",), ("category",), ("attendedOn",)}


async def test_our_reference_finds_the_child_again_for_its_agency_only(client: Client) -> None:
    club = await client.token(Role.PARTNER_AGENCY, organization="club")
    arts = await client.token(Role.PARTNER_AGENCY, organization="arts")
    ref = {"ref": (await post(client, club, row("d1")))["rows"][0]["child"]}
    assert (await post(client, club, row("d2", child=ref)))["created"] == 1
    stolen = await post(client, arts, row("d3", child=ref, program="paint"))
    assert [p["code"] for p in stolen["rows"][0]["problems"]] == ["CHILD_UNKNOWN"]
