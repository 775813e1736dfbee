"""Coverage through HTTP, as a cabinet's staff asks for it: one question after the other, and sixteen at once."""

import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from threading import local
from typing import Any

from bench.coverage_stock import CODE, DAY, STAFF, Stock
from bench.processes import cpu_seconds, free_port, process, resident_megabytes, wait_for_answer
from cabinet.viewer import Tokens

HOUSE = Path(__file__).parents[1]
SERVE = (str(Path(sys.executable).with_name("cabinet")), "serve", "--port")
CONCURRENCY = (1, 16)
PATIENCE, WARM_SECONDS = 600, 120
COUNTS = "population { value } inNeed { value } served { value } gap { value } waitlisted { value }"
QUERY = f"""query($day: Date!, $by: [Dimension!]) {{ coverage(
  community: "{CODE}", asOf: $day, breakdownBy: $by, population: {{ economicallyDisadvantaged: [YES] }}
) {{ population {{ value }} services {{ code total {{ {COUNTS} }} groups {{ counts {{ {COUNTS} }} }} }} }} }}"""
QUESTIONS: dict[str, tuple[list[str], int]] = {
    "services": ([], 1),
    "neighborhoods": (["NEIGHBORHOOD"], 1),
    "days": ([], 60),
}
"""Breakdown, and of how many different days."""


class Clients:
    """A connection for each thread that asks; a server closes those that nothing is asked on."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._local = port, local()
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, body: bytes) -> float:
        """Return the milliseconds an answer takes; end the bench at an error."""
        if not hasattr(self._local, "connection"):
            self._local.connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        begun = time.perf_counter()
        self._local.connection.request("POST", "/graphql", body, self._headers)
        answer = self._local.connection.getresponse().read()
        taken = 1000 * (time.perf_counter() - begun)
        if b'"errors"' in answer:
            raise SystemExit(f"the server answers: {answer[:500]!r}")
        return taken

    def ask_once(self, body: bytes) -> float:
        taken = self.ask(body)
        self._local.connection.close()
        return taken


def bodies(by: list[str], days: int) -> Iterator[bytes]:
    for number in cycle(range(days)):
        variables = {"day": str(DAY - timedelta(number)), "by": by}
        yield json.dumps({"query": QUERY, "variables": variables}).encode()


def ask_server(stock: Stock, requests: int, scratch: Path) -> dict[str, Any]:
    """Start a server on the database, wait until its index answers, and ask."""
    port, log = free_port(), scratch / "serve.log"
    environment = {
        "CABINET_DATABASE_URL": stock.url,
        "CABINET_MODE": "development",
        "CABINET_DATA": str(stock.settings.data.resolve()),
        "CABINET_REQUEST_SECONDS": "600",
        "CABINET_STATEMENT_SECONDS": "600",
    }
    with process([*SERVE, str(port)], environment, HOUSE, log) as pid:
        wait_for_answer(port, pid, log)
        clients = Clients(port, Tokens(stock.settings).issue(STAFF))
        result: dict[str, Any] = {"cold_ms": round(clients.ask_once(next(bodies([], 1))), 1)}
        _wait_until_warm(clients, result["cold_ms"])
        for name, (by, days) in QUESTIONS.items():
            for many in CONCURRENCY:
                sent = list(_first(bodies(by, days), requests))
                result[f"{name} x{many}"] = told = _asked(clients, sent, many, pid)
                print(f"{name} x{many}", told)
        result["server_megabytes"] = round(resident_megabytes(pid))
    return result


def _first(source: Iterator[bytes], count: int) -> Iterator[bytes]:
    return (body for body, _ in zip(source, range(count), strict=False))


def _wait_until_warm(clients: Clients, cold: float) -> None:
    """Ask now and then until an answer takes a small part of what the first did."""
    deadline = time.monotonic() + WARM_SECONDS
    while time.monotonic() < deadline:
        if clients.ask_once(next(bodies([], 1))) < cold / 4:
            return
        time.sleep(0.5)
    raise SystemExit("the server's index was not loaded in time")


def _asked(clients: Clients, sent: list[bytes], many: int, pid: int) -> dict[str, float]:
    clients.ask_once(sent[0])
    begun = cpu_seconds(pid)
    with ThreadPoolExecutor(many) as pool:
        taken = list(pool.map(clients.ask, sent))
    cpu = 1000 * (cpu_seconds(pid) - begun) / len(sent)
    return {
        "p50_ms": round(median(taken), 1),
        "p99_ms": round(quantiles(taken, n=100)[-1], 1),
        "server_cpu_ms": round(cpu, 1),
    }
