"""Whatever comes over a connection is given a right status or a clean close, and nothing odd is logged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest

from cabinet.settings import Settings
from tests.server import serving

BODY = b'{"query": "{ __typename }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nHost: cabinet\r\nContent-Type: application/json\r\n"
POST = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
PATIENCE = 20
"""Seconds after which a test that waits for the server has failed; the server's own limit here is one."""


class Peer:
    """The other end of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read the head of one answer."""
        async with asyncio.timeout(PATIENCE):
            text = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = text.strip().split("\r\n")
        headers = dict(each.lower().split(": ", 1) for each in rest)
        return int(line.split()[1]), headers

    async def answer(self) -> tuple[int, bytes]:
        """Read one whole answer."""
        status, headers = await self.head()
        async with asyncio.timeout(PATIENCE):
            return status, await self.reader.readexactly(int(headers.get("content-length", "0")))

    async def code(self) -> tuple[int, str]:
        status, content = await self.answer()
        return status, orjson.loads(content)["errors"][0]["extensions"]["code"]

    async def closed(self) -> bytes:
        """Wait until the server closes, and return what it said before."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


class Wire:
    def __init__(self, url: str, log: Path) -> None:
        self.address = urlsplit(url)
        self.log = log

    @asynccontextmanager
    async def peer(self) -> AsyncIterator[Peer]:
        reader, writer = await asyncio.open_connection(self.address.hostname, self.address.port, limit=2**20)
        try:
            yield Peer(reader, writer)
        finally:
            writer.close()

    async def still_answers(self) -> None:
        async with self.peer() as peer:
            await peer.send(POST)
            assert (await peer.answer())[0] == 200


@pytest.fixture(scope="module")
async def server(
    shared_url: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Wire]:
    """Yield the way to a server that gives a body one second."""
    log = tmp_path_factory.mktemp("server") / "log"
    async with serving(shared_url, settings, log, CABINET_BODY_SECONDS="1") as process:
        yield Wire(process.url, log)


@pytest.fixture
async def wire(server: Wire) -> AsyncIterator[Wire]:
    """Yield the way to the server; after the test it must be well, its log holding but what was no HTTP."""
    before = len(server.log.read_text())
    yield server
    await server.still_answers()
    logged = server.log.read_text()[before:].splitlines()
    assert [line for line in logged if "Invalid HTTP request received" not in line] == []


async def test_a_body_that_trickles_is_given_up_and_its_connection_closed(wire: Wire) -> None:
    async with wire.peer() as peer:
        await peer.send(HEAD + b"Content-Length: 100\r\n\r\n{")
        assert await peer.code() == (408, "BODY_TIMEOUT")
        assert await peer.closed() == b""


async def test_headers_that_trickle_and_silence_are_closed(wire: Wire) -> None:
    async with wire.peer() as slow, wire.peer() as silent, wire.peer() as early:
        await slow.send(b"POST /graphql HTTP/1.1\r\nHost: c")
        # Refused by the page's own routes, while the body is still to come.
        await early.send(b"POST / HTTP/1.1\r\nHost: c\r\nContent-Length: 100\r\n\r\n{")
        assert (await early.answer())[0] == 405
        for peer in (slow, silent, early):
            assert await peer.closed() == b""


async def test_a_body_cut_short_is_no_request(wire: Wire) -> None:
    async with wire.peer() as peer:
        await peer.send(HEAD + b"Content-Length: 100\r\n\r\n" + BODY)
        peer.writer.write_eof()
        assert await peer.closed() == b""


async def test_a_client_that_expects_to_be_told_is_told(wire: Wire) -> None:
    async with wire.peer() as peer:
        await peer.send(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        assert (await peer.head())[0] == 100
        await peer.send(BODY)
        assert (await peer.answer())[0] == 200
    async with wire.peer() as peer:
        # Refused by its length alone: not one byte of it is asked for.
        await peer.send(HEAD + b"Expect: 100-continue\r\nContent-Length: 99000000\r\n\r\n")
        assert await peer.code() == (413, "BODY_TOO_LARGE")
        assert await peer.closed() == b""


async def test_an_honest_client_reads_why_its_large_body_was_refused(wire: Wire) -> None:
    size = 20 * 2**20
    async with wire.peer() as peer:
        await peer.send(HEAD + b"Content-Length: %d\r\n\r\n" % size, *[b" " * 2**16] * (size // 2**16))
        assert await peer.code() == (413, "BODY_TOO_LARGE")
        await peer.send(POST)
        assert (await peer.answer())[0] == 200


async def test_requests_sent_at_once_are_answered_in_their_order(wire: Wire) -> None:
    broken = HEAD + b"Content-Length: 1\r\n\r\n{"
    async with wire.peer() as peer:
        await peer.send(POST + broken + POST)
        assert [(await peer.answer())[0] for _ in range(3)] == [200, 400, 200]


async def test_a_body_in_chunks_is_read_as_any_other(wire: Wire) -> None:
    chunked = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"
    async with wire.peer() as peer:
        await peer.send(chunked + chunks)
        assert (await peer.answer())[0] == 200
        await peer.send(chunked, *[b"10000\r\n" + b" " * 2**16 + b"\r\n"] * 5, b"0\r\n\r\n")
        assert await peer.code() == (413, "BODY_TOO_LARGE")
        await peer.send(chunked + b"zz\r\n")
        assert await peer.code() == (400, "MALFORMED_REQUEST")
        assert await peer.closed() == b""


async def test_two_lengths_for_one_body_are_no_request(wire: Wire) -> None:
    """Requests that a proxy and we would cut apart differently (request smuggling) are refused."""
    for lengths in (
        b"Content-Length: 1\r\nContent-Length: 2\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    ):
        async with wire.peer() as peer:
            await peer.send(HEAD + lengths + b"\r\n0\r\n\r\n")
            assert (await peer.code())[0] == 400
            assert await peer.closed() == b""


async def test_head_is_answered_without_content_and_options_with_the_methods(wire: Wire) -> None:
    async with wire.peer() as peer:
        await peer.send(b"HEAD /graphql?query={a} HTTP/1.1\r\nHost: c\r\n\r\n")
        status, headers = await peer.head()
        assert (status, headers["allow"]) == (405, "post")
        await peer.send(b"OPTIONS /graphql HTTP/1.1\r\nHost: c\r\n\r\n")
        status, headers = await peer.head()
        assert (status, headers["allow"]) == (204, "get, head, post")
        assert "access-control-allow-origin" not in headers
        await peer.send(POST)
        assert (await peer.answer())[0] == 200


async def test_headers_without_end_are_refused(wire: Wire) -> None:
    async with wire.peer() as peer:
        await peer.send(b"GET /graphql HTTP/1.1\r\nHost: c\r\nX: ")
        sent = 0
        with suppress(ConnectionError):
            while not peer.reader.at_eof() and sent < 100 * 2**20:
                await peer.send(b"x" * 2**16)
                sent += 2**16
        assert sent < 100 * 2**20
    async with wire.peer() as peer:
        await peer.send(b"GET /graphql HTTP/1.1\r\nHost: c\r\nX: " + b"x" * (64 * 1024))
        assert await peer.code() == (431, "HEADERS_TOO_LARGE")


async def test_what_is_not_http_is_said_to_be_none(wire: Wire) -> None:
    async with wire.peer() as peer:
        await peer.send(b"\x16\x03\x01 let me in\r\n\r\n")
        assert await peer.code() == (400, "MALFORMED_REQUEST")
        assert await peer.closed() == b""


async def test_a_protocol_that_is_not_spoken_is_not_switched_to(wire: Wire) -> None:
    upgrade = HEAD + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    async with wire.peer() as peer:
        await peer.send(upgrade + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)
        assert (await peer.answer())[0] == 200


async def test_a_client_that_goes_away_leaves_nothing_behind(wire: Wire) -> None:
    many = " ".join(f"field{n}: name" for n in range(400))
    body = orjson.dumps({"query": f"{{ communities(first: 100) {{ nodes {{ {many} }} }} }}"})
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    for sent in (request, request + request, request[:-10]):
        async with wire.peer() as peer:
            await peer.send(sent)
            peer.writer.transport.abort()
    async with wire.peer() as peer:
        # More answers than buffers hold: the server is in the middle of one when its client is gone.
        peer.writer.write(request * 500)
        await peer.head()
        peer.writer.transport.abort()
