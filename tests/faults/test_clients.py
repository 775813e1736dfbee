"""Clients that leave, that take nothing, and that come all at once; and a disk that is full."""

import asyncio
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import orjson
import pytest

from cabinet.settings import Settings
from tests.faults.test_kill import agency_token, post_body
from tests.imports.sender import HEADER, PATIENCE, Sender, counts, row, rows, sending, token_of
from tests.imports.test_door import until, waiting
from tests.server import Process, serving
from tests.world import World

MEBIBYTE = 1024**2
UPLOADS = 50
STALL = "0.5"


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Return the settings with a data folder of the test's own."""
    return settings.model_copy(update={"data": tmp_path / "data"})


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


def sockets(server: Process) -> int:
    """Return how many sockets the server has open."""
    found = 0
    for each in Path(f"/proc/{server.process.pid}/fd").iterdir():
        try:
            found += str(each.readlink()).startswith("socket:")
        except FileNotFoundError:
            continue
    return found


def lying(own: Settings) -> int:
    """Return the bytes of all files that wait."""
    return sum(path.stat().st_size for path in (own.data / "imports").rglob("*") if path.is_file())


def said(log: Path) -> str:
    return log.read_text()


def request_of(token: str, body: dict[str, Any]) -> bytes:
    content = orjson.dumps(body)
    head = f"Authorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return b"POST /graphql HTTP/1.1\r\nHost: cabinet\r\n" + head.encode() + b"\r\n" + content


async def test_who_leaves_before_the_answer_is_told_the_same_when_it_comes_back(
    world: World, database_url: str, settings: Settings, owner: asyncpg.Connection
) -> None:
    token, body = await agency_token(world, settings), post_body()
    kept = "SELECT count(receipt) FROM idempotency_key"
    async with serving(database_url, settings) as server:
        address = urlsplit(server.url)
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        async with owner.transaction():
            # The post is under way, and cannot be answered while its client goes.
            await owner.execute("LOCK TABLE audit_event IN EXCLUSIVE MODE")
            writer.write(request_of(token, body))
            async with asyncio.timeout(PATIENCE):
                while not await owner.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    await asyncio.sleep(0)
            writer.transport.abort()
        first = await server.post(token, body)
        assert first == {"created": 300, "unchanged": 0, "rejected": 0}
        assert await server.post(token, body) == first
    assert await owner.fetchval("SELECT count(*) FROM enrollment") == first["created"]
    assert await owner.fetchval(kept) == 1


async def test_who_takes_none_of_its_answers_is_left_and_who_takes_them_slowly_is_not(
    world: World, database_url: str, own: Settings
) -> None:
    asked = b"GET /static/home.js HTTP/1.1\r\nHost: cabinet\r\n\r\n"
    script = len((Path(__file__).parents[2] / "cabinet/web/static/home.js").read_bytes())
    log = own.data.parent / "log"
    async with serving(database_url, own, log, CABINET_EXPORT_STALL_SECONDS=STALL) as server:
        address = urlsplit(server.url)
        before = sockets(server)
        with socket.socket() as lazy:
            lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            lazy.connect((address.hostname, address.port))
            lazy.setblocking(False)
            # More answers than the kernel would hold for it.
            await asyncio.wait_for(asyncio.get_running_loop().sock_sendall(lazy, asked * 4_000), PATIENCE)
            await until(lambda: sockets(server) > before)
            await until(lambda: sockets(server) == before)
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=4096)
        writer.write(asked * 4_000)
        taken = 0
        while taken < 4_000 * script:
            piece = await asyncio.wait_for(reader.read(512 * 1024), PATIENCE)
            assert piece
            taken += len(piece)
            await asyncio.sleep(0.002)
        writer.close()
        await writer.wait_closed()
    assert said(log) == ""


async def persist(club: Sender, content: str) -> str:
    """Send a file until there is a place for it."""
    while (answer := await club.post(content)).status_code == 503:
        assert answer.headers["retry-after"] == "30"
        await asyncio.sleep(0.05)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job"]["id"])


async def test_fifty_files_at_once_are_all_taken_in_and_nothing_is_left(
    world: World, database_url: str, own: Settings, owner: asyncpg.Connection
) -> None:
    contents = [HEADER + "".join(row(20 * n + m) for m in range(20)) + "\n" * 100_000 for n in range(UPLOADS)]
    async with (
        serving(database_url, own, CABINET_IMPORT_POLL_SECONDS="0.1") as server,
        sending(server.url, await token_of(world, own)) as club,
    ):
        jobs = await asyncio.gather(*(persist(club, content) for content in contents))
        assert len(set(jobs)) == UPLOADS
        async with asyncio.timeout(3 * PATIENCE):
            while await owner.fetchval("SELECT count(*) FROM import_job WHERE finished_at IS NULL"):
                await asyncio.sleep(0.05)
        assert {counts(await club.ended(job)) for job in jobs} == {(20, 20, 0, 0)}
        await until(lambda: waiting(own) == [])
    assert await owner.fetchval("SELECT count(*) FROM enrollment") == 20 * UPLOADS


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder on a disk of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:  # noqa: S603
        pytest.skip("a small disk can be mounted by root only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S603, S607


async def test_a_disk_that_fills_up_is_said_and_whoever_comes_next_finds_it_empty(
    world: World, database_url: str, settings: Settings, small_disk: Path
) -> None:
    async def large() -> AsyncIterator[bytes]:
        yield rows(1).encode()
        for _ in range(12):
            yield b"\n" * MEBIBYTE

    async def half_there() -> AsyncIterator[bytes]:
        yield b"\n" * (3 * MEBIBYTE)
        await more.wait()
        yield b"\n" * (2 * MEBIBYTE)

    more, own = asyncio.Event(), settings.model_copy(update={"data": small_disk})
    async with (
        serving(database_url, own, CABINET_IMPORT_SPARE_BYTES="0") as server,
        sending(server.url, await token_of(world, own)) as club,
    ):
        for body in (large(), b"\n" * (12 * MEBIBYTE)):
            assert await club.refused(body, "harbor/enrollments") == (507, "DISK_FULL")
            assert waiting(own) == []
        first = asyncio.create_task(club.post(half_there()))
        await until(lambda: lying(own) >= 2 * MEBIBYTE)
        assert await club.refused(b"\n" * (7 * MEBIBYTE), "harbor/enrollments") == (507, "DISK_FULL")
        more.set()
        assert (await first).status_code == 202
        assert counts(await club.ended(await club.send(rows(2)))) == (2, 2, 0, 0)
        await until(lambda: waiting(own) == [])
