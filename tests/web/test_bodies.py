"""A body means one thing or is refused: no key twice, no NUL, no parameter of another kind."""

import orjson
import pytest

from cabinet.tables.terms import Role
from tests.client import Client

JSON = {"Content-Type": "application/json"}
POST = "mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) { created rejected } }"
ROW = (
    b'{"recordId": "1", "program": "after", "status": "ENROLLED", "begins": "2026-09-01", %s"child":'
    b' {"identity": {"givenName": "Ana", "familyName": "Li", "birthDate": "2018-01-01"}}}'
)

TWICE = [
    b'{"query": "{ a }", "query": "{ __typename }"}',
    b'{"query": "{ __typename }", "variables": {"x": 1, "x": 2}}',
    b'{"query": "{ __typename }", "variables": {"x": [{"y": {"z": 1, "z": 1}}]}}',
    b'{"query": "{ __typename }", "variables": {"a:b": 1, "\\u0061\\u003ab": 2}}',
    b'{"query": "{ __typename }", "variables": {"x": {"y": 1}, "x": 1}}',
    b'{"query": "{ __typename }", "variables": {"x": ' + b'{"x":' * 900 + b"1" + b"}" * 900 + b', "x": 1}}',
]
ONCE = [
    b'{"query": "{ __typename }", "variables": {"x": {"x": {"x": [{"x": 1}, {"x": 1}]}}}}',
    b'{"query": "{ __typename }", "variables": {"x": "\\"x\\": 1, \\"x\\": 2 \\u003a:::", "y": ":"}}',
    b'{"query": "{ __typename }", "variables": {"x": ' + b"9" * 300 + b"}}",
]


async def post(client: Client, content: bytes, token: str | None = None) -> tuple[int, dict[str, object]]:
    headers = {**JSON, "Authorization": f"Bearer {token}"} if token else JSON
    response = await client.http.post("/graphql", content=content, headers=headers)
    return response.status_code, response.json()


@pytest.mark.parametrize("body", TWICE)
async def test_a_key_named_twice_in_one_object_is_refused(shared: Client, body: bytes) -> None:
    status, answer = await post(shared, body)
    assert status == 400, answer
    assert b"MALFORMED_REQUEST" in orjson.dumps(answer)


@pytest.mark.parametrize("body", ONCE)
async def test_a_key_named_again_in_another_object_is_none_of_it(shared: Client, body: bytes) -> None:
    status, answer = await post(shared, body)
    assert (status, answer) == (200, {"data": {"__typename": "Query"}})


async def test_a_row_that_names_a_field_twice_is_never_posted_with_one_of_them(client: Client) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    sent = b'{"query": "%s", "variables": {"input": {"community": "harbor", "rows": [%s]}}}'
    status, answer = await post(client, sent % (POST.encode(), ROW % b'"begins": "2026-10-01", '), token)
    assert (status, answer["errors"][0]["message"]) == (
        400,
        "The request body names 'begins' twice in one object.",
    )
    data = await client.data('{ enrollments(community: "harbor") { totalCount } }', token)
    assert data["enrollments"]["totalCount"] == 0
    status, answer = await post(client, sent % (POST.encode(), ROW % b""), token)
    assert answer == {"data": {"postEnrollments": {"created": 1, "rejected": 0}}}


async def test_a_nul_character_is_refused_and_the_text_of_one_is_not(shared: Client) -> None:
    for text in (rb"\u0000", rb"a\u0000", rb"\\\u0000"):
        status, answer = await post(shared, b'{"query": "{ __typename }", "variables": {"x": "%s"}}' % text)
        assert status == 400
        assert "NUL" in str(answer)
    for text in (rb"\\u0000", rb"\\\\u0000", b"u0000"):
        status, answer = await post(shared, b'{"query": "{ __typename }", "variables": {"x": "%s"}}' % text)
        assert status == 200, answer
