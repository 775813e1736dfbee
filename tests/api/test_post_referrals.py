"""What an agency is promised of the referrals it posts, and of its days: they are read again as they stand."""

from itertools import permutations
from typing import Any

from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from tests.api.test_posts import SAMPLES, codes, post, verdicts, who
from tests.client import Client
from tests.world import child, enrollment

Row = dict[str, Any]
LISTED = """query ($filter: ReferralFilter, $first: Int = 50, $after: String) {
  referrals(community: "harbor", filter: $filter, first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage }
    nodes { recordId status sent closed recipient serviceType { code } organization { code } child { id } } } }"""
DAYS = """query ($filter: AttendanceFilter, $orderBy: AttendanceOrder, $first: Int = 50, $after: String) {
  enrollments(community: "harbor") { nodes { recordId
    attendance(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount pageInfo { endCursor hasNextPage } nodes { attendedOn category minutes session } } } } }"""


def referral(status: str, version: int, **said: Any) -> Row:
    row = {"recordId": "r", "recordVersion": version, "child": who("Ana"), "serviceType": "DENTAL"}
    return {**row, "status": status, "sent": "2026-09-01", **said}


async def listed(client: Client, token: str, **variables: Any) -> Row:
    found: Row = (await client.data(LISTED, token, **variables))["referrals"]
    return found


async def test_the_loop_is_closed_in_whatever_order_its_versions_arrive(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY, organization="clinic")
    loop = [
        referral("SENT", 1, recipient="Smile Dental"),
        referral("ACCEPTED", 2, recipient="Smile Dental"),
        referral("COMPLETED", 3, recipient="Smile Dental", closed="2026-10-01"),
    ]
    for number, order in enumerate(permutations(loop)):
        for row in order:
            await post(client, token, SAMPLES["Referrals"], {**row, "recordId": f"r{number}"})
    found = (await listed(client, token))["nodes"]
    assert {(each["status"], each["sent"], each["closed"]) for each in found} == {
        ("COMPLETED", "2026-09-01", "2026-10-01")
    }
    assert sorted(each["recordId"] for each in found) == [f"r{number}" for number in range(6)]
    assert {each["serviceType"]["code"] for each in found} == {"DENTAL"}
    late = await post(client, token, SAMPLES["Referrals"], {**referral("DECLINED", 2), "recordId": "r0"})
    assert verdicts(late) == ["UNCHANGED"]
    other = await post(client, token, SAMPLES["Referrals"], {**referral("DECLINED", 3), "recordId": "r0"})
    assert codes(other) == [["VERSION_CONFLICT"]]


async def test_referrals_are_read_by_who_sent_them_and_by_stewards_of_the_sector(client: Client) -> None:
    tokens = {code: await client.token(Role.PARTNER_AGENCY, organization=code) for code in ("clinic", "club")}
    for code, token in tokens.items():
        row = {**referral("SENT", 1, recipient=f"known to {code}"), "recordId": code}
        assert verdicts(await post(client, token, SAMPLES["Referrals"], row)) == ["CREATED"]
    health = await client.token(Role.SECTOR_STEWARD)
    schools = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    seen = {
        name: [(each["recordId"], each["recipient"]) for each in (await listed(client, token))["nodes"]]
        for name, token in {**tokens, "health": health, "schools": schools}.items()
    }
    assert seen == {
        "clinic": [("clinic", None)],
        "club": [("club", None)],
        # The service is one of health, whoever sent the child there.
        "health": sorted(seen["health"]),
        "schools": [],
    }
    assert ("clinic", "known to clinic") in seen["health"]


async def test_a_childs_referrals_come_page_by_page_and_are_narrowed(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY, organization="clinic")
    rows = [
        {**referral(status, 1), "recordId": f"r{number}", "sent": f"2026-09-{number + 1:02}"}
        for number, status in enumerate(("SENT", "ACCEPTED", "SENT", "CANCELLED"))
    ]
    await post(client, token, SAMPLES["Referrals"], *rows)
    query = """query ($first: Int!, $after: String) { children(community: "harbor") { nodes {
      referrals(first: $first, after: $after) { totalCount pageInfo { endCursor } nodes { id recordId } } } } }"""
    pages, after = [], None
    for _ in range(2):
        (node,) = (await client.data(query, token, first=3, after=after))["children"]["nodes"]
        pages.append(node["referrals"])
        after = node["referrals"]["pageInfo"]["endCursor"]
    found = [each for page in pages for each in page["nodes"]]
    assert ([len(page["nodes"]) for page in pages], pages[0]["totalCount"]) == ([3, 1], 4)
    assert sorted(each["recordId"] for each in found) == ["r0", "r1", "r2", "r3"]
    again = "query ($id: ID!) { node(id: $id) { id ... on Referral { recordId } } }"
    assert (await client.data(again, token, id=found[0]["id"]))["node"] == found[0]
    sent = await listed(client, token, filter={"status": ["SENT"], "sent": {"from": "2026-09-02"}})
    assert [each["recordId"] for each in sent["nodes"]] == ["r2"]


async def test_an_enrollments_days_are_read_within_a_period_in_order_and_page_by_page(client: Client) -> None:
    ana = child("D1", "Ana")
    await client.world.enroll("club", enrollment("e1", ana, "after"), enrollment("e2", child("D2", "Bo"), "after"))
    days = [
        {
            "record_id": f"d{day}",
            "child": {"source_id": "D1", "identity": ana["identity"]},
            "program": "after",
            "attended_on": f"2026-09-{day:02}",
            "category": "PRESENT" if day % 2 else "ABSENT",
        }
        for day in (10, 8, 9, 11)
    ]
    await client.world.fill("club", Kind.ATTENDANCE, days)
    token = await client.token(Role.PARTNER_AGENCY)
    asked: Row = {
        "orderBy": "ATTENDED_ON_DESC",
        "filter": {"attendedOn": {"from": "2026-09-09", "to": "2026-09-11"}},
    }
    seen, after = [], None
    for _ in range(2):
        nodes = (await client.data(DAYS, token, **asked, first=2, after=after))["enrollments"]["nodes"]
        page = next(node["attendance"] for node in nodes if node["recordId"] == "e1")
        assert page["totalCount"] == 3
        seen += [each["attendedOn"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == ["2026-09-11", "2026-09-10", "2026-09-09"]
    absent = (await client.data(DAYS, token, filter={"category": ["ABSENT"]}))["enrollments"]["nodes"]
    counts = {node["recordId"]: node["attendance"]["totalCount"] for node in absent}
    assert counts == {"e1": 2, "e2": 0}
