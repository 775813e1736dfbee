"""What a client accepts is what it gets, and the status says to whom a document at fault is one."""

import pytest

from cabinet.tables.terms import Role
from cabinet.web.accept import GRAPHQL, JSON
from tests.client import Client

FINE = {"query": "{ __typename }"}
AT_FAULT = [
    {"query": "{"},
    {"query": "{ nothing }"},
    {"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": None}},
    {"query": "query A { __typename } query B { __typename }"},
    {"query": "query A { __typename }", "operationName": "B"},
    {"query": "{ __schema { queryType { name } } }"},
    {"documentId": "sha256:" + "0" * 64},
]

ACCEPTED: list[tuple[str | None, str]] = [
    (None, JSON),
    ("", JSON),
    ("*/*", JSON),
    ("application/*", JSON),
    (JSON, JSON),
    (GRAPHQL, GRAPHQL),
    ("application/graphql-response+json; charset=utf-8", GRAPHQL),
    ("Application/JSON;Charset=UTF-8", JSON),
    (f"{GRAPHQL}, {JSON}", GRAPHQL),
    (f"{JSON}, {GRAPHQL}", GRAPHQL),
    (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
    (f"{GRAPHQL};q=0.8, {JSON};q=0.9", JSON),
    (f"{GRAPHQL};q=0, */*", JSON),
    (f"{JSON};q=0, */*;q=0.1", GRAPHQL),
    (f"{JSON}, text/plain, */*", JSON),
    (f"{GRAPHQL}, */*", GRAPHQL),
    ("text/html, application/xml;q=0.9, */*;q=0.8", JSON),
]


@pytest.mark.parametrize(("accept", "given"), ACCEPTED)
async def test_the_answer_has_the_media_type_that_is_accepted_best(
    shared: Client, accept: str | None, given: str
) -> None:
    shared.http.headers.pop("accept", None)
    headers = {} if accept is None else {"Accept": accept}
    response = await shared.http.post("/graphql", json=FINE, headers=headers)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{given}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "Accept, Accept-Encoding, Authorization"


async def test_several_accept_headers_are_one_list(shared: Client) -> None:
    headers = [("Accept", "text/html"), ("Accept", GRAPHQL)]
    response = await shared.http.post("/graphql", json=FINE, headers=headers)
    assert response.headers["content-type"].startswith(GRAPHQL)


@pytest.mark.parametrize(
    "accept", ["text/html", f"{JSON};q=0", "application/json;charset=latin-1", "json", "*/*;q=x"]
)
async def test_what_we_cannot_answer_in_is_said(shared: Client, accept: str) -> None:
    response = await shared.http.post("/graphql", json=FINE, headers={"Accept": accept})
    assert response.status_code == 406
    assert response.headers["content-type"].startswith(JSON)
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize("body", AT_FAULT)
async def test_a_document_at_fault_is_a_fault_of_the_request_only_in_the_own_media_type(
    shared: Client, body: dict[str, object]
) -> None:
    plain = await shared.http.post("/graphql", json=body, headers={"Accept": JSON})
    own = await shared.http.post("/graphql", json=body, headers={"Accept": GRAPHQL})
    assert (plain.status_code, own.status_code) == (200, 400)
    assert plain.json() == own.json()
    assert plain.json().keys() == {"errors"}


async def test_an_error_of_a_field_is_part_of_an_answer(shared: Client) -> None:
    refused = {"query": '{ coverage(community: "harbor") { asOf } }'}
    response = await shared.http.post("/graphql", json=refused, headers={"Accept": GRAPHQL})
    assert (response.status_code, response.json()["data"]) == (200, None)
    assert response.json()["errors"][0]["path"] == ["coverage"]


async def test_an_error_of_the_document_says_where(shared: Client) -> None:
    for document in ("{\n  a(", "{\n  a }"):
        error = (await shared.ask(document))["errors"][0]
        assert error["locations"][0]["line"] == 2
        assert "locations" not in error["extensions"]


@pytest.mark.parametrize("accept", [JSON, GRAPHQL])
async def test_what_is_no_graphql_request_is_refused_in_either_media_type(shared: Client, accept: str) -> None:
    for content, extra, status in (
        (b"{", {}, 400),
        (b"", {}, 400),
        (b'{"query": "{ __typename }", "extensions": []}', {}, 400),
        (b'{"query": "{ __typename }", "extensions": "x"}', {}, 400),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Authorization": "Bearer x"}, 401),
        (b'{"query": "{ __typename }"}', {"Authorization": ""}, 401),
    ):
        headers = {"Content-Type": JSON, "Accept": accept, **extra}
        response = await shared.http.post("/graphql", content=content, headers=headers)
        assert (response.status_code, response.headers["content-type"].split(";")[0]) == (status, accept)
        assert ("www-authenticate" in response.headers) == (status == 401)


async def test_null_and_unknown_extensions_are_taken(shared: Client) -> None:
    for extensions in (None, {}, {"other": {"deep": [1]}}):
        response = await shared.http.post("/graphql", json={**FINE, "extensions": extensions})
        assert response.json() == {"data": {"__typename": "Query"}}


async def test_two_authorizations_are_none(shared: Client) -> None:
    token = await shared.token(Role.CABINET_STAFF)
    headers = [("Authorization", f"Bearer {token}"), ("Authorization", f"Bearer {token}")]
    assert (await shared.http.post("/graphql", json=FINE, headers=headers)).status_code == 401
    assert (await shared.http.post("/graphql", json=FINE, headers=headers[:1])).status_code == 200


async def test_every_answer_says_how_long_its_stages_took(shared: Client) -> None:
    answered = await shared.http.post("/graphql", json=FINE)
    refused = await shared.http.post("/graphql", content=b"{", headers={"Content-Type": JSON})
    stages = [
        [stage.split(";dur=") for stage in response.headers["server-timing"].split(", ")]
        for response in (answered, refused)
    ]
    names = [[name for name, _ in each] for each in stages]
    assert names[0] == ["viewer", "body", "document", "plan", "database", "encoding", "total"]
    assert names[1] == ["viewer", "encoding", "total"]
    assert all(float(took) >= 0 for each in stages for _, took in each)
