"""Trusted documents: named by their hash, by GET too, and if the operator wants no others answered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from typer.testing import CliRunner

from cabinet.app import create_app
from cabinet.cli.main import main
from cabinet.communities import add_community
from cabinet.errors import ManifestInvalid
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from cabinet.web.accept import GRAPHQL
from tests.client import Client, running
from tests.world import World

NAMES = "query Names($first: Int) { communities(first: $first) { nodes { code name } } }\n"
COUNT = "query Count { communities { totalCount } }"
POST = "mutation P($input: PostEnrollmentsInput!) { postEnrollments(input: $input) { created } }"
OTHER = "{ __typename }"


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def name(text: str) -> str:
    return f"sha256:{digest(text)}"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a manifest as an operator does."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "more").mkdir()
    for place, text in (("names.graphql", NAMES), ("more/count.graphql", COUNT), ("more/post.graphql", POST)):
        (folder / place).write_text(text)
    done = CliRunner().invoke(main, ["documents", str(folder)])
    assert done.exit_code == 0, done.output
    path = folder / "manifest.json"
    path.write_text(done.stdout)
    return path


@asynccontextmanager
async def opened(world: World, url: str, settings: Settings, **changes: Any) -> AsyncIterator[Client]:
    async with running(create_app(url, settings.model_copy(update=changes))) as http:
        yield Client(http, world, Tokens(settings))


@pytest.fixture(scope="module")
async def trusting(
    shared_world: World, shared_url: str, settings: Settings, manifest: Path
) -> AsyncIterator[Client]:
    async with opened(shared_world, shared_url, settings, trusted_documents=manifest) as client:
        yield client


@pytest.fixture(scope="module")
async def strict(
    shared_world: World, shared_url: str, settings: Settings, manifest: Path
) -> AsyncIterator[Client]:
    changes = {"trusted_documents": manifest, "trusted_only": True}
    async with opened(shared_world, shared_url, settings, **changes) as client:
        yield client


async def get(client: Client, token: str | None = None, **parameters: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return await client.http.get("/graphql", params=parameters, headers=headers)


def code(response: httpx.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


async def test_a_document_is_named_in_either_way_by_either_method(trusting: Client) -> None:
    expected = {"data": {"communities": {"nodes": [{"code": "harbor", "name": "Harbor"}]}}}
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": digest(NAMES)}}
    for body in (
        {"documentId": name(NAMES)},
        {"extensions": apollo},
        {"documentId": name(NAMES), "extensions": apollo},
        {"documentId": name(NAMES), "query": NAMES},
        {"query": NAMES, "extensions": apollo},
    ):
        answer = await trusting.http.post("/graphql", json={**body, "variables": {"first": 1}})
        assert answer.json() == expected
    for parameters in ({"documentId": name(NAMES)}, {"extensions": orjson.dumps(apollo).decode()}):
        assert (await get(trusting, variables='{"first": 1}', **parameters)).json() == expected
    answer = await get(trusting, documentId=name(COUNT), operationName="Count")
    assert answer.json() == {"data": {"communities": {"totalCount": 2}}}


async def test_a_name_nobody_knows_is_said_to_be_unknown(shared: Client, trusting: Client) -> None:
    for server, document_id in (
        (shared, name(NAMES)),
        (trusting, name(OTHER)),
        (trusting, "md5:0"),
        (trusting, ""),
    ):
        answer = await server.http.post("/graphql", json={"documentId": document_id}, headers={"Accept": GRAPHQL})
        assert (answer.status_code, code(answer)) == (400, "PERSISTED_QUERY_NOT_FOUND")


async def test_names_that_contradict_are_refused(trusting: Client) -> None:
    for body in (
        {"documentId": name(NAMES), "extensions": {"persistedQuery": {"sha256Hash": digest(COUNT)}}},
        {"documentId": name(NAMES), "query": COUNT},
        {"documentId": 7},
        {"extensions": {"persistedQuery": {"sha256Hash": [1]}}},
        {"extensions": {"persistedQuery": 1}},
        {},
    ):
        answer = await trusting.http.post("/graphql", json=body)
        assert (answer.status_code, code(answer)) == (400, "MALFORMED_REQUEST")


async def test_an_address_that_can_be_read_in_two_ways_is_refused(trusting: Client) -> None:
    for query in (
        f"documentId={name(NAMES)}&documentId={name(COUNT)}",
        f"documentId={name(NAMES)}&variables=" + '{"first":1,"first":2}',
        f"documentId={name(NAMES)}&variables=[]",
        f"documentId={name(NAMES)}&variables=x",
        f"documentId={name(NAMES)}&extensions=1",
        f"documentId={name(NAMES)}&operationName=%00",
        f"documentId={name(NAMES)}&operationName=%ff",
        "&".join(f"p{n}=" for n in range(100)),
        "",
    ):
        answer = await trusting.http.get(f"/graphql?{query}")
        assert (answer.status_code, code(answer)) == (400, "MALFORMED_REQUEST"), query
    body = await trusting.http.request("GET", f"/graphql?documentId={name(NAMES)}", content=b"{}")
    assert (body.status_code, code(body)) == (400, "MALFORMED_REQUEST")


async def test_by_get_no_document_is_sent_and_nothing_changed(trusting: Client) -> None:
    token = await trusting.token(Role.PARTNER_AGENCY)
    for parameters in ({"query": OTHER}, {"query": NAMES}, {"documentId": name(POST), "variables": "{}"}):
        answer = await get(trusting, token, **parameters)
        assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
        assert answer.headers["allow"] == "POST"
    answer = await trusting.http.put("/graphql", json={"query": OTHER})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    variables = {"input": {"community": "harbor", "rows": []}}
    headers = {"Authorization": f"Bearer {token}"}
    posted = await trusting.http.post(
        "/graphql", json={"documentId": name(POST), "variables": variables}, headers=headers
    )
    assert posted.json() == {"data": {"postEnrollments": {"created": 0}}}


async def test_what_was_got_may_be_kept_and_asked_about(trusting: Client) -> None:
    token = await trusting.token(Role.CABINET_STAFF)
    address = f"/graphql?documentId={name(NAMES)}"
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    first = await trusting.http.get(address, headers=headers)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Accept, Accept-Encoding, Authorization"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await trusting.http.get(address, headers={**headers, "If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["vary"] == first.headers["vary"]
        assert again.headers["cache-control"] == first.headers["cache-control"]
    for other in ({"If-None-Match": '"other"'}, {"If-None-Match": tag, "Accept": GRAPHQL}):
        assert (await trusting.http.get(address, headers={**headers, **other})).status_code == 200
    head = await trusting.http.head(address, headers=headers)
    assert (head.content, head.headers["etag"]) == (b"", tag)
    assert head.headers["content-length"] == first.headers["content-length"]


async def test_a_change_shows_in_the_tag(
    world: World, database_url: str, settings: Settings, manifest: Path
) -> None:
    document = {"documentId": name(COUNT), "operationName": "Count"}
    async with opened(world, database_url, settings, trusted_documents=manifest) as client:
        before = (await get(client, **document)).headers["etag"]
        assert (await get(client, **document)).headers["etag"] == before
        await add_community(world.database, "hill", "Hill", "MA")
        assert (await get(client, **document)).headers["etag"] != before


async def test_a_tag_is_of_one_coding(trusting: Client) -> None:
    tags = set()
    for coding in ("identity", "gzip", "br", "zstd"):
        # Without identity even a short answer is compressed.
        headers = {"Accept-Encoding": f"{coding}, identity;q={int(coding == 'identity')}"}
        answer = await trusting.http.get(f"/graphql?documentId={name(NAMES)}", headers=headers)
        assert answer.headers.get("content-encoding", "identity") == coding
        tags.add(answer.headers["etag"])
    assert len(tags) == 4


async def test_a_refusal_by_get_is_not_kept(trusting: Client) -> None:
    for parameters in ({"documentId": name(OTHER)}, {"documentId": name(NAMES), "variables": '{"first": "x"}'}):
        answer = await get(trusting, **parameters)
        assert answer.json().keys() == {"errors"}
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers


async def test_only_trusted_documents_are_answered_where_the_operator_says_so(strict: Client) -> None:
    token = await strict.token(Role.CABINET_STAFF)
    assert await strict.code(OTHER, token) == "DOCUMENT_NOT_TRUSTED"
    assert (await strict.http.post("/graphql", json={"query": OTHER})).status_code == 403
    assert await strict.code(NAMES.strip(), token) == "DOCUMENT_NOT_TRUSTED"
    assert "communities" in await strict.data(NAMES, token)
    assert (await get(strict, token, documentId=name(NAMES))).status_code == 200


async def test_the_page_works_where_only_trusted_documents_do(strict: Client) -> None:
    for file in ("communities", "coverage"):
        document = (await strict.http.get(f"/static/{file}.graphql")).text
        answer = await strict.ask(document, community="harbor")
        assert "data" in answer, answer


async def test_a_manifest_that_is_wrong_is_said_before_anything_is_served(
    tmp_path: Path, settings: Settings
) -> None:
    bad = tmp_path / "manifest.json"
    for text, said in (
        ("{", "cannot be read"),
        ("[]", "is not a JSON object"),
        ('{"a": 1}', "is not a JSON object"),
        (orjson.dumps({digest(OTHER): NAMES}).decode(), f"{digest(OTHER)} is not the SHA-256"),
        (orjson.dumps({digest("{"): "{"}).decode(), f"{digest('{')}: Syntax Error"),
        (orjson.dumps({digest("{ no }"): "{ no }"}).decode(), f"{digest('{ no }')}: Cannot query field 'no'"),
    ):
        bad.write_text(text)
        with pytest.raises(ManifestInvalid, match=said):
            create_app("postgresql://nowhere", settings.model_copy(update={"trusted_documents": bad}))
    bad.unlink()
    with pytest.raises(ManifestInvalid, match="cannot be read"):
        create_app("postgresql://nowhere", settings.model_copy(update={"trusted_documents": bad}))


def test_a_folder_with_a_wrong_document_makes_no_manifest(tmp_path: Path) -> None:
    empty = CliRunner().invoke(main, ["documents", str(tmp_path)])
    assert (empty.exit_code, empty.stdout) == (1, "")
    (tmp_path / "fine.graphql").write_text(NAMES)
    (tmp_path / "wrong.graphql").write_text("{ nothing }")
    wrong = CliRunner().invoke(main, ["documents", str(tmp_path)])
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "wrong.graphql: Cannot query field 'nothing'" in wrong.stderr.replace("\n", " ")
