"""What an agency calls a child goes on answering, whatever is decided about who the child is."""

from collections.abc import Mapping
from typing import Any

import pytest

from cabinet.read.roots import Finder
from cabinet.tables.terms import Role
from tests.client import Client
from tests.plans.both_ways import NothingCompiled
from tests.reviews.deciding import Desk
from tests.reviews.family import two_children

NODE = "query ($id: ID!) { node(id: $id) { id ... on Child { enrollments { nodes { recordId } } } } }"
ENROLLED = """query ($child: [ID!]) { enrollments(community: "harbor", filter: {child: $child}) {
  nodes { recordId child { id } } } }"""
CHILDREN = '{ children(community: "harbor") { nodes { id enrollments { nodes { recordId } } } } }'
POST = """mutation ($child: ID!, $record: String!) { postEncounters(input: {community: "harbor", rows: [
  {recordId: $record, serviceType: "DENTAL", kind: "VISIT", occurredOn: "2026-10-02", child: {ref: $child}}]}) {
  rows { verdict child problems { code } } } }"""


@pytest.fixture(params=["compiled", "resolved"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "resolved":
        monkeypatch.setattr(Finder, "find", NothingCompiled.find)


async def by_enrollment(client: Client, token: str) -> dict[str, str]:
    """Return what an agency calls the child of each of its enrollments."""
    nodes = (await client.data(CHILDREN, token))["children"]["nodes"]
    return {row["recordId"]: node["id"] for node in nodes for row in node["enrollments"]["nodes"]}


async def answers(client: Client, token: str, reference: str, record: str) -> dict[str, Any]:
    """Return the enrollments found by a reference, by node and filter alike, and the verdict of a post by it."""
    node: Mapping[str, Any] = (await client.data(NODE, token, id=reference))["node"]
    filtered = (await client.data(ENROLLED, token, child=[reference]))["enrollments"]["nodes"]
    found = {row["recordId"] for row in node["enrollments"]["nodes"]}
    assert found == {row["recordId"] for row in filtered}
    row = (await client.data(POST, token, child=reference, record=record))["postEncounters"]["rows"][0]
    return {"found": found, "verdict": row["verdict"], "now": row["child"]}


async def test_references_outlive_joining_and_parting(desk: Desk, way: None) -> None:
    keep, other = await two_children(desk)
    client, club = desk.client, await desk.client.token(Role.PARTNER_AGENCY, organization="club")
    own = await by_enrollment(client, club)
    decision = await desk.merge(keep, other)
    joined = [await answers(client, club, own[mark], f"j-{mark}") for mark in ("e1", "e2")]
    assert [each["found"] for each in joined] == [{"e1", "e2"}] * 2
    assert [each["verdict"] for each in joined] == ["CREATED"] * 2
    assert joined[0]["now"] == joined[1]["now"]
    await desk.undo(decision)
    parted = [await answers(client, club, own[mark], f"p-{mark}") for mark in ("e1", "e2")]
    assert [each["found"] for each in parted] == [{"e1"}, {"e2"}]
    assert [each["now"] for each in parted] == [own["e1"], own["e2"]]


async def test_a_reference_learned_while_two_were_one_means_the_organizations_own_client(
    desk: Desk, way: None
) -> None:
    """Nobody but the clinic had a record of the other child; its reference to the joined one means that again."""
    keep, other = await two_children(desk)
    client, clinic = desk.client, await desk.client.token(Role.PARTNER_AGENCY, organization="clinic")
    first = await desk.merge(keep, other)
    learned = (await client.data(CHILDREN, clinic))["children"]["nodes"][0]["id"]
    await desk.undo(first)
    own = (await client.data(CHILDREN, clinic))["children"]["nodes"][0]["id"]
    assert own != learned
    assert (await client.data(NODE, clinic, id=learned))["node"]["id"] == own
    row = (await client.data(POST, clinic, child=learned, record="l"))["postEncounters"]["rows"][0]
    assert (row["verdict"], row["child"]) == ("CREATED", own)


async def test_nobody_elses_former_reference_answers(desk: Desk, way: None) -> None:
    keep, other = await two_children(desk)
    client = desk.client
    club, clinic, arts = [
        await client.token(Role.PARTNER_AGENCY, organization=code) for code in ("club", "clinic", "arts")
    ]
    theirs = (await client.data(CHILDREN, clinic))["children"]["nodes"][0]["id"]
    await desk.merge(keep, other)
    for token in (club, arts):
        assert (await client.data(NODE, token, id=theirs))["node"] is None
        row = (await client.data(POST, token, child=theirs, record="x"))["postEncounters"]["rows"][0]
        assert [problem["code"] for problem in row["problems"]] == ["CHILD_UNKNOWN"]
