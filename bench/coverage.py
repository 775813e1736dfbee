"""How fast coverage is counted: `python -m bench.coverage [--children 50000] [--folder FOLDER]`.

A community of so many children, forty services, eight enrollments a child. Every answer is compared first: our
index, PostgreSQL by the statement of `cabinet.coverage.question`, DuckDB and Polars. Then each is timed, by the
clock and by CPU, which says the same on a machine that others use too; the server is asked through HTTP, and one
line of JSON is printed at the end. With `--folder` the database is kept and used again.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import asyncpg
import numpy as np

from bench.coverage_http import ask_server
from bench.coverage_peers import DuckDB, Found, Polars, Tables, found
from bench.coverage_stock import DAY, Stock, coverage_stock
from bench.processes import database_seconds
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.index.dates import year_of
from cabinet.coverage.index.fresh import catch_up
from cabinet.coverage.index.index import Index
from cabinet.coverage.index.load import load
from cabinet.coverage.population import Population
from cabinet.coverage.question import Question, write_question
from cabinet.db import Connection, Database
from cabinet.scope import Scope
from cabinet.tables.security import Login

PAST = date(2026, 8, 3)
TREND = [DAY - timedelta(9 * number) for number in range(12)]
"""Twelve days of the school year up to the day."""

POPULATION = Population(
    values={Dimension.ECONOMICALLY_DISADVANTAGED: ("YES",)},
    any_of=(
        Population(values={Dimension.SEX: ("FEMALE",)}),
        Population(values={Dimension.GRADE: ("01", "02", "03")}),
    ),
)
TOGETHER: tuple[Dimension, ...] = ()
GROUPS = (Dimension.NEIGHBORHOOD, Dimension.GRADE)
CHANGES = (1, 100, 10_000)
ENDING_SECONDS = 0.3
"""Until the CPU time of a connection that was closed is its parent's."""
_CHANGE = """
INSERT INTO change (community_id, entity, entity_id, child_id)
SELECT community_id, 'enrollment', enrollment_id, child_id FROM enrollment LIMIT $1
"""
Result = dict[str, Any]


def spent(work: Callable[[], object], rounds: int) -> Result:
    """Return milliseconds: of the clock the usual and the slowest of a hundred, and the usual of CPU."""
    taken, cpu = [], []
    for _ in range(rounds):
        begun, cpu_begun = time.perf_counter(), time.process_time()
        work()
        taken.append(1000 * (time.perf_counter() - begun))
        cpu.append(1000 * (time.process_time() - cpu_begun))
    p99 = quantiles(taken, n=100)[-1]
    return {"p50_ms": round(median(taken), 3), "p99_ms": round(p99, 3), "cpu_ms": round(median(cpu), 3)}


def by_service(rows: Sequence[Mapping[str, Any]], width: int) -> Found:
    """Return rows of ours or of the statement as the peers give theirs: groups alone where there are groups."""
    return {
        (row["service_type"], *(row[f"d{place}"] for place in range(width))): tuple(
            row[name] for name in ("eligible", "in_need", "served", "waitlisted")
        )
        for row in rows
        if row["service_type"] and row["eligible"] and (not width or row["d0"] is not None)
    }


async def by_sql(connection: Connection, question: Question, folder: Path) -> tuple[list[Any], Result]:
    """Ask the statement; return its rows, and the milliseconds of the clock and of PostgreSQL's CPU."""
    statement, arguments = write_question(question)
    begun, cpu_begun = time.perf_counter(), database_seconds(folder)
    rows = await connection.fetch(statement, *arguments)
    cpu = database_seconds(folder) - cpu_begun
    return rows, {"p50_ms": round(1000 * (time.perf_counter() - begun), 1), "cpu_ms": round(1000 * cpu)}


class Contest:
    """One index, and all who answer the same questions."""

    def __init__(self, stock: Stock, database: Database, index: Index, rounds: int) -> None:
        self.stock, self.database, self.index, self.rounds = stock, database, index, rounds
        self.codes = tuple(index.columns.catalog.kinds.names)

    def question(self, by: tuple[Dimension, ...], day: date = DAY) -> Question:
        return Question(self.stock.community_id, POPULATION, self.codes, day, by)

    async def compare(self) -> Result:
        """Compare and time each question; end the bench where two differ."""
        result: Result = {}
        asked = (("services", TOGETHER, DAY), ("groups", GROUPS, DAY), ("past", TOGETHER, PAST))
        scope = Scope(Login.READER_AGGREGATE, (self.stock.community_id,))
        tables = {day: Tables.of(self.index.columns, day) for day in (DAY, PAST)}
        peers = {day: (DuckDB(given), Polars(given)) for day, given in tables.items()}
        async with self.database.apart(scope, 600) as connection:
            await connection.execute("SET enable_nestloop = off")
            for name, by, day in asked:
                question = self.question(by, day)
                rows, by_statement = await by_sql(connection, question, self.stock.folder)
                right = by_service(rows, len(by))
                self._check(name, "index", by_service(self.index.count(question).rows(), len(by)), right)
                result[name] = {"index": self._ours(question), "postgresql": by_statement}
                for peer in peers[day]:
                    self._check(name, peer.name, found(peer.ask(by), self.codes), right)
                    result[name][peer.name] = spent(
                        lambda peer=peer, by=by: peer.ask(by), max(3, self.rounds // 10)
                    )
                print(name, result[name])
        result["trend"] = {"index": spent(self._trend, max(3, self.rounds // 10))}
        result["floor"] = self._floor()
        return result

    def _check(self, question: str, who: str, answer: Found, right: Found) -> None:
        if answer != right:
            differ = {key for key in answer.keys() | right.keys() if answer.get(key) != right.get(key)}
            key = min(differ, key=str)
            raise SystemExit(f"{question}: {who} says {answer.get(key)} of {key}, PostgreSQL {right.get(key)}")

    def _ours(self, question: Question) -> Result:
        """Time it on a day that is kept, and on a day that is asked for the first time since a change."""
        self.index.count(question)
        kept = spent(lambda: self.index.count(question), self.rounds)

        def anew() -> None:
            self.index.forget_days()
            self.index.count(question)

        first = spent(anew, max(3, self.rounds // 10))
        return {**kept, "first_p50_ms": first["p50_ms"], "first_cpu_ms": first["cpu_ms"]}

    def _trend(self) -> None:
        self.index.forget_days()
        for day in TREND:
            self.index.count(self.question(TOGETHER, day))

    def _floor(self) -> Result:
        """Time AND and popcount over the bits of forty services, and nothing else."""
        words = -(-len(self.index.columns.children) // 64)
        chance = np.random.default_rng(1)
        bits = chance.integers(0, 2**63, (len(self.codes), 4, words), np.uint64)
        return spent(lambda: np.bitwise_count(bits & bits[0, 0]).sum(axis=-1, dtype=np.uint32), self.rounds)

    async def changes(self) -> Result:
        """Time the look for changes with nothing new, and with so many enrollments written."""
        owner = await asyncpg.connect(self.stock.url)
        result = {}
        for count in (0, *CHANGES):
            taken = []
            for _ in range(3):
                await owner.execute(_CHANGE, count)
                await owner.execute("ANALYZE change")
                begun, spent_there = time.perf_counter(), database_seconds(self.stock.folder)
                await catch_up(self.database, self.index, _at_once)
                taken.append(
                    (1000 * (time.perf_counter() - begun), database_seconds(self.stock.folder) - spent_there)
                )
            ms, seconds = min(taken)
            result[str(count)] = {"ms": round(ms, 2), "database_cpu_ms": round(1000 * seconds)}
        await owner.close()
        return result


async def _at_once(work: Callable[..., object], *arguments: object) -> object:
    return work(*arguments)


async def loading(stock: Stock, database: Database, children: int) -> tuple[Index, Result]:
    """Load twice, and tell of the second: by the clock, by CPU, and for how long the event loop was held."""
    year = year_of(DAY)
    assert year is not None  # noqa: S101 - for the type checker.
    for _ in range(2):
        begun, own, theirs = time.perf_counter(), time.process_time(), database_seconds(stock.folder)
        ticks = asyncio.create_task(_longest_gap())
        index = await load(database, stock.community_id, year, 2**40)
        ticks.cancel()
        await asyncio.sleep(ENDING_SECONDS)
        result = {
            "seconds": round(time.perf_counter() - begun - ENDING_SECONDS, 2),
            "own_cpu_seconds": round(time.process_time() - own, 2),
            "database_cpu_seconds": round(database_seconds(stock.folder) - theirs, 2),
            "loop_held_ms": round((await ticks) * 1000, 1),
            "bytes_a_child": round(index.nbytes / children),
        }
    return index, result


async def _longest_gap() -> float:
    """Return, when cancelled, the longest time that the event loop did not come round."""
    longest, last = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
            await asyncio.sleep(0.0005)
            last = time.perf_counter()
    except asyncio.CancelledError:
        return longest


async def measure(stock: Stock, given: argparse.Namespace) -> Result:
    async with Database(stock.url, stock.settings) as database:
        index, loaded = await loading(stock, database, given.children)
        print("load", loaded)
        contest = Contest(stock, database, index, given.rounds)
        compared = await contest.compare()
        return {"load": loaded, **compared, "changes": await contest.changes()}


def ratios(result: Result) -> Result:
    """Return how many times our index's CPU time each peer takes, on a day that is kept; for `past`, made anew."""
    told: Result = {}
    for name in ("services", "groups", "past"):
        ours = result[name]["index"]["first_cpu_ms" if name == "past" else "cpu_ms"]
        peers = (peer for peer in result[name] if peer != "index")
        told[name] = {peer: round(result[name][peer]["cpu_ms"] / ours, 1) for peer in peers}
    told["services"]["floor"] = round(result["services"]["index"]["cpu_ms"] / result["floor"]["cpu_ms"], 1)
    return told


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.coverage", description="Measure how coverage is counted."
    )
    parser.add_argument("--children", type=int, default=50_000, help="how many the community has")
    parser.add_argument("--folder", type=Path, help="where the database is kept, and used again")
    parser.add_argument("--rounds", type=int, default=100, help="how often our index is asked; peers less often")
    parser.add_argument("--requests", type=int, default=200, help="how many go through HTTP for each figure")
    return parser.parse_args()


def main() -> None:
    given = options()
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        folder = given.folder or Path(scratch) / "data"
        folder.mkdir(parents=True, exist_ok=True)
        # The database of a root user runs as an account of its own, which has to reach its folder.
        Path(scratch).chmod(0o755)
        folder.chmod(0o755)
        with coverage_stock(folder, given.children) as stock:
            result = asyncio.run(measure(stock, given))
            result["http"] = ask_server(stock, given.requests, Path(scratch))
    print(json.dumps({"children": given.children, **result, "times_ours": ratios(result)}))


if __name__ == "__main__":
    main()
