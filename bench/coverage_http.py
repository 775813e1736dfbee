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
from typing import Any, NamedTuple

from bench.coverage_stock import CODE, DAY, STAFF, Stock
from bench.processes import cpu_seconds, free_port, process, resident_megabytes, wait_for_answer
from cabinet.viewer import Tokens

HOUSE = Path(__file__).parents[1]
SERVE = (str(Path(sys.executable).with_name("cabinet")), "serve", "--port")
CONCURRENCY = (1, 16)
PATIENCE, WARM_SECONDS = 600, 120
COUNTS = "population { value } inNeed { value } served { value } gap { value } waitlisted { value }"
FIGURES = "figures { measure { name } service { code } group { value } value withheld }"
_ASKED = f'community: "{CODE}", population: {{ economicallyDisadvantaged: [YES] }}'
_OF_DAY = f"{_ASKED}, asOf: $day, breakdownBy: $by"
COVERAGE = f"""query($day: Date!, $by: [Dimension!]) {{ coverage({_OF_DAY}) {{
  population {{ value }} services {{ code total {{ {COUNTS} }} groups {{ counts {{ {COUNTS} }} }} }} }} }}"""
OVERLAP = f"query($day: Date!, $by: [Dimension!]) {{ overlap({_OF_DAY}) {{ {FIGURES} }} }}"
GAPS = f"query($day: Date!, $by: [Dimension!]) {{ gaps({_OF_DAY}, first: 100) {{ {FIGURES} }} }}"
TREND = f"""query($days: [Date!]!, $by: [Dimension!]) {{
  trend({_ASKED}, days: $days, breakdownBy: $by) {{ {FIGURES} }} }}"""
FEW = ["TUTORING", "DENTAL", "MENTORING"]
YEAR = [str(DAY - timedelta(9 * number)) for number in range(12)]


class Asked(NamedTuple):
    """A question, by what it is broken down, and of how many different days it is asked in turn."""

    query: str
    by: tuple[str, ...] = ()
    days: int = 1


QUESTIONS = {
    "services": Asked(COVERAGE),
    "neighborhoods": Asked(COVERAGE, ("NEIGHBORHOOD",)),
    "neighborhood x grade, of three services": Asked(
        COVERAGE.replace("breakdownBy", "services: $services, breakdownBy").replace(
            "query(", "query($services: [String!], "
        ),
        ("NEIGHBORHOOD", "GRADE"),
    ),
    "overlap": Asked(OVERLAP),
    "past days": Asked(COVERAGE, (), 60),
    "gaps": Asked(GAPS),
    "gaps by neighborhood": Asked(GAPS, ("NEIGHBORHOOD",)),
    "trend of twelve days": Asked(TREND),
}


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


def bodies(asked: Asked) -> Iterator[bytes]:
    for number in cycle(range(asked.days)):
        day = {"days": YEAR} if asked.query == TREND else {"day": str(DAY - timedelta(number))}
        some = {"services": FEW} if "$services" in asked.query else {}
        yield json.dumps({"query": asked.query, "variables": {**day, **some, "by": asked.by}}).encode()


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
        result: dict[str, Any] = {"cold_ms": round(clients.ask_once(next(bodies(Asked(COVERAGE)))), 1)}
        _wait_until_warm(clients, result["cold_ms"])
        for name, asked in QUESTIONS.items():
            for many in CONCURRENCY:
                sent = list(_first(bodies(asked), requests))
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
        if clients.ask_once(next(bodies(Asked(COVERAGE)))) < cold / 4:
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
