"""How fast a file of enrollments is taken in, beside plain COPY: `python -m bench.files [--rows 1000000]`.

Makes a community with known children and a CSV of valid enrollments of them, loads it as `cabinet load` does,
and loads it again, which changes nothing. Then a twin of the database from before gets the same rows of the same
tables by COPY, with the same indexes and constraints, and both are compared row by row. Prints one line of JSON.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from bench.processes import database_seconds
from cabinet.communities import add_community, add_organization, find_community
from cabinet.db import Database
from cabinet.embedded import embedded_postgres
from cabinet.importers.load import find_format, load
from cabinet.intake.post import post
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.jobs.worker import settle_down
from cabinet.migrate import migrate, settle
from cabinet.settings import Settings
from cabinet.viewer import Viewer

CODE, SECTOR = "bench", "OUT_OF_SCHOOL_TIME"
CHILDREN, PROGRAMS, FIRST_DAY = 0.5, 40, date(2024, 9, 1)
"""Children for each enrollment, programs, and the day from which on they begin, over two school years."""
LOADED, COPIED = "loaded", "copied"
OF_THE_FILE = {
    "enrollment": "SELECT * FROM enrollment",
    "child_year": "SELECT * FROM child_year",
    "change": "SELECT * FROM change WHERE entity = 'enrollment'",
}
"""Where the rows of a file go, if its children are known: the events of a chunk are one row each beside them."""
MADE = (
    """INSERT INTO child (community_id, child_id, sectors, organization_ids)
    SELECT $1, md5('child ' || n)::uuid, ARRAY[$3::text], ARRAY[$2::uuid] FROM generate_series(0, $4 - 1) AS n""",
    """INSERT INTO source_record (community_id, source_record_id, organization_id, sector, record_id, format,
      payload)
    SELECT $1, md5('record ' || n)::uuid, $2, $3, 'c' || n, 'bench', '{}' FROM generate_series(0, $4 - 1) AS n""",
    """INSERT INTO child_link (community_id, source_record_id, child_id, organization_id, sector, method, score,
      decided_by)
    SELECT $1, md5('record ' || n)::uuid, md5('child ' || n)::uuid, $2, $3, 'IDENTIFIER', 1, 'bench'
    FROM generate_series(0, $4 - 1) AS n""",
)
SAID = """
CREATE TEMP TABLE said (
  record_id text, child_id text, program text, status text, begins date, ends date, grade text)
"""
DIFFERENT = """
SELECT (SELECT count(*) FROM said) - count(*) FROM said
JOIN source_record r ON r.record_id = said.child_id
JOIN child_link l ON l.source_record_id = r.source_record_id
JOIN program p ON p.code = said.program
JOIN enrollment e ON e.record_id = said.record_id AND e.child_id = l.child_id AND e.program_id = p.program_id
  AND e.status = said.status AND e.begins = said.begins AND e.ends IS NOT DISTINCT FROM said.ends
JOIN change c ON c.entity_id = e.enrollment_id AND c.child_id = e.child_id
"""
SUM = "SELECT count(*), sum(hashtextextended(t::text, 0)) FROM ({}) AS t"
Figures = dict[str, float]


def lines(count: int) -> Iterator[str]:
    """Yield a CSV of enrollments: each child's first one is over, and its second one stands."""
    children = max(1, int(count * CHILDREN))
    yield "record_id,child_id,program,status,begins,ends,grade\n"
    for number in range(count):
        begins = FIRST_DAY + timedelta(365 * (number // children) + number % 300)
        is_over = number < children
        said = ("COMPLETED", begins + timedelta(90)) if is_over else ("ENROLLED", "")
        grade = f"{1 + number % 12:02}"
        yield f"r{number},c{number % children},p{number % PROGRAMS},{said[0]},{begins},{said[1]},{grade}\n"


async def fill(url: str, settings: Settings, count: int) -> None:
    await settle(url, settings)
    async with Database(url, settings) as database:
        community = await add_community(database, CODE, "Bench")
        club = await add_organization(database, community, "club", SECTOR)
        source = Source(community.community_id, club.organization_id, SECTOR, "bench", FIRST_DAY, Viewer("bench"))
        programs = [
            {"code": f"p{number}", "name": f"P{number}", "organization": "club", "sector": SECTOR}
            for number in range(PROGRAMS)
        ]
        await post(database, source, Kind.PROGRAM, programs)
    owner = await asyncpg.connect(url)
    given = (community.community_id, club.organization_id, SECTOR, int(count * CHILDREN))
    for statement in MADE:
        await owner.execute(statement, *given)
    await owner.execute("VACUUM ANALYZE")
    await owner.close()


async def measured(data: Path, work: Callable[[], Awaitable[Any]]) -> Figures:
    """Return the seconds that the work takes, and the CPU seconds of this process and of the database."""
    database = await at_rest(data)
    begun, own = time.perf_counter(), time.process_time()
    await work()
    told = {"seconds": round(time.perf_counter() - begun, 2), "cpu": round(time.process_time() - own, 2)}
    return {**told, "database_cpu": round(await at_rest(data) - database, 2)}


async def at_rest(data: Path) -> float:
    """Return the database's CPU seconds as soon as they grow no more: a backend that has ended is soon counted."""
    before, now = -1.0, database_seconds(data)
    while now > before:
        await asyncio.sleep(0.5)
        before, now = now, database_seconds(data)
    return now


async def load_file(url: str, settings: Settings, path: Path, verdict: Verdict, count: int) -> None:
    settle_down()
    async with Database(url, settings) as database:
        community = await find_community(database, CODE)
        format_ = find_format("enrollments")
        report = await load(database, Viewer("bench"), community, format_, path, source="club")
    if report.total(verdict) != count:
        raise SystemExit(f"not all rows were {verdict}: {report.counts} {report.remarks[:3]}")


async def copy_rows(url: str, folder: Path) -> None:
    owner = await asyncpg.connect(url)
    for table in OF_THE_FILE:
        await owner.copy_to_table(table, source=folder / f"{table}.copy")
    await owner.close()


async def save_rows(url: str, folder: Path) -> None:
    owner = await asyncpg.connect(url)
    for table, rows in OF_THE_FILE.items():
        await owner.copy_from_query(rows, output=folder / f"{table}.copy")
    await owner.close()


async def check(url: str, twin: str, path: Path) -> None:
    """End the bench unless the rows are those of the file, and the same by both ways."""
    sums = []
    for each in (url, twin):
        owner = await asyncpg.connect(each)
        sums.append([await owner.fetchrow(SUM.format(rows)) for rows in OF_THE_FILE.values()])
        await owner.close()
    if sums[0] != sums[1]:
        raise SystemExit(f"the rows differ: {sums}")
    owner = await asyncpg.connect(url)
    await owner.execute(SAID)
    await owner.copy_to_table("said", source=path, format="csv", header=True)
    different = await owner.fetchval(DIFFERENT)
    await owner.close()
    if different:
        raise SystemExit(f"{different} rows of the file are not in the tables as it says")


def on_database(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


async def run_sql(url: str, statement: str) -> None:
    owner = await asyncpg.connect(url)
    await owner.execute(statement)
    await owner.close()


def bench(folder: Path, count: int) -> dict[str, Any]:
    path, data, settings = folder / "enrollments.csv", folder / "pg", Settings(mode="development", data=folder)
    with path.open("w") as file:
        file.writelines(lines(count))
    with embedded_postgres(folder):
        pass  # It has its memory from its second start on.
    with embedded_postgres(folder) as url:
        loaded, copied = on_database(url, LOADED), on_database(url, COPIED)
        asyncio.run(run_sql(url, f"CREATE DATABASE {LOADED}"))
        migrate(loaded)
        asyncio.run(fill(loaded, settings, count))
        asyncio.run(run_sql(url, f"CREATE DATABASE {COPIED} TEMPLATE {LOADED}"))
        told = {}
        for name, verdict in (("load", Verdict.CREATED), ("again", Verdict.UNCHANGED)):
            asyncio.run(run_sql(url, "CHECKPOINT"))
            told[name] = asyncio.run(measured(data, lambda v=verdict: load_file(loaded, settings, path, v, count)))
        asyncio.run(save_rows(loaded, folder))
        asyncio.run(run_sql(url, "CHECKPOINT"))
        told["copy"] = asyncio.run(measured(data, lambda: copy_rows(copied, folder)))
        asyncio.run(check(loaded, copied, path))
    ratios = {
        f"{name}_of_copy": round(told["copy"][name] / told["load"][name], 2)
        for name in ("database_cpu", "seconds")
    }
    return {"rows": count, **told, **ratios}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.files", description="Measure how files are taken in.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="enrollments in the file")
    count = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        Path(scratch).chmod(0o755)
        print(json.dumps(bench(Path(scratch), count)))


if __name__ == "__main__":
    main()
