"""What an agency is promised over HTTP when it withdraws what it posted in error."""

from cabinet.tables.terms import Role
from tests.client import Client

POST = """mutation($input: PostEncountersInput!) { postEncounters(input: $input) { rows { verdict } } }"""
WITHDRAW = """mutation($input: PostWithdrawalsInput!) { postWithdrawals(input: $input) {
  committed updated unchanged rejected rows { recordId verdict child problems { code path } } } }"""
WHO = {"identity": {"givenName": "Ana", "familyName": "Rivera", "birthDate": "2018-03-09", "sex": "FEMALE"}}
VISIT = {"recordId": "v1", "child": WHO, "serviceType": "DENTAL", "kind": "VISIT", "occurredOn": "2026-09-08"}
SERVED = """{ coverage(community: "harbor", services: ["DENTAL"], asOf: "2026-10-15") {
  services { total { served { value } } } } }"""


async def served(client: Client, token: str) -> int:
    (service,) = (await client.data(SERVED, token))["coverage"]["services"]
    value: int = service["total"]["served"]["value"]
    return value


async def test_a_withdrawn_visit_serves_nobody(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY, organization="clinic")
    await client.data(POST, token, input={"community": "harbor", "rows": [VISIT]})
    steward = await client.token(Role.SECTOR_STEWARD)
    before = await served(client, steward)
    given = {"community": "harbor", "rows": [{"recordId": "v1", "kind": "ENCOUNTER", "reason": "wrong child"}]}
    receipt = (await client.data(WITHDRAW, token, input=given))["postWithdrawals"]
    assert (receipt["committed"], receipt["updated"], receipt["rows"][0]["verdict"]) == (True, 1, "UPDATED")
    assert (before, await served(client, steward)) == (1, 0)


async def test_a_bad_row_costs_itself_only(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY, organization="clinic")
    await client.data(POST, token, input={"community": "harbor", "rows": [VISIT]})
    rows = [{"recordId": "v1", "kind": "VISIT"}, {"kind": "NEED"}, {"recordId": "v1", "kind": "ENCOUNTER"}]
    receipt = (await client.data(WITHDRAW, token, input={"community": "harbor", "rows": rows}))["postWithdrawals"]
    assert [row["verdict"] for row in receipt["rows"]] == ["REJECTED", "REJECTED", "UPDATED"]
    assert [row["problems"][0]["path"] for row in receipt["rows"][:2]] == [
        ["rows", "0", "kind"],
        ["rows", "1", "recordId"],
    ]
