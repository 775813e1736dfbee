"""What agencies are promised of their references to children: their own, stable, and of no use to another."""

import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from cabinet import tables
from cabinet.communities import add_member
from cabinet.read.roots import Finder
from cabinet.read.rows import decode_id, encode_id, opaque, opened
from cabinet.references import padded_key, reference
from cabinet.tables.terms import Role
from tests.api.test_posts import SAMPLES, Row, Sample, post
from tests.client import Client
from tests.plans.both_ways import NothingCompiled
from tests.world import child, enrollment

NAMES = [f"Kid{number}" for number in range(6)]
CHILDREN = """query($first: Int = 50, $after: String, $filter: ChildFilter) {
  children(community: "harbor", first: $first, after: $after, filter: $filter) {
    totalCount nodes { id identities { givenName } enrollments { nodes { recordId child { id } } } }
    edges { cursor node { id } } pageInfo { endCursor hasNextPage } } }"""
ENROLLMENTS = """query($child: [ID!]) { enrollments(community: "harbor", filter: {child: $child}) {
  totalCount nodes { recordId child { id } } } }"""
NODE = "query($id: ID!) { node(id: $id) { id ... on Child { identities { givenName } } } }"
CHILD_POSTS = [sample for noun, sample in SAMPLES.items() if noun != "Capacity"]


@pytest.fixture(params=["compiled", "resolved"])
async def both(client: Client, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return a client of a server that answers either way; club and arts serve the same six children."""
    if request.param == "resolved":
        monkeypatch.setattr(Finder, "find", NothingCompiled.find)
    for code, program in (("club", "after"), ("arts", "paint")):
        rows = (enrollment(f"{code}-{name}", child("", name), program) for name in NAMES)
        await client.world.enroll(code, *rows)
    return client


async def agency(client: Client, code: str) -> str:
    return await client.token(Role.PARTNER_AGENCY, organization=code)


async def ids(client: Client, token: str) -> dict[str, str]:
    """Return what a viewer calls the children, by their names."""
    nodes = (await client.data(CHILDREN, token))["children"]["nodes"]
    return {node["identities"][0]["givenName"]: node["id"] for node in nodes}


async def keys(client: Client) -> dict[str, UUID]:
    source = await client.world.source("club")
    async with client.world.database.transaction(source.scope) as connection:
        rows = await connection.fetch("SELECT given_name, child_id FROM child_identity")
    return {row["given_name"]: row["child_id"] for row in rows}


def payload(opaque: str) -> bytes:
    return decode_id(opaque)[2].bytes


async def test_two_agencies_call_the_same_children_by_nothing_in_common(both: Client) -> None:
    club, arts = await agency(both, "club"), await agency(both, "arts")
    own, other, real = await ids(both, club), await ids(both, arts), await keys(both)
    assert set(own) == set(other) == set(real) == set(NAMES)
    told = [payload(each) for each in (*own.values(), *other.values())] + [key.bytes for key in real.values()]
    assert len(set(told)) == 3 * len(NAMES)
    assert await ids(both, club) == own
    edges = (await both.data(CHILDREN, club))["children"]["edges"]
    known = {str(key).encode() for key in real.values()}
    assert not any(key in _opened(edge["cursor"]) for edge in edges for key in known)


async def test_one_reference_in_receipts_lists_enrollments_and_files(both: Client) -> None:
    club = await agency(both, "club")
    own = await ids(both, club)
    again = [{"recordId": f"new-{name}", **SAMPLES["Needs"].row(0), "child": {"ref": own[name]}} for name in NAMES]
    receipt = await post(both, club, SAMPLES["Needs"], *again)
    assert [row["child"] for row in receipt["rows"]] == [own[name] for name in NAMES]
    nodes = (await both.data(CHILDREN, club))["children"]["nodes"]
    assert {each["child"]["id"] for node in nodes for each in node["enrollments"]["nodes"]} == set(own.values())
    for name, reference_ in own.items():
        found = await both.data(NODE, club, id=reference_)
        assert found["node"] == {"id": reference_, "identities": [{"givenName": name}]}
        by_child = (await both.data(ENROLLMENTS, club, child=[reference_]))["enrollments"]
        assert [each["recordId"] for each in by_child["nodes"]] == [f"club-{name}"]
    headers = {"Authorization": f"Bearer {club}"}
    file = (await both.http.get("/export/harbor/children.ndjson", headers=headers)).text
    assert all(reference_ in file for reference_ in own.values())


async def test_pages_of_children_follow_one_another_by_references(both: Client) -> None:
    club, seen, after = await agency(both, "club"), [], None
    while True:
        page = (await both.data(CHILDREN, club, first=2, after=after))["children"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == [node["id"] for node in (await both.data(CHILDREN, club))["children"]["nodes"]]


async def test_what_another_agency_was_told_is_as_unknown_as_what_was_made_up(both: Client) -> None:
    club, arts = await agency(both, "club"), await agency(both, "arts")
    own, harbor = await ids(both, club), both.world.harbor.community_id
    made_up = encode_id(tables.child, harbor, uuid4())
    real = encode_id(tables.child, harbor, (await keys(both))["Kid0"])
    for stolen in (own["Kid0"], real):
        for query, name in ((NODE, "id"), (ENROLLMENTS, "child"), (CHILDREN, "filter")):
            asked: dict[str, Any] = {
                which: {name: {"child": [each]} if name == "filter" else each}
                for which, each in (("stolen", stolen), ("made up", made_up))
            }
            assert await both.ask(query, arts, **asked["stolen"]) == await both.ask(
                query, arts, **asked["made up"]
            )
        cursors = [(await both.data(CHILDREN, club))["children"]["edges"][0]["cursor"], _cursor(uuid4())]
        assert await both.ask(CHILDREN, arts, after=cursors[0]) == await both.ask(CHILDREN, arts, after=cursors[1])
        headers = {"Authorization": f"Bearer {arts}"}
        files = [
            (await both.http.get(f"/export/harbor/children.csv?child={each}", headers=headers)).text
            for each in (stolen, made_up)
        ]
        assert files[0] == files[1]
        assert len(files[0].splitlines()) == 1


@pytest.mark.parametrize("sample", CHILD_POSTS, ids=[sample.noun for sample in CHILD_POSTS])
async def test_every_post_refuses_anothers_reference_as_it_refuses_any(client: Client, sample: Sample) -> None:
    await client.world.enroll("club", enrollment("e1", child("", "Ana"), "after"))
    await client.world.enroll("arts", enrollment("e1", child("", "Ana"), "paint"))
    club, arts = await agency(client, "club"), await agency(client, "arts")
    stolen, real = (await ids(client, club))["Ana"], (await keys(client))["Ana"]
    harbor, river = client.world.harbor.community_id, client.world.river.community_id
    refs = [
        stolen,
        encode_id(tables.child, harbor, real),
        encode_id(tables.child, harbor, uuid4()),
        encode_id(tables.child, river, decode_id(stolen)[2]),
        encode_id(tables.enrollment, harbor, real),
        "nonsense",
    ]
    rows = [{"recordId": "x", **sample.row(0), "child": {"ref": ref}} for ref in refs]
    own_program = {"program": "paint"} if "program" in sample.row(0) else {}
    told = [await _refusal(client, arts, sample, {**row, **own_program}) for row in rows]
    assert told[0]["verdict"] == "REJECTED"
    assert [p["code"] for p in told[0]["problems"]] == ["CHILD_UNKNOWN"]
    assert all(each == told[0] for each in told)


async def test_who_acts_for_two_agencies_may_use_the_references_of_both(both: Client) -> None:
    club, arts = await agency(both, "club"), await agency(both, "arts")
    for organization in ("club", "arts"):
        how: Mapping[str, Any] = {"organization": organization}
        await add_member(both.world.database, both.world.harbor, "double", Role.PARTNER_AGENCY, **how)
    double = both.tokens.issue("double")
    shown = await ids(both, double)
    assert shown == await ids(both, club)
    for token in (club, arts):
        reference_ = (await ids(both, token))["Kid3"]
        assert (await both.data(NODE, double, id=reference_))["node"]["id"] == shown["Kid3"]
        assert (await both.data(ENROLLMENTS, double, child=[reference_]))["enrollments"]["totalCount"] == 2


async def test_the_reference_is_hmac_sha256_by_a_key_of_the_community_and_the_agency() -> None:
    secret, organization, child_id = bytes(range(32)), uuid4(), uuid4()
    key = hmac.digest(secret, b"child references of " + organization.bytes, "sha256")
    expected = hmac.digest(key, child_id.bytes, "sha256")[:16]
    assert reference(child_id, padded_key(secret, organization)).bytes == expected
    assert reference(child_id, padded_key(secret, uuid4())).bytes != expected
    assert reference(child_id, padded_key(secret[::-1], organization)).bytes != expected


async def test_two_communities_have_different_secrets_and_no_reader_reads_them(both: Client) -> None:
    await ids(both, await agency(both, "club"))
    await both.token(Role.PARTNER_AGENCY, both.world.river)
    river = both.tokens.issue(f"{Role.PARTNER_AGENCY}:river:club:HEALTH")
    assert (await both.ask('{ children(community: "river") { totalCount } }', river))["data"] is not None
    source = await both.world.source("club")
    with pytest.raises(Exception, match="permission denied"):
        async with both.world.database.transaction(source.scope) as connection:
            await connection.fetch("SELECT FROM community_secret")


async def _refusal(client: Client, token: str, sample: Sample, row: Row) -> Row:
    refused: Row = (await post(client, token, sample, row))["rows"][0]
    return refused


def _opened(cursor: str) -> bytes:
    return opened(cursor)


def _cursor(key: UUID) -> str:
    return opaque(f"child\n{key}".encode())
