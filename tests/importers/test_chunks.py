"""A file is taken in chunk by chunk: what is read ahead of a chunk is neither told with it nor taken in by it."""

from pathlib import Path

import asyncpg
import pytest

from cabinet.db import Connection
from cabinet.errors import FileUnreadable
from cabinet.importers import chunks
from cabinet.importers.load import Keep, find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from tests.imports.sender import HEADER, row
from tests.world import LOADER, World

ROWS = 5
TORN = "three,cells,only\n"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MOST_HEAVY", ROWS)
    monkeypatch.setattr(chunks, "MAX_WAITING", 10)


class Kept:
    """Writes down the report of each chunk, and breaks at the ones it is told to, each time once."""

    def __init__(self, breaks: dict[int, Exception] | None = None) -> None:
        self.reports: list[Report] = []
        self.breaks = breaks or {}

    async def keep(self, _: Connection, chunk: Report) -> None:
        if len(self.reports) in self.breaks:
            raise self.breaks.pop(len(self.reports))
        self.reports.append(chunk)


async def take(world: World, path: Path, text: str, keep: Keep | None) -> Report:
    path.write_text(HEADER + text)  # noqa: ASYNC240 - a few lines.
    return await load(
        world.database, LOADER, world.harbor, find_format("enrollments"), path, source="club", keep=keep
    )


async def written(world: World) -> int:
    connection = await asyncpg.connect(world.database.url)
    count: int = await connection.fetchval("SELECT count(*) FROM enrollment")
    await connection.close()
    return count


def rows(first: int, count: int = ROWS) -> str:
    return "".join(row(n) for n in range(first, first + count))


async def test_each_chunk_is_told_with_what_was_met_on_the_way_to_it(world: World, tmp_path: Path) -> None:
    kept = Kept()
    text = 2 * TORN + rows(0) + 3 * TORN + rows(5, 4) + row("bad", begins="soon") + rows(9, 2) + TORN
    left = await take(world, tmp_path / "f.csv", text, kept.keep)
    assert [(each.met, [remark.line for remark in each.remarks]) for each in (*kept.reports, left)] == [
        (2, [2, 3]),
        (3, [9, 10, 11, 16]),
        (1, [19]),
        (0, []),
    ]
    assert [each.total(Verdict.CREATED) for each in kept.reports] == [5, 4, 2]


async def test_a_chunk_that_is_not_kept_is_not_written_nor_is_the_one_read_ahead(
    world: World, tmp_path: Path
) -> None:
    kept = Kept({1: LookupError("the job is somebody else's")})
    with pytest.raises(LookupError):
        await take(world, tmp_path / "f.csv", rows(0, 4 * ROWS), kept.keep)
    assert await written(world) == ROWS
    whole = await take(world, tmp_path / "f.csv", rows(0, 4 * ROWS), Kept().keep)
    assert whole.counts[next(iter(whole.counts))] == {Verdict.UNCHANGED: ROWS, Verdict.CREATED: 3 * ROWS}


async def test_a_chunk_that_gives_way_to_another_post_says_everything_once(world: World, tmp_path: Path) -> None:
    kept = Kept({0: asyncpg.DeadlockDetectedError("two met"), 1: asyncpg.SerializationError("two met")})
    text = rows(0, 4) + row("bad", begins="soon") + rows(4) + row(4, program="paint")
    report = await take(world, tmp_path / "f.csv", text, kept.keep)
    assert [(r.line, r.code) for each in kept.reports for r in each.remarks] == [
        (6, "DATE_INVALID"),
        (12, "PROGRAM_NOT_YOURS"),
    ]
    assert report.total(Verdict.CREATED) == await written(world) == 9


async def test_lines_that_are_no_rows_wait_in_bounds_of_a_chunk_each(world: World, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    kept = Kept()
    await take(world, path, 10 * TORN + rows(0) + 10 * TORN + rows(5) + 10 * TORN, kept.keep)
    assert [each.met for each in kept.reports] == [10, 10]
    with pytest.raises(FileUnreadable, match="has more than 10 lines that are no rows"):
        await take(world, path, rows(10) + 11 * TORN + rows(15), kept.keep)
    assert await written(world) == 3 * ROWS
    # Whoever reads the report at its end has it whole.
    assert (await take(world, path, 11 * TORN + rows(0), None)).met == 11
