"""Answers are compressed as the client asks, from a size on where that is worth it."""

import gzip

import brotli
import orjson
import pytest
import zstandard

from cabinet.tables.terms import Role
from cabinet.web.compression import LARGE as LARGE_ANSWER
from tests.client import Client
from tests.world import child

LARGE = {"query": "{ communities { nodes { serviceTypes { code name sector grades needRule version } } } }"}
SMALL = {"query": "{ __typename }"}

READ = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    "zstd": zstandard.ZstdDecompressor().decompress,
    "identity": bytes,
}

ASKED = [
    ("", "identity"),
    ("identity", "identity"),
    ("gzip", "gzip"),
    ("br", "br"),
    ("zstd", "zstd"),
    ("GZIP", "gzip"),
    ("gzip, deflate, br, zstd", "zstd"),
    ("gzip, deflate, br", "br"),
    ("gzip;q=1.0, br;q=0.5", "gzip"),
    ("gzip;q=0, br;q=0.001", "br"),
    ("zstd;q=0, *", "br"),
    ("*", "zstd"),
    ("deflate", "identity"),
    ("identity;q=1, gzip;q=0.5", "identity"),
    ("gzip;q=0.5, *;q=0", "gzip"),
    ("gzip;q=x", "identity"),
]


async def raw(
    client: Client, body: object, asked: str, token: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Post, and return the bytes as they came: httpx would decode them."""
    headers = {"Accept-Encoding": asked, **({"Authorization": f"Bearer {token}"} if token else {})}
    async with client.http.stream("POST", "/graphql", json=body, headers=headers) as response:
        content = b"".join([chunk async for chunk in response.aiter_raw()])
    return response.status_code, dict(response.headers), content


@pytest.mark.parametrize(("asked", "given"), ASKED)
async def test_the_coding_is_the_one_that_is_accepted_best(shared: Client, asked: str, given: str) -> None:
    _, _, plain = await raw(shared, LARGE, "identity")
    status, headers, content = await raw(shared, LARGE, asked)
    assert (status, headers.get("content-encoding", "identity")) == (200, given)
    assert READ[given](content) == plain
    assert headers["content-length"] == str(len(content))
    assert headers["vary"] == "Accept, Accept-Encoding, Authorization"
    assert len(content) == len(plain) if given == "identity" else len(content) < len(plain) / 2


async def test_a_very_large_answer_arrives_whole(client: Client) -> None:
    await client.world.roster("district", *(child(f"D{n}", f"Kid{n}") for n in range(60)))
    token = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    fields = " ".join(f"names{n}: identities {{ givenName familyName birthDate sex address }}" for n in range(10))
    query = {"query": f'{{ children(community: "harbor", first: 100) {{ nodes {{ {fields} }} }} }}'}
    _, _, plain = await raw(client, query, "identity", token)
    assert len(plain) > LARGE_ANSWER
    for coding in ("gzip", "br", "zstd"):
        _, headers, content = await raw(client, query, coding, token)
        assert (headers["content-encoding"], headers["content-length"]) == (coding, str(len(content)))
        assert READ[coding](content) == plain


async def test_a_short_answer_is_sent_as_it_is_unless_that_is_refused(shared: Client) -> None:
    for asked, given in (("gzip", "identity"), ("gzip, identity;q=0", "gzip"), ("br, *;q=0", "br")):
        _, headers, content = await raw(shared, SMALL, asked)
        assert headers.get("content-encoding", "identity") == given
        assert orjson.loads(READ[given](content)) == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize("asked", ["identity;q=0", "*;q=0", "deflate, identity;q=0", "deflate, *;q=0"])
async def test_a_client_that_accepts_nothing_we_have_is_told_so(shared: Client, asked: str) -> None:
    status, headers, content = await raw(shared, SMALL, asked)
    assert (status, "content-encoding" in headers) == (406, False)
    assert orjson.loads(content)["errors"][0]["extensions"]["code"] == "NOT_ACCEPTABLE"
