"""Files are taken in by a process of their own, which comes with the first file and goes with its server."""

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from cabinet.communities import add_member
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.imports.sender import PATIENCE, Sender, counts, rows, token_of
from tests.imports.test_door import until
from tests.imports.test_jobs import held, running, somebody_waits
from tests.server import CABINET, is_worker
from tests.world import World

LEAST = 19
LISTEN = 'subscription { enrollmentsPosted(community: "harbor") { nodes { recordId } } }'
COUNT = '{ coverage(community: "harbor") { population { value } } }'


@pytest.fixture
async def token(world: World, own: Settings) -> str:
    return await token_of(world, own)


async def test_a_server_that_is_sent_no_file_has_no_other_process(
    database_url: str, own: Settings, token: str
) -> None:
    async with running(database_url, own, token) as (server, club):
        assert server.workers() == []
        await club.ended(await club.send(rows(1)))
        (worker,) = server.workers()
        niceness = [os.getpriority(os.PRIO_PROCESS, pid) for pid in (server.process.pid, worker)]
        assert niceness[0] < niceness[1] or niceness[0] == LEAST
        await club.ended(await club.send(rows(2)))
        assert server.workers() == [worker]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
async def test_a_server_leaves_no_process_behind_however_it_ends(
    database_url: str, own: Settings, token: str, how: signal.Signals
) -> None:
    owner = await asyncpg.connect(database_url)
    async with running(database_url, own, token) as (server, club):
        await club.send(rows(3_000))
        async with held(owner, "enrollment"):
            await somebody_waits(database_url)
            (worker,) = server.workers()
            server.process.send_signal(how)
            await server.process.wait()
            await until(lambda: not is_worker(worker))
        assert await owner.fetchval("SELECT state FROM import_job") == "RECEIVED"
    await owner.close()


async def test_what_the_worker_has_to_say_is_in_the_servers_log(
    database_url: str, own: Settings, token: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    async with running(database_url, own, token, log=log) as (server, club):
        await club.ended(await club.send(rows(1)))
        assert log.read_text() == ""
        (worker,) = server.workers()
        os.kill(worker, signal.SIGKILL)
        await until(lambda: server.workers() not in ([], [worker]))
        assert "the process that takes files in has ended (-9)" in log.read_text()
        assert counts(await club.ended(await club.send(rows(2)))) == (2, 1, 1, 0)


async def test_a_worker_of_its_own_takes_in_what_servers_leave_to_it(
    database_url: str, own: Settings, token: str
) -> None:
    apart = {"CABINET_IMPORT_WORKER": "false"}
    known = {
        "CABINET_DATABASE_URL": database_url,
        "CABINET_DATA": str(own.data),
        "CABINET_IMPORT_POLL_SECONDS": "0.1",
    }
    async with running(database_url, own, token, **apart) as (server, club):
        job = await club.send(rows(10))
        worker = await asyncio.create_subprocess_exec(
            str(CABINET), "worker", env={**os.environ, **known}, stdout=asyncio.subprocess.PIPE
        )
        assert counts(await club.ended(job)) == (10, 10, 0, 0)
        assert server.workers() == []
        worker.send_signal(signal.SIGTERM)
        said, _ = await worker.communicate()
        assert (worker.returncode, said) == (0, b"Taking in files. Ctrl-C ends it.\n")


def test_a_worker_has_the_settings_of_its_server(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    given = own.model_copy(
        update={
            "database_url": "postgresql://owner@/name",
            "database_secret": SecretStr("a secret"),
            "token_algorithms": ("ES256", "RS256"),
            "token_issuer": None,
            "post_seconds": 0.5,
            "import_worker": False,
        }
    )
    for name, value in given.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == given


async def test_who_listens_and_who_counts_at_a_server_learns_what_its_worker_took_in(
    world: World, database_url: str, own: Settings, token: str
) -> None:
    await add_member(world.database, world.harbor, "staff", Role.CABINET_STAFF)
    staff = {"Authorization": f"Bearer {Tokens(own).issue('staff')}"}
    listening = {**staff, "Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    async with running(database_url, own, token) as (_, club):
        count = await population(club, staff)
        async with club.http.stream("POST", "/graphql", json={"query": LISTEN}, headers=listening) as stream:
            lines = stream.aiter_lines()
            assert await anext(lines) == ":"
            await club.ended(await club.send(rows(30)))
            heard = ""
            async with asyncio.timeout(PATIENCE):
                while not all(f'"e{n}"' in heard for n in range(30)):
                    heard += await anext(lines)
        assert await population(club, staff) == count + 30
        await club.ended(await club.send(rows(20, first=30)))
        assert await population(club, staff) == count + 50


async def population(club: Sender, headers: dict[str, str]) -> int:
    answer = (await club.http.post("/graphql", json={"query": COUNT}, headers=headers)).json()
    count: int = answer["data"]["coverage"]["population"]["value"]
    return count
