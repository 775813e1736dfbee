"""How fast posts are taken in: `python -m bench.intake [--rows 10000] [--batch 1000]`.

Measures by itself what becomes of the rows before the database (`bench.stages`), and then posts them to a server
of its own on a throw-away database, a thousand at a time and all at once: children nobody knew, the same again,
and corrections by the references of the receipts; and once more while somebody else asks for something small.
Prints one line of JSON at the end.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.processes import cpu_seconds, database_seconds, free_port, process, wait_for_answer
from bench.stages import copied, stages
from cabinet.communities import add_community, add_member, add_organization
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.intake.post import MAX_ROWS, post
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.migrate import migrate, settle
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens, Viewer

HOUSE = Path(__file__).parents[1]
SERVE = (str(Path(sys.executable).with_name("cabinet")), "serve", "--port")
SUBJECT, CODE, DAY = "agency", "bench", date(2026, 10, 15)
POST = """mutation($input: PostEnrollmentsInput!) { postEnrollments(input: $input) {
  created updated unchanged rejected rows { verdict child } } }"""
SMALL = json.dumps({"query": "{ communities { nodes { name } } }"})
Row = dict[str, Any]


def rows(count: int) -> list[Row]:
    """Return enrollments of eight fields, four of the child's identity among them."""
    return [
        {
            "recordId": f"r{number}",
            "program": "after",
            "status": "ENROLLED",
            "begins": "2026-09-01",
            "child": {
                "identity": {
                    "givenName": f"Kid {_letters(number)}",
                    "familyName": "Rivera",
                    "birthDate": f"20{10 + number % 9}-{1 + number % 12:02}-{1 + number % 28:02}",
                    "sex": ("FEMALE", "MALE")[number % 2],
                }
            },
        }
        for number in range(count)
    ]


def _letters(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "abcdefghij"))


async def fill(url: str, settings: Settings) -> None:
    await settle(url, settings)
    async with Database(url, settings) as database:
        community = await add_community(database, CODE, "Bench")
        club = await add_organization(database, community, "club", "OUT_OF_SCHOOL_TIME")
        supply = (community.community_id, club.organization_id, "OUT_OF_SCHOOL_TIME")
        source = Source(*supply, "bench", DAY, Viewer("bench"))
        program = {"code": "after", "name": "After", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
        await post(database, source, Kind.PROGRAM, [program])
        await add_member(database, community, SUBJECT, Role.PARTNER_AGENCY, organization="club")


@contextmanager
def server(folder: Path) -> Iterator["Line"]:
    """Start a server on a database in the folder, and yield a line to it."""
    with embedded_postgres(folder) as url:
        settings = Settings(mode="development", data=folder)
        migrate(url)
        asyncio.run(fill(url, settings))
        port, log = free_port(), folder / "serve.log"
        environment = {"CABINET_DATABASE_URL": url, "CABINET_MODE": "development", "CABINET_DATA": str(folder)}
        with process([*SERVE, str(port)], environment, HOUSE, log) as pid:
            wait_for_answer(port, pid, log)
            yield Line(port, pid, folder / "pg", url, Tokens(settings).issue(SUBJECT))


@dataclass(frozen=True)
class Line:
    """Where the server is, as which process and with which database, and the agency's token."""

    port: int
    pid: int
    data: Path
    url: str
    token: str


def posts(line: Line, sent: list[Row], verdict: str, batch: int) -> tuple[Row, list[str]]:
    """Post the rows, so many at a time; return what a post takes, and the references the receipts gave."""
    connection = HTTPConnection("127.0.0.1", line.port, timeout=120)
    headers = {"Authorization": f"Bearer {line.token}", "Content-Type": "application/json"}
    taken, children = [], []
    server, database = cpu_seconds(line.pid), database_seconds(line.data)
    for first in range(0, len(sent), batch):
        given = {"community": CODE, "rows": sent[first : first + batch]}
        body = json.dumps({"query": POST, "variables": {"input": given}})
        begun = time.perf_counter()
        connection.request("POST", "/graphql", body, headers)
        answer = json.loads(connection.getresponse().read())
        taken.append(1000 * (time.perf_counter() - begun))
        receipt = answer.get("data", {}).get("postEnrollments", {})
        if receipt.get(verdict) != len(given["rows"]):
            raise SystemExit(f"not all rows were {verdict}: {json.dumps(answer)[:500]}")
        children += [row["child"] for row in receipt["rows"]]
    connection.close()
    told = {
        "post_ms": round(median(taken)),
        "rows_per_second": round(1000 * len(sent) / sum(taken)),
        "server_cpu_ms": round(1000 * (cpu_seconds(line.pid) - server) / len(taken)),
        "database_cpu_ms": round(1000 * (database_seconds(line.data) - database) / len(taken)),
    }
    return told, children


@contextmanager
def others(line: Line, told: Row) -> Iterator[None]:
    """Let somebody else ask for something small the whole time, and tell how long the answers took."""
    taken: list[float] = []
    over = threading.Event()

    def ask() -> None:
        connection = HTTPConnection("127.0.0.1", line.port, timeout=120)
        while not over.is_set():
            begun = time.perf_counter()
            connection.request("POST", "/graphql", SMALL, {"Content-Type": "application/json"})
            connection.getresponse().read()
            taken.append(1000 * (time.perf_counter() - begun))
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join()
    p99, longest = round(quantiles(taken, n=100)[-1], 1), round(max(taken), 1)
    told["others_ms"] = {"median": round(median(taken), 2), "p99": p99, "longest": longest}


def turns(line: Line, sent: list[Row], batch: int) -> Row:
    """Post rows of children nobody knew, the same again, and corrections by reference."""
    result: Row = {}
    result["new"], children = posts(line, sent, "created", batch)
    result["again"], _ = posts(line, sent, "unchanged", batch)
    by_reference = [
        {**row, "child": {"ref": child}, "begins": "2026-09-02"} for row, child in zip(sent, children, strict=True)
    ]
    result["by_reference"], _ = posts(line, by_reference, "updated", batch)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description="Measure how posts are taken in.")
    parser.add_argument("--rows", type=int, default=MAX_ROWS, help=f"how many; a post has at most {MAX_ROWS:,}")
    parser.add_argument("--batch", type=int, default=1_000, help="how many at a time, where not all at once")
    asked = parser.parse_args()
    count = asked.rows
    sent, more, last = (rows(times * count)[-count:] for times in (1, 2, 3))
    result: Row = {"rows": len(sent), "stages": stages(sent), "quiet": {}, "beside_others": {}}
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        Path(scratch).chmod(0o755)
        with server(Path(scratch)) as line:
            result["copy_ms"] = asyncio.run(copied(line.url, sent))
            with others(line, result["quiet"]):
                time.sleep(1)
            result["in_batches"] = turns(line, sent, asked.batch)
            result["at_once"] = turns(line, more, count)
            with others(line, result["beside_others"]):
                result["beside_others"]["new"], _ = posts(line, last, "created", count)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
