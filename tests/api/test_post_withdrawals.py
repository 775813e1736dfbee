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

GONE = """query($community: ID!) { withdrawnRecords(community: $community) { totalCount nodes {
  id kind recordId recordVersion reason day said code child { id } serviceType { code }
  organization { code } } } }"""
ONE = "query($id: ID!) { node(id: $id) { ... on WithdrawnRecord { recordId } } }"


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


async def test_what_was_withdrawn_is_for_whoever_the_record_was_for(client: Client) -> None:
    clinic = await client.token(Role.PARTNER_AGENCY, organization="clinic")
    seen = {**VISIT, "code": "cdt|D0120"}
    await client.data(POST, clinic, input={"community": "harbor", "rows": [seen]})
    rows = [
        {"recordId": "v1", "kind": "ENCOUNTER", "reason": "wrong child"},
        {"recordId": "v9", "kind": "ENCOUNTER", "recordVersion": 7},
    ]
    await client.data(WITHDRAW, clinic, input={"community": "harbor", "rows": rows})
    answer = await client.ask(GONE, clinic, community="harbor")
    first, never = answer["data"]["withdrawnRecords"]["nodes"]
    assert (first["kind"], first["recordId"], first["recordVersion"]) == ("ENCOUNTER", "v1", "2")
    assert (first["reason"], first["day"], first["said"]) == ("wrong child", "2026-09-08", "VISIT")
    assert (first["serviceType"], first["organization"]) == ({"code": "DENTAL"}, {"code": "clinic"})
    # Its own reference to the child, not the child's key; and no more of an encounter than it sees elsewhere.
    mine = await client.data('{ children(community: "harbor") { nodes { id } } }', clinic)
    assert [first["child"]] == mine["children"]["nodes"]
    assert first["code"] is None
    assert answer["extensions"]["withheld"] == ["WithdrawnRecord.code"]
    assert (never["recordVersion"], never["day"], never["child"]) == ("7", None, None)

    health = await client.token(Role.SECTOR_STEWARD, sector="HEALTH")
    shown = (await client.data(GONE, health, community="harbor"))["withdrawnRecords"]
    assert (shown["totalCount"], shown["nodes"][0]["code"]) == (2, "cdt|D0120")
    assert shown["nodes"][0]["child"] != first["child"]

    others = (
        await client.token(Role.PARTNER_AGENCY, organization="club"),
        await client.token(Role.SECTOR_STEWARD, sector="EDUCATION"),
    )
    for token in others:
        assert (await client.data(GONE, token, community="harbor"))["withdrawnRecords"]["totalCount"] == 0
        assert (await client.ask(ONE, token, id=first["id"]))["data"] == {"node": None}
    assert (await client.data(ONE, clinic, id=first["id"]))["node"] == {"recordId": "v1"}
