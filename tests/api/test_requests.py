"""What is said to requests that cannot be meant, and that internals stay inside."""

import logging
from typing import Any
from unittest.mock import ANY

import orjson
import pytest

from cabinet.tables.terms import Role
from cabinet.web import graphql
from tests.client import Client
from tests.world import child

JSON = {"Content-Type": "application/json"}
STRICT = {**JSON, "Accept": "application/graphql-response+json"}
"""With this a client says that it knows a document at fault (400) from an answer (200)."""


def deep(levels: int) -> str:
    return (
        "{ communities { nodes "
        + "{ programs { nodes { organization " * levels
        + "{ id }"
        + "} } }" * levels
        + "} }"
    )


def fragment_bomb(levels: int) -> str:
    """Return a short document whose fragments double at every level."""
    spreads = "".join(
        f"fragment F{n} on Query {{ a: communities {{ totalCount }} ...F{n + 1} ...F{n + 1} }} "
        for n in range(levels)
    )
    return "{ ...F0 } " + spreads + f"fragment F{levels} on Query {{ __typename }}"


BODIES: list[tuple[bytes, dict[str, str], int, str]] = [
    (b"{", JSON, 400, "MALFORMED_REQUEST"),
    (b"null", JSON, 400, "MALFORMED_REQUEST"),
    (b"[]", JSON, 400, "MALFORMED_REQUEST"),
    (b'"x"', JSON, 400, "MALFORMED_REQUEST"),
    (b"1", JSON, 400, "MALFORMED_REQUEST"),
    (b"NaN", JSON, 400, "MALFORMED_REQUEST"),
    (b"\xff\xfe", JSON, 400, "MALFORMED_REQUEST"),
    (b"[" * 100_000, JSON, 400, "MALFORMED_REQUEST"),
    (b'{"query": 7}', JSON, 400, "MALFORMED_REQUEST"),
    (b'{"query": ""}', JSON, 400, "MALFORMED_REQUEST"),
    (b'{"query": "{ __typename }", "variables": []}', JSON, 400, "MALFORMED_REQUEST"),
    (b'{"query": "{ __typename }", "operationName": 1}', JSON, 400, "MALFORMED_REQUEST"),
    (b'{"query": "\\ud800"}', JSON, 400, "MALFORMED_REQUEST"),
    (b'{"query": "{ __typename }"}', {"Content-Type": "text/plain"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b"x", {**JSON, "Content-Encoding": "gzip"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
    (b'{"query": "{"}', STRICT, 400, "DOCUMENT_INVALID"),
    (b'{"query": "{ nothing }"}', STRICT, 400, "DOCUMENT_INVALID"),
    (b'{"query": "query A { __typename } query B { __typename }"}', STRICT, 400, "TOO_MANY_OPERATIONS"),
    (b'{"query": "query($id: ID!) { node(id: $id) { id } }"}', STRICT, 400, "DOCUMENT_INVALID"),
    (orjson.dumps({"query": "{ __typename }" + " " * 15_000}), STRICT, 400, "DOCUMENT_TOO_LARGE"),
    (orjson.dumps({"query": "{" + "a " * 1_001 + "}"}), STRICT, 400, "DOCUMENT_TOO_LARGE"),
    (orjson.dumps({"query": deep(4)}), STRICT, 400, "DOCUMENT_TOO_DEEP"),
    (orjson.dumps({"query": fragment_bomb(30)}), STRICT, 400, "TOO_MANY_FIELDS"),
    (
        orjson.dumps({"query": "{" + "".join(f"a{n}: __typename " for n in range(11)) + "}"}),
        STRICT,
        400,
        "TOO_MANY_ROOT_FIELDS",
    ),
    (
        b'{"query": "{ __typename }", "variables": {"x": ' + b"[" * 60 + b"]" * 60 + b"}}",
        JSON,
        400,
        "MALFORMED_REQUEST",
    ),
    (b'{"query": "' + b"x" * (10 * 1024 * 1024) + b'"}', JSON, 413, "BODY_TOO_LARGE"),
    (
        orjson.dumps({"query": "{ __typename }", "variables": {"x": "y" * 300_000}}),
        JSON,
        413,
        "BODY_TOO_LARGE",
    ),
]


@pytest.mark.parametrize(("body", "headers", "status", "code"), BODIES)
async def test_what_cannot_be_read_is_refused_clearly(client: Client, body, headers, status, code) -> None:
    response = await client.http.post("/graphql", content=body, headers=headers)
    error = response.json()["errors"][0]
    assert (response.status_code, error["extensions"]["code"]) == (status, code)
    assert error["message"]
    assert error["extensions"]["hint"]


HEAVY: list[tuple[dict[str, Any], str]] = [
    ({"p": {"or": [{}] * 62_000}}, "TOO_MANY_ROWS"),
    ({"p": {"or": [{"or": [{}] * 900}] * 900}}, "BODY_TOO_LARGE"),
    ({"p": {"or": [[]] * 100_001}}, "BODY_TOO_LARGE"),
    ({"p": {"or": [{}] * 900}}, "INPUT_INVALID"),
    ({"p": {"and": [{"or": [{}] * 150}] * 2}}, "INPUT_INVALID"),
]


@pytest.mark.parametrize(("variables", "code"), HEAVY)
async def test_a_population_too_large_is_refused_before_it_is_worked_on(client: Client, variables, code) -> None:
    token = await client.token(Role.CABINET_STAFF)
    query = 'query($p: PopulationInput) { coverage(community: "harbor", population: $p) { asOf } }'
    assert await client.code(query, token, **variables) == code


async def test_who_is_nobody_sends_no_megabytes(client: Client) -> None:
    body = orjson.dumps({"query": "mutation { __typename }", "variables": {"x": "y" * 300_000}})
    refused = await client.http.post("/graphql", content=body, headers=JSON)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")
    token = await client.token(Role.PARTNER_AGENCY)
    taken = await client.http.post("/graphql", content=body, headers={**JSON, "Authorization": f"Bearer {token}"})
    assert taken.status_code == 200


async def test_only_post_is_answered(client: Client) -> None:
    response = await client.http.get("/graphql", params={"query": "{ __typename }"})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_unknown_ids_are_not_found_whoever_asks(client: Client) -> None:
    token = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    community = (await client.data('{ community(id: "harbor") { id } }'))["community"]["id"]
    for query, variables in (
        ('{ community(id: "nowhere") { id } }', {}),
        ('{ node(id: "AAAA") { id } }', {}),
        ("query($id: ID!) { node(id: $id) { id } }", {"id": community[:-2]}),
        (
            'query($p: ID!) { enrollments(community: "harbor", filter: {program: [$p]}) { nodes { id } } }',
            {"p": community},
        ),
        ('{ children(community: "nowhere") { nodes { id } } }', {}),
    ):
        assert await client.code(query, token, **variables) == "NOT_FOUND"


async def test_pages_follow_each_other_and_survive_inserts(client: Client) -> None:
    world = client.world
    await world.roster("district", *(child(f"D{n}", f"Kid{n}") for n in range(7)))
    token = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    first = (await client.data('{ children(community: "harbor") { nodes { id } } }', token))["children"]["nodes"]
    query = """query($after: String) { children(community: "harbor", first: 3, after: $after) {
        totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
    seen: list[str] = []
    after, pages = None, 0
    while True:
        page = (await client.data(query, token, after=after))["children"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        after, pages = page["pageInfo"]["endCursor"], pages + 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        await world.roster("district", child(f"new{pages}", f"New{pages}"))
    assert len(seen) == len(set(seen))
    assert {node["id"] for node in first} <= set(seen)
    for arguments, code in (
        ("first: 0", "PAGE_TOO_LARGE"),
        ("first: 101", "PAGE_TOO_LARGE"),
        ('after: "nonsense"', "INPUT_INVALID"),
    ):
        refused = f'{{ children(community: "harbor", {arguments}) {{ totalCount }} }}'
        assert await client.code(refused, token) == code


async def test_a_field_that_fails_takes_no_answer_away_from_its_neighbours(client: Client) -> None:
    """The rows that both fields ask for are read once; the refused one gives up waiting for them."""
    fields = "nodes { services { code } %s } again: nodes { services { code } }"
    query = "{ communities { nodes { programs(first: 9) { %s } } } }"
    assert await client.data(query % (fields % "name"))
    assert await client.code(query % (fields % "enrollments(first: 1) { totalCount }")) == "FORBIDDEN"


@pytest.mark.parametrize("switched", ["communities @include(if: $on) { totalCount }", "communities { %s }"])
async def test_a_switch_without_a_value_ends_the_request(client: Client, switched: str) -> None:
    """What is asked for could not be known, and so not be held to a limit."""
    query = "query($on: Boolean = true) { " + switched.replace("%s", "... @skip(if: $on) { totalCount }") + " }"
    assert await client.data(query, on=False) is not None
    assert await client.ask(query, on=None) == {"errors": [ANY]}
    assert await client.code(query, on=None) == "INPUT_INVALID"


async def test_internals_never_leak(client: Client, monkeypatch, caplog) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("secret: password=hunter2")

    monkeypatch.setattr(graphql.GraphQLEndpoint, "request", broken)
    with caplog.at_level(logging.ERROR, "cabinet"):
        response = await client.http.post("/graphql", json={"query": "{ __typename }"})
    error = response.json()["errors"][0]
    assert response.status_code == 500
    assert error["extensions"]["code"] == "INTERNAL"
    assert "hunter2" not in response.text
    assert error["extensions"]["id"] in caplog.text


async def test_the_pages_load_nothing_from_elsewhere(client: Client) -> None:
    page = await client.http.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "//" not in page.text.replace("<!doctype html>", "")
    for name in ("home.css", "home.js"):
        assert (await client.http.get(f"/static/{name}")).status_code == 200
    assert (await client.http.get("/healthz")).json() == {"status": "ok"}
