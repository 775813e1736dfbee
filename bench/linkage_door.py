"""How fast a posted row is matched: the database has many children, and rows come one at a time.

Records as the ordinary door takes them, and a community to post them to.
"""

import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from bench.population import as_written, children
from bench.processes import database_seconds
from cabinet.communities import Community, add_community, add_organization
from cabinet.db import Database, analyze
from cabinet.embedded import embedded_postgres
from cabinet.intake.post import MAX_ROWS, post
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.linkage.model import Model
from cabinet.linkage.models import add_model
from cabinet.linkage.record import Record
from cabinet.matching.members import writing
from cabinet.matching.train import put_to_use
from cabinet.migrate import migrate, settle
from cabinet.settings import Settings
from cabinet.viewer import Viewer

DAY, BENCH = date(2026, 10, 15), Viewer("bench")
SHARE, POSTED = 0.8, 300


def row_of(record: Record) -> dict[str, Any]:
    """Return a child's row, as the door takes it; what the record leaves out is left out."""
    said = {name: value for name, value in asdict(record).items() if value and name != "record_id"}
    if "birth_date" in said:
        said["birth_date"] = str(said["birth_date"])
    return {"record_id": record.record_id, "identity": said}


async def post_all(database: Database, source: Source, records: Sequence[Record]) -> list[Receipt]:
    """Post records as children's rows, a thousand at a time."""
    rows = [row_of(each) for each in records]
    return [
        await post(database, source, Kind.CHILD, rows[first : first + MAX_ROWS])
        for first in range(0, len(rows), MAX_ROWS)
    ]


async def use(database: Database, community: Community, model: Model) -> None:
    """Put a model to use, with all records that are there."""
    scope = writing(community, "bench")
    async with database.transaction(scope) as connection:
        version = await add_model(connection, community.community_id, model, {}, "bench")
    await put_to_use(database, BENCH, community, version)


def _source(community: Community, organization_id: Any, sector: str) -> Source:
    return Source(community.community_id, organization_id, sector, "bench", DAY, BENCH)


async def _measure(url: str, folder: Path, known: int) -> dict[str, Any]:
    settings = Settings(mode="development", data=folder)
    await settle(url, settings)
    async with Database(url, settings) as database:
        community = await add_community(database, "bench", "Bench")
        district = await add_organization(database, community, "district", "EDUCATION")
        clinic = await add_organization(database, community, "clinic", "HEALTH")
        of = children(1, round(known / SHARE))
        written = as_written(2, of, "S", share=SHARE)
        await post_all(database, _source(community, district.organization_id, "EDUCATION"), written.records)
        begun = time.process_time()
        await use(database, community, Model())
        made = 1000 * (time.process_time() - begun) / known
        await analyze(url)
        new = as_written(3, of, "C").records[:POSTED]
        posted = await _one_by_one(database, _source(community, clinic.organization_id, "HEALTH"), new, folder)
        return {"known": known, "comparable_cpu_ms": round(made, 3), **posted}


async def _one_by_one(
    database: Database, source: Source, records: Sequence[Record], folder: Path
) -> dict[str, Any]:
    """Post one row at a time, with the model and, on the same children, without it; the difference is matching."""
    taken: dict[str, Any] = {}
    halves = {"post": records[: len(records) // 2], "post_exact": records[len(records) // 2 :]}
    for name, rows in halves.items():
        if name == "post_exact":
            async with database.transaction(source.scope) as connection:
                await connection.execute("UPDATE linkage_model SET in_use = false")
        cpu, server = [], database_seconds(folder / "pg")
        for each in rows:
            begun = time.process_time()
            await post(database, source, Kind.CHILD, [row_of(each)])
            cpu.append(1000 * (time.process_time() - begun))
        of_database = 1000 * (database_seconds(folder / "pg") - server) / len(rows)
        taken |= {f"{name}_cpu_ms": round(median(cpu), 2), f"{name}_database_cpu_ms": round(of_database, 2)}
    return taken


@contextmanager
def _database() -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        with embedded_postgres(folder) as url:
            migrate(url)
            yield url, folder


def posted(known: int) -> dict[str, Any]:
    """Post rows one at a time to a community of so many children, and run over all of them."""
    with _database() as (url, folder):
        return asyncio.run(_measure(url, folder, known))
