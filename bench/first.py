"""How long from nothing to a right answer: `python bench/first.py [--skip-install]`.

Starts the demo on a folder of its own (first start, second start), compares its gap query with a recount in
plain SQL, asks it a hundred times, and at last runs `make demo` in a fresh clone. Prints one line of JSON at the
end, and leaves nothing running and nothing behind.
"""

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from threading import Timer
from typing import Any

import asyncpg

from cabinet.calendar import school_year_of
from cabinet.cli.demo import GAP_QUERY

HOUSE = Path(__file__).parents[1]
REQUESTS = 100
PATIENCE = 600
NOT_PASSED_ON = ("CABINET_", "MAKE", "MFLAGS", "VENV", "VIRTUAL_ENV", "PYTHONPATH")
"""What the surroundings have set, and a newcomer has not."""
READY = re.compile(r"^Ready on http://\S+:(\d+)")
STAFF = re.compile(r"^  CABINET_STAFF\n  (\S+)$", re.MULTILINE)

RECOUNT = """
SELECT coalesce(n.name, 'Unknown') AS label, count(*) AS "inNeed", count(*) FILTER (WHERE is_served) AS served,
  count(*) FILTER (WHERE NOT is_served) AS gap
FROM (
  SELECT c.community_id, c.birth_month,
    (SELECT y.grade FROM child_year y WHERE y.child_id = c.child_id AND y.school_year = $3 AND y.grade IS NOT NULL
     ORDER BY array_position($4, y.sector), y.organization_id LIMIT 1) AS grade,
    (SELECT y.neighborhood_id FROM child_year y
     WHERE y.child_id = c.child_id AND y.school_year = $3 AND y.neighborhood_id IS NOT NULL
     ORDER BY array_position($4, y.sector), y.organization_id LIMIT 1) AS neighborhood_id,
    EXISTS (
      SELECT FROM enrollment e JOIN service s USING (community_id, program_id)
      JOIN service_type t USING (community_id, service_type_id)
      WHERE e.child_id = c.child_id AND t.code = 'AFTER_SCHOOL' AND e.begins <= $2
        AND (e.status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN') AND e.ends >= $2
             OR e.status = 'ENROLLED' AND e.ends IS NULL)
    ) AS is_served
  FROM child c
  WHERE c.community_id = (SELECT community_id FROM community WHERE code = $1)
    AND (c.birth_month IS NULL OR c.birth_month <= $2)
    AND (EXISTS (SELECT FROM child_year y WHERE y.child_id = c.child_id AND y.school_year = $3)
      OR EXISTS (
        SELECT FROM enrollment e WHERE e.child_id = c.child_id AND e.begins <= $2
          AND (e.status IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN') AND e.ends >= $2
               OR e.status = 'ENROLLED' AND e.ends IS NULL)))
) child
JOIN service_type t ON t.community_id = child.community_id AND t.code = 'AFTER_SCHOOL'
LEFT JOIN neighborhood n ON n.community_id = child.community_id AND n.neighborhood_id = child.neighborhood_id
WHERE child.grade = ANY (t.grades)
  OR child.grade IS NULL
    AND extract(year FROM age(date_trunc('month', $2), child.birth_month)) BETWEEN t.min_age AND t.max_age
GROUP BY ROLLUP (coalesce(n.name, 'Unknown'))
"""
"""The gap query again, child by child and without the server's help; the row without a label is the total."""
SECTORS = ["EDUCATION", "HEALTH", "OUT_OF_SCHOOL_TIME"]


@dataclass(frozen=True)
class Demo:
    """A demo that is ready: after how many seconds, on which port, and what it printed."""

    seconds: float
    port: int
    printed: str

    @property
    def token(self) -> str:
        found = STAFF.search(self.printed)
        return found[1] if found else ""


def require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as the assertion it is.
    if not holds:
        raise SystemExit(otherwise)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def demo(command: list[str], folder: Path, data: Path) -> Iterator[Demo]:
    """Run a command until its ready line, yield, and stop it as Ctrl-C would, its database included."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)}
    environment |= {"CABINET_DATA": str(data), "PORT": str(free_port()), "COLUMNS": "1000"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    watchdog = Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        yield _wait(process, begun)
        database = int((data / "pg" / "postmaster.pid").read_text().split()[0])
    finally:
        watchdog.cancel()
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)
    require(_is_gone(database), f"PostgreSQL {database} outlived the demo.")


def _is_gone(process: int) -> bool:
    """Tell whether a process has ended, or does within a few seconds."""
    for _ in range(50):
        if not Path(f"/proc/{process}").exists():
            return True
        time.sleep(0.1)
    return False


def _wait(process: subprocess.Popen[str], begun: float) -> Demo:
    printed = ""
    for line in process.stdout or ():
        printed += line
        if found := READY.match(line):
            return Demo(time.perf_counter() - begun, int(found[1]), printed)
    raise SystemExit(f"The demo ended without a ready line:\n{printed}")


def ask(connection: HTTPConnection, token: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", "/graphql", json.dumps({"query": GAP_QUERY}), headers)
    answer = json.loads(connection.getresponse().read())
    require("errors" not in answer, f"The gap query was refused: {answer}")
    coverage: dict[str, Any] = answer["data"]["coverage"]
    return coverage


def timings(ready: Demo) -> list[float]:
    """Return the milliseconds of each of REQUESTS gap queries, one after the other on one connection."""
    connection = HTTPConnection("127.0.0.1", ready.port, timeout=30)
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        ask(connection, ready.token)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def check(ready: Demo, data: Path) -> int:
    """Compare every number that is shown with the recount; return how many there were."""
    answer = ask(HTTPConnection("127.0.0.1", ready.port, timeout=30), ready.token)
    counted = asyncio.run(recount(data, answer["asOf"]))
    (service,) = answer["services"]
    shown = {None: service["total"]} | {g["values"][0]["label"]: g["counts"] for g in service["groups"]}
    compared = 0
    for label, counts in shown.items():
        for measure in ("inNeed", "served", "gap"):
            value = counts[measure]["value"]
            expected = counted.get(label, {}).get(measure, 0)
            require(value in (None, expected), f"{label} {measure}: {value}, recounted {expected}")
            compared += value is not None
    return compared


async def recount(data: Path, day: str) -> Mapping[str | None, Mapping[str, int]]:
    connection = await asyncpg.connect(host=str(data / "pg"), user="postgres", database="postgres")
    try:
        as_of = await connection.fetchval("SELECT $1::text::date", day)
        rows = await connection.fetch(RECOUNT, "harbor-city", as_of, school_year_of(as_of), SECTORS)
    finally:
        await connection.close()
    return {row["label"]: row for row in rows}


def from_clone(folder: Path) -> float:
    """Return the seconds of `make demo` from a fresh clone, with an environment of its own, to its ready line."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(HOUSE), str(clone)], check=True)
    with demo(["make", "demo"], clone, folder / "cloned") as ready:
        return ready.seconds


def measure(folder: Path, *, install: bool) -> dict[str, float]:
    command, data = [str(Path(sys.executable).parent / "cabinet"), "demo"], folder / "data"
    with demo(command, HOUSE, data) as ready:
        first = ready.seconds
    with demo(command, HOUSE, data) as ready:
        second = ready.seconds
        compared = check(ready, data)
        taken = quantiles(timings(ready), n=100)
    measured = {
        "first_start_seconds": round(first, 1),
        "second_start_seconds": round(second, 1),
        "numbers_equal_to_recount": compared,
        "gap_query_p50_ms": round(taken[49], 1),
        "gap_query_p99_ms": round(taken[98], 1),
    }
    return measured | ({"make_demo_from_clone_seconds": round(from_clone(folder), 1)} if install else {})


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        # The database of a root user runs as an account of its own, which has to reach its folder.
        Path(scratch).chmod(0o755)
        print(json.dumps(measure(Path(scratch), install="--skip-install" not in sys.argv[1:])))
