"""What others wait while a large file is taken in: `python -m bench.beside [--rows 1000000]`.

Sixteen clients each ask a running server ten times a second for a page of enrollments, first with nothing beside,
then while a file of enrollments of known children, sent in over HTTP, is taken in behind them. Another agency
posts one new child at a time all the while. Prints one line of JSON, the ratios last.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.coverage_http import HOUSE, SERVE, Clients
from bench.files import CODE, LOADED, SECTOR, fill, lines, on_database, run_sql
from bench.poster import AGENCY, Poster, add_agency
from bench.processes import free_port, process, wait_for_answer
from cabinet.communities import add_member, find_community
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.migrate import migrate
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens

CLIENTS, PAUSE_SECONDS, QUIET_SECONDS = 16, 0.1, 20
PATIENCE_SECONDS = 3600
PAGE = f'{{ enrollments(community: "{CODE}", first: 50) {{ nodes {{ status begins program {{ name }} }} }} }}'
JOB = "query($id: ID!) { importJob(id: $id) { state created rejected } }"


async def add_people(url: str, settings: Settings) -> None:
    """Add a steward, who asks, somebody of the club, who sends the file, and an agency that posts."""
    async with Database(url, settings) as database:
        community = await find_community(database, CODE)
        await add_member(database, community, "steward", Role.SECTOR_STEWARD, sector=SECTOR)
        await add_member(database, community, "club", Role.PARTNER_AGENCY, organization="club")
        await add_agency(database, community, SECTOR)


def ask_until(clients: Clients, is_over: Callable[[], bool]) -> list[float]:
    """Return the milliseconds that each answer took, of all clients."""
    body = json.dumps({"query": PAGE}).encode()

    def one(place: int) -> list[float]:
        time.sleep(PAUSE_SECONDS * place / CLIENTS)
        taken: list[float] = []
        while not is_over():
            begun = time.monotonic()
            taken.append(clients.ask(body))
            time.sleep(max(0.0, PAUSE_SECONDS - (time.monotonic() - begun)))
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [each for of_one in pool.map(one, range(CLIENTS)) for each in of_one]


def wait_until(clients: Clients, poster: Poster, is_over: Callable[[], bool]) -> dict[str, dict[str, float]]:
    """Ask and post at the same time, and tell what either took."""
    with ThreadPoolExecutor(1) as pool:
        posting = pool.submit(poster.post_until, is_over)
        asked = ask_until(clients, is_over)
        return {"pages": told(asked), "posts": told(posting.result())}


def told(taken: list[float]) -> dict[str, float]:
    return {
        "answers": len(taken),
        "p50_ms": round(median(taken), 2),
        "p95_ms": round(quantiles(taken, n=20)[-1], 2),
        "longest_ms": round(max(taken), 1),
    }


def send(port: int, token: str, path: Path) -> str:
    """Send the file in, and return the id of its job."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
    with path.open("rb") as file:
        connection.request("POST", f"/import/{CODE}/enrollments?source=club&file=bench.csv", file, headers)
        answer = json.loads(connection.getresponse().read())
    job: str = answer["job"]["id"]
    return job


def state(port: int, token: str, job: str) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/graphql", json.dumps({"query": JOB, "variables": {"id": job}}), headers)
    found: dict[str, Any] = json.loads(connection.getresponse().read())["data"]["importJob"]
    return found


class Import:
    """A file on its way in; somebody looks once a second whether it has arrived."""

    def __init__(self, port: int, token: str, path: Path) -> None:
        self._port, self._token = port, token
        self._job, self._looked = send(port, token, path), time.monotonic()
        self.found: dict[str, Any] = {"state": "RECEIVED"}

    def is_over(self) -> bool:
        if time.monotonic() - self._looked > 1:
            self._looked = time.monotonic()
            self.found = state(self._port, self._token, self._job)
        return self.found["state"] not in ("RECEIVED", "RUNNING")


def bench(folder: Path, count: int) -> dict[str, Any]:
    path, settings = folder / "enrollments.csv", Settings(mode="development", data=folder)
    with path.open("w") as file:
        file.writelines(lines(count))
    with embedded_postgres(folder):
        pass  # It has its memory from its second start on.
    with embedded_postgres(folder) as url:
        loaded, port, log = on_database(url, LOADED), free_port(), folder / "serve.log"
        asyncio.run(run_sql(url, f"CREATE DATABASE {LOADED}"))
        migrate(loaded)
        asyncio.run(fill(loaded, settings, count))
        asyncio.run(add_people(loaded, settings))
        known = {"CABINET_DATABASE_URL": loaded, "CABINET_MODE": "development", "CABINET_DATA": str(folder)}
        with process([*SERVE, str(port)], known, HOUSE, log) as pid:
            wait_for_answer(port, pid, log)
            tokens = Tokens(settings)
            clients, club = Clients(port, tokens.issue("steward")), tokens.issue("club")
            poster = Poster(CODE, Clients(port, tokens.issue(AGENCY)))
            end = time.monotonic() + QUIET_SECONDS
            quiet = wait_until(clients, poster, lambda: time.monotonic() > end)
            begun, arriving = time.monotonic(), Import(port, club, path)
            beside = wait_until(clients, poster, arriving.is_over)
            seconds = round(time.monotonic() - begun, 1)
    if (arriving.found["state"], arriving.found["created"]) != ("DONE", count):
        raise SystemExit(f"the file was not taken in whole: {arriving.found}")
    ratios = {
        what: {name: round(beside[what][f"{name}_ms"] / quiet[what][f"{name}_ms"], 2) for name in ("p50", "p95")}
        for what in quiet
    }
    return {"rows": count, "import_seconds": seconds, "quiet": quiet, "beside": beside, "times_quiet": ratios}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.beside", description="Measure what others wait.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="enrollments in the file")
    count = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        Path(scratch).chmod(0o755)
        print(json.dumps(bench(Path(scratch), count)))


if __name__ == "__main__":
    main()
