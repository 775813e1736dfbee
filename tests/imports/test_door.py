"""What is not taken: from whom, of what kind, how large, how slow; and that nothing of it stays on the disk."""

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest

from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.client import Client
from tests.imports.sender import PATIENCE, Sender, counts, rows, sending, token_of
from tests.server import Process, serving
from tests.world import World

NAME = "folder-id"
MEBIBYTE = 1024**2


def waiting(own: Settings) -> list[str]:
    """Return what lies in the data folder, the name it has for itself apart."""
    folder = own.data / "imports"
    return sorted(path.name for path in folder.iterdir() if path.name != NAME) if folder.exists() else []


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.02)


async def pieces(size: int, count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PARTNER_AGENCY])
async def test_only_an_agency_sends_files(world: World, server: Process, own: Settings, role: Role) -> None:
    async with sending(server.url, "") as sender:
        client = Client(sender.http, world, Tokens(own))
        token = await client.token(role) if role is not Role.PUBLIC else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for source in ("", "?source=club"):
            answer = await Sender(sender.http, headers).refused(rows(1), f"harbor/enrollments{source}")
            assert answer == (403, "FORBIDDEN")
    assert waiting(own) == []


async def test_an_agency_sends_its_own_files_to_its_own_community(
    world: World, server: Process, own: Settings, club: Sender
) -> None:
    for address in ("harbor/enrollments?source=arts", "harbor/enrollments?source=none", "river/enrollments"):
        assert await club.refused(rows(1), address) == (403, "FORBIDDEN")
    assert await club.refused(rows(1), "nowhere/enrollments") == (404, "NOT_FOUND")
    assert counts(await club.ended(await club.send(rows(1), "harbor/enrollments?source=club"))) == (1, 1, 0, 0)
    both = await token_of(world, own, "club", subject="both")
    await token_of(world, own, "arts", subject="both")
    async with sending(server.url, both) as sender:
        assert await sender.refused(rows(1), "harbor/enrollments") == (422, "INPUT_INVALID")
        job = await sender.ended(await sender.send(rows(1), "harbor/enrollments?source=arts"))
        assert (job["source"], job["rejected"]) == ("arts", 1)


async def test_what_cannot_be_read_is_not_kept(own: Settings, club: Sender) -> None:
    assert await club.refused(rows(1), "harbor/spreadsheet") == (404, "NOT_FOUND")
    assert await club.refused(rows(1), "harbor/enrollments/more") == (404, "NOT_FOUND")
    for kind in ("application/vnd.ms-excel", "multipart/form-data; boundary=x", "text/html", ""):
        assert await club.refused(rows(1), "harbor/enrollments", kind) == (415, "UNSUPPORTED_MEDIA_TYPE")
    packed = await club.post(b"\x1f\x8b", **{"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.json()["errors"][0]["extensions"]["code"]) == (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
    )
    for query in (
        "?file=..",
        "?file=%00.csv",
        "?file=-rf.csv",
        f"?file={'x' * 300}",
        "?color=red",
        "?file=a&file=b",
    ):
        assert await club.refused(rows(1), f"harbor/enrollments{query}") == (422, "INPUT_INVALID")
    answer = await club.http.get("/import/harbor/enrollments", headers=club.headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert waiting(own) == []


async def test_a_name_leads_nowhere_else(own: Settings, club: Sender) -> None:
    job = await club.ended(await club.send(rows(1), "harbor/enrollments?file=../../../etc/march.csv"))
    assert (job["state"], job["file"]) == ("DONE", "march.csv")
    await until(lambda: waiting(own) == [])
    assert not list(own.data.rglob("march*"))


async def test_what_is_too_large_is_not_kept(world: World, database_url: str, own: Settings) -> None:
    async with (
        serving(database_url, own, CABINET_IMPORT_BYTES=str(3 * MEBIBYTE)) as server,
        sending(server.url, await token_of(world, own)) as club,
    ):
        for body in (b" " * (3 * MEBIBYTE + 1), pieces(MEBIBYTE, 20)):
            assert await club.refused(body, "harbor/enrollments") == (413, "BODY_TOO_LARGE")
        assert counts(await club.ended(await club.send(rows(2)))) == (2, 2, 0, 0)
        await until(lambda: waiting(own) == [])


async def test_a_disk_that_is_nearly_full_takes_nothing(world: World, database_url: str, own: Settings) -> None:
    async with (
        serving(database_url, own, CABINET_IMPORT_SPARE_BYTES=str(2**60)) as server,
        sending(server.url, await token_of(world, own)) as club,
    ):
        for body in (rows(2), pieces(MEBIBYTE, 3)):
            assert await club.refused(body, "harbor/enrollments") == (507, "DISK_FULL")
        assert waiting(own) == []


async def test_a_cut_upload_leaves_nothing_behind(
    server: Process, own: Settings, club: Sender, database_url: str
) -> None:
    address = urlsplit(server.url)
    headers = {"Host": "c", "Content-Type": "text/csv", "Content-Length": "9000000", **club.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"POST /import/harbor/enrollments HTTP/1.1\r\n{head}\r\n".encode() + b" " * 5_000_000
    for is_sudden in (False, True):
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(request)
        await writer.drain()
        await until(lambda: len(waiting(own)) == 1)
        if is_sudden:
            writer.transport.abort()
        else:
            writer.close()
        await until(lambda: waiting(own) == [])
    owner = await asyncpg.connect(database_url)
    assert await owner.fetchval("SELECT count(*) FROM import_job") == 0
    await owner.close()


async def test_a_body_may_take_its_time_as_long_as_it_comes(
    world: World, database_url: str, own: Settings
) -> None:
    """A body elsewhere has half a second here; each piece of a file has that, and all of it five."""

    async def slowly(pause: float, size: int, count: int) -> AsyncIterator[bytes]:
        yield rows(0).encode()
        for _ in range(count):
            await asyncio.sleep(pause)
            yield b"\n" * size

    limits = {"CABINET_BODY_SECONDS": "0.5", "CABINET_UPLOAD_SECONDS": "5"}
    async with (
        serving(database_url, own, **limits) as server,
        sending(server.url, await token_of(world, own)) as club,
    ):
        job = await club.ended(await club.send(slowly(0.2, 70_000, 10)))
        assert (job["state"], job["rowsRead"]) == ("DONE", 0)
        assert await club.refused(slowly(1.2, 70_000, 2), "harbor/enrollments") == (408, "BODY_TIMEOUT")
        assert await club.refused(slowly(0.1, 10, 20), "harbor/enrollments") == (408, "BODY_TIMEOUT")
        assert await club.refused(slowly(0.3, 70_000, 30), "harbor/enrollments") == (408, "BODY_TIMEOUT")
        await until(lambda: waiting(own) == [])


async def test_one_too_many_at_once_is_told_when_to_come_back(
    world: World, database_url: str, own: Settings
) -> None:
    async with (
        serving(database_url, own, CABINET_UPLOADS="1") as server,
        sending(server.url, await token_of(world, own)) as club,
    ):
        leave = asyncio.Event()

        async def held() -> AsyncIterator[bytes]:
            yield rows(1).encode()
            await leave.wait()

        sent = asyncio.create_task(club.send(held()))
        await until(lambda: waiting(own))
        refused = await club.post(rows(1))
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        leave.set()
        assert counts(await club.ended(await sent)) == (1, 1, 0, 0)
