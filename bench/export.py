"""How fast a million enrollments leave as a file, and with how much memory: `python bench/export.py [ROWS]`.

Fills a database of its own, starts the server as a process, and downloads the list as CSV and as NDJSON; beside
each stands the same statement run by a bare COPY into nothing. Then it downloads once more, slowly, and says how
much the server's memory grew. Prints one line of JSON at the end, and leaves nothing running and nothing behind.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import asyncpg

from cabinet.communities import Community, add_community, add_member, add_organization
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.migrate import migrate, settle
from cabinet.read.export import plan
from cabinet.read.fields import Fields
from cabinet.read.files import COPY_OPTIONS, FileFormat
from cabinet.read.listings import Listings
from cabinet.settings import Mode, Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens, Viewer, find_viewer
from schema.api import api

ROWS = 1_000_000
CHILDREN = 50_000
PROGRAMS = 20
PIECE = 1024 * 1024
SLOW_BYTES_A_SECOND = 12 * PIECE
SUBJECT = "bench-steward"

FILL = (
    """
    INSERT INTO program (community_id, organization_id, code, name, sector)
    SELECT community_id, organization_id, 'program-' || n, 'Program ' || n, sector
    FROM organization, generate_series(1, $1::int) n
    """,
    """
    INSERT INTO child (community_id, birth_month, sex, sectors, organization_ids)
    SELECT community_id, '2015-01-01', 'FEMALE', ARRAY[sector], ARRAY[organization_id]
    FROM organization, generate_series(1, $1::int) n
    """,
    """
    INSERT INTO enrollment (community_id, child_id, program_id, sector, organization_id, status, begins, ends,
      exit_reason, record_id, record_version, content_hash)
    SELECT o.community_id, c.child_id, p.program_id, o.sector, o.organization_id, 'COMPLETED',
      date '2024-09-01' + n % 300, date '2025-07-01', CASE n % 3 WHEN 0 THEN 'Moved away, "for good"' END,
      '2025-' || n, 1, md5(n::text)
    FROM generate_series(1, $1::int) n
    JOIN (SELECT row_number() OVER () AS at, child_id FROM child) c ON c.at = 1 + n % (SELECT count(*) FROM child)
    JOIN (SELECT row_number() OVER () AS at, program_id FROM program) p
      ON p.at = 1 + n % (SELECT count(*) FROM program)
    CROSS JOIN organization o
    """,
    "ANALYZE",
)


@dataclass(frozen=True)
class Rate:
    """A file that has passed."""

    rows: int
    bytes: int
    seconds: float

    def shown(self) -> dict[str, float]:
        return {
            "rows_per_second": round(self.rows / self.seconds),
            "mb_per_second": round(self.bytes / self.seconds / 1e6, 1),
            "mb": round(self.bytes / 1e6),
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True)
class Server:
    port: int
    process: int

    def memory(self, field: str) -> float:
        """Return the megabytes that Linux has under VmRSS (now) or VmHWM (at most so far)."""
        status = Path(f"/proc/{self.process}/status").read_text()
        found = re.search(rf"{field}:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


async def fill(url: str, settings: Settings, rows: int) -> Community:
    await settle(url, settings)
    async with Database(url, settings) as database:
        community = await add_community(database, "bench", "Bench")
        await add_organization(database, community, "club", "OUT_OF_SCHOOL_TIME")
        role = Role.SECTOR_STEWARD
        await add_member(database, community, SUBJECT, role, sector="OUT_OF_SCHOOL_TIME")
    owner = await asyncpg.connect(url)
    for statement, number in zip(FILL, (PROGRAMS, min(CHILDREN, rows), rows, None), strict=True):
        await owner.execute(statement, *([] if number is None else [number]))
    await owner.close()
    return community


async def bare(url: str, settings: Settings, community: Community, format_: FileFormat) -> Rate:
    """Run an export's statement as COPY alone, in the same scope, and throw the bytes away."""
    listings = Listings(Fields(api._schema))  # noqa: SLF001 - strawberry shows the schema under no other name.
    size = 0

    async def count(chunk: bytes) -> None:
        nonlocal size
        size += len(chunk)

    async with Database(url, settings) as database:
        viewer: Viewer = await find_viewer(database, SUBJECT)
        export = plan(listings.find("enrollments"), listings.fields, community, format_, viewer, [])
        begun = time.perf_counter()
        async with database.apart(export.grant.scope, settings.export_seconds) as connection:
            options = COPY_OPTIONS[format_]
            done = await connection.copy_from_query(export.sql, *export.arguments, output=count, **options)
        return Rate(int(done.split()[1]), size, time.perf_counter() - begun)


def download(server: Server, token: str, format_: FileFormat, bytes_a_second: float | None = None) -> Rate:
    """Download the list, and wait between pieces if it is to be slow."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    begun = time.perf_counter()
    headers = {"Authorization": f"Bearer {token}"}
    connection.request("GET", f"/export/bench/enrollments.{format_}", headers=headers)
    response, size, lines = connection.getresponse(), 0, 0
    while piece := response.read(PIECE):
        size += len(piece)
        lines += piece.count(b"\n")
        if bytes_a_second:
            time.sleep(max(0.0, begun + size / bytes_a_second - time.perf_counter()))
    return Rate(lines - (format_ is FileFormat.CSV), size, time.perf_counter() - begun)


@contextmanager
def serving(url: str, data: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    surroundings = {"CABINET_DATABASE_URL": url, "CABINET_MODE": "development", "CABINET_DATA": str(data)}
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("cabinet")), "serve", "--port", str(port)],
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None or "Ready" not in process.stdout.readline():
            raise SystemExit("The server did not start.")
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def measure(url: str, data: Path, rows: int) -> dict[str, object]:
    settings = Settings(mode=Mode.DEVELOPMENT, data=data)
    migrate(url)
    community = asyncio.run(fill(url, settings, rows))
    token = Tokens(settings).issue(SUBJECT)
    measured: dict[str, object] = {"rows": rows}
    with serving(url, data) as server:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", "/export/bench/programs.csv")
        connection.getresponse().read()
        before = server.memory("VmRSS")
        for format_ in FileFormat:
            measured[f"bare_{format_}"] = asyncio.run(bare(url, settings, community, format_)).shown()
            passed = download(server, token, format_)
            if passed.rows != rows:
                raise SystemExit(f"{passed.rows} rows of {rows} came as {format_}.")
            measured[format_.value] = passed.shown()
        measured["rss_mb_before"] = round(before, 1)
        measured["rss_mb_grown_at_most"] = round(server.memory("VmHWM") - before, 1)
        measured["slow_csv"] = download(server, token, FileFormat.CSV, SLOW_BYTES_A_SECOND).shown()
        measured["rss_mb_grown_at_most_when_slow"] = round(server.memory("VmHWM") - before, 1)
    return measured


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        # The database of a root user runs as an account of its own, which has to reach its folder.
        Path(scratch).chmod(0o755)
        with embedded_postgres(Path(scratch)) as at:
            print(json.dumps(measure(at, Path(scratch), int((*sys.argv[1:], ROWS)[0]))))
