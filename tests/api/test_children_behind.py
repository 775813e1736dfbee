"""From a count to its children through HTTP: a list like any other, for who reads their rows."""

from typing import Any

import pytest

from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import child, enrollment

CELL = 'community: "harbor", asOf: "2026-10-15", service: "AFTER_SCHOOL"'
PAGES = f"""query Pages($after: String) {{
  childrenBehind({CELL}, count: GAP, where: [{{dimension: GRADE, value: "03"}}], first: 2, after: $after) {{
    totalCount
    nodes {{ id raceEthnicity identities {{ givenName }} enrollments {{ nodes {{ status }} }} }}
    edges {{ cursor }}
    pageInfo {{ hasNextPage hasPreviousPage endCursor }}
  }}
}}"""
COUNT = """{ coverage(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"], breakdownBy: [GRADE]) {
  services { groups { values { value } counts { gap { value } } } } } }"""
OPENED = "SELECT action, detail FROM audit_event WHERE community_id = $1 AND action LIKE 'read child behind%'"


@pytest.fixture
async def club(client: Client) -> Client:
    """Five third graders at the club, of whom one is served, and a fourth grader."""
    said = {"race_ethnicity": ["ASIAN"]}
    names = ("Ana", "Bo", "Cy", "Di", "Eve")
    await client.world.roster("club", *(child(name, name, grade="03", **said) for name in names))
    await client.world.roster("club", child("Flo", "Flo", grade="04"))
    await client.world.enroll("club", enrollment("e1", "Ana", "after"))
    await client.world.enroll("club", enrollment("e2", "Bo", "after", status="WAITLISTED"))
    return client


async def pages(client: Client, token: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while not found or found[-1]["pageInfo"]["hasNextPage"]:
        after = found[-1]["pageInfo"]["endCursor"] if found else None
        found.append((await client.data(PAGES, token, after=after))["childrenBehind"])
    return found


@pytest.mark.parametrize("role", [Role.PARTNER_AGENCY, Role.SECTOR_STEWARD])
async def test_a_count_is_opened_page_by_page_as_a_list_of_children_is(club: Client, role: Role) -> None:
    token = await club.token(role, sector="OUT_OF_SCHOOL_TIME")
    found = await pages(club, token)
    nodes = [node for page in found for node in page["nodes"]]
    groups = (await club.data(COUNT, token))["coverage"]["services"][0]["groups"]
    gaps = {group["values"][0]["value"]: group["counts"]["gap"]["value"] for group in groups}
    assert [page["totalCount"] for page in found] == [gaps["03"]] * 2 == [4, 4]
    assert [page["pageInfo"]["hasPreviousPage"] for page in found] == [False, True]
    assert sorted(node["identities"][0]["givenName"] for node in nodes) == ["Bo", "Cy", "Di", "Eve"]
    assert [e["status"] for node in nodes for e in node["enrollments"]["nodes"]] == ["WAITLISTED"]
    # What the role does not see of a child stays masked, and a child has the id that it has everywhere.
    races = {tuple(node["raceEthnicity"] or ()) for node in nodes}
    assert races == ({()} if role is Role.PARTNER_AGENCY else {("ASIAN",)})
    listed = (await club.data('{ children(community: "harbor") { nodes { id } } }', token))["children"]["nodes"]
    order = [each["id"] for each in listed]
    assert [node["id"] for node in nodes] == [each for each in order if each in {n["id"] for n in nodes}]


async def test_a_cursor_of_another_agency_leads_to_nobody(club: Client) -> None:
    await club.world.roster("arts", *(child(name, name, grade="03") for name in ("Bo", "Cy", "Di")))
    arts = await club.token(Role.PARTNER_AGENCY, organization="arts")
    end = (await pages(club, await club.token(Role.PARTNER_AGENCY)))[0]["pageInfo"]["endCursor"]
    assert (await club.data(PAGES.replace("AFTER_SCHOOL", "ARTS_AND_MUSIC"), arts))["childrenBehind"]["nodes"]
    elsewhere = await club.data(PAGES.replace("AFTER_SCHOOL", "ARTS_AND_MUSIC"), arts, after=end)
    assert elsewhere["childrenBehind"]["nodes"] == []
    assert await club.code(PAGES, arts, after="no cursor") == "INPUT_INVALID"


async def test_every_opening_is_audited_with_the_question(club: Client) -> None:
    await pages(club, await club.token(Role.PARTNER_AGENCY))
    community_id = club.world.harbor.community_id
    async with club.world.database.transaction(Scope(Login.OPERATOR, (community_id,))) as connection:
        events = await connection.fetch(OPENED, community_id)
    assert [(event["detail"]["rows"], event["detail"]["of"]) for event in events] == [(2, 4), (2, 4)]
    detail = events[0]["detail"]
    assert (detail["count"], detail["service"], detail["level"]) == ("gap", "AFTER_SCHOOL", "CLIENTS")
    assert (detail["as_of"], detail["where"]) == ("2026-10-15", ["GRADE 03"])
    assert detail["population"].startswith("Population(")


async def test_who_reads_no_rows_is_told_the_same_whether_or_not_anybody_is_there(club: Client) -> None:
    token = await club.token(Role.CABINET_STAFF)
    asked = [
        f'{{ childrenBehind({CELL}, count: {count}, where: {{dimension: GRADE, value: "{grade}"}}) {{ {what} }} }}'
        for count, grade, what in (
            ("GAP", "03", "totalCount"),
            ("GAP", "12", "totalCount"),
            ("SERVED", "no grade", "nodes { id }"),
        )
    ]
    answers = [await club.ask(each, token) for each in asked]
    assert {answer["errors"][0]["extensions"]["code"] for answer in answers} == {"FORBIDDEN"}
    assert len({answer["errors"][0]["message"] for answer in answers}) == 1
    assert all(answer["data"] is None for answer in answers)


async def test_a_page_of_them_costs_what_a_page_costs(club: Client) -> None:
    token = await club.token(Role.PARTNER_AGENCY)
    large = f"{{ childrenBehind({CELL}, count: GAP, first: 101) {{ totalCount }} }}"
    assert await club.code(large, token) == "PAGE_TOO_LARGE"
    deep = f"""{{ childrenBehind({CELL}, count: GAP, first: 100) {{ nodes {{
      enrollments(first: 100) {{ nodes {{ attendance(first: 100) {{ totalCount }} }} }} }} }} }}"""
    assert await club.code(deep, token) == "COST_TOO_HIGH"
