"""A job that is gone on with says and leaves what one says and leaves that nobody interrupted."""

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from cabinet.communities import Community, add_organization
from cabinet.importers import chunks, load
from cabinet.intake.rows import Kind
from cabinet.settings import Settings
from tests.importers.oneroster_samples import CLASSES, COURSES, attending, class_of, district, student
from tests.importers.reading import zipped
from tests.imports.taking import Canceled, Desk
from tests.world import World

CHUNK = 5
LEFT = """
SELECT s.record_id, s.payload::text, y.grade, y.ends::text, y.exit_reason FROM source_record s
LEFT JOIN child_link l USING (community_id, source_record_id)
LEFT JOIN child_year y ON y.community_id = l.community_id AND y.child_id = l.child_id
WHERE s.community_id = $1 ORDER BY s.record_id
"""
ENROLLED = """
SELECT record_id, status, begins::text, ends::text, exit_reason, record_version FROM enrollment
WHERE community_id = $1 ORDER BY record_id
"""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chunks, load):
        monkeypatch.setattr(module, "MOST_HEAVY", CHUNK)


async def desk(world: World, own: Settings, where: Community) -> Desk:
    """Return the desk of a district that has a program of its own, of the course RI."""
    await add_organization(world.database, where, "district", "EDUCATION")
    program = {"code": "RI", "name": "Reading", "organization": "district", "sector": "EDUCATION"}
    await world.post("district", Kind.PROGRAM, program, community=where)
    return Desk(world, own, where, "district")


async def tables(world: World, where: Community) -> list[list[dict[str, Any]]]:
    owner = await asyncpg.connect(world.database.url)
    found = [[dict(row) for row in await owner.fetch(sql, where.community_id)] for sql in (LEFT, ENROLLED)]
    await owner.close()
    return found


def staff(number: int) -> str:
    return student(number).replace(",student,", ",teacher,")


def part(folder: Path) -> bytes:
    """Write a part of two schools: 9 of 20 users are staff, many on end; 6 of 12 class enrollments a program's."""
    users = [staff(n) if 5 <= n < 10 or n % 4 == 0 else student(n) for n in range(20)]
    pupils = [n for n in range(20) if not (5 <= n < 10 or n % 4 == 0)][:6]
    said = [attending(n, cls) for n in pupils for cls in ("k1", "k2")]
    files = {"courses": COURSES, "classes": CLASSES, "enrollments": tuple(said)}
    return zipped(district(folder, *users, mode="delta", **files)).read_bytes()


@pytest.mark.parametrize("dies_at", [2, 3, 4])
async def test_a_roster_with_staff_and_classes_counts_each_row_once_wherever_its_runner_dies(
    world: World, own: Settings, tmp_path: Path, dies_at: int
) -> None:
    sent = ("oneroster", "part.zip", part(tmp_path / "part"))
    alone, _ = await (await desk(world, own, world.river)).take_in(*sent)
    interrupted, died = await (await desk(world, own, world.harbor)).take_in(*sent, dies_at)
    assert died
    assert interrupted == alone
    assert await tables(world, world.harbor) == await tables(world, world.river)
    said, remarks = alone
    assert (said["state"], said["rows_read"], said["passed_over"]) == ("DONE", 2 + 20 + 12, 9 + 6)
    assert {remark["times"] for remark in remarks if "passed over" in remark["message"]} == {9}


@pytest.mark.parametrize("dies_at", [2, 3, 4])
async def test_what_a_complete_file_ended_is_told_once_wherever_its_runner_dies(
    world: World, own: Settings, tmp_path: Path, dies_at: int
) -> None:
    """Of 100 students 9 are gone; what stands of two of them is none of a student any more, and stays."""
    every, fewer = (zipped(district(tmp_path / str(count), *class_of(count))).read_bytes() for count in (100, 91))
    told = []
    for where, deadly in ((world.river, 0), (world.harbor, dies_at)):
        there = await desk(world, own, where)
        await there.take_in("oneroster", "every.zip", every)
        await spoil(world, where, "u92", "u97")
        said, died = await there.take_in("oneroster", "fewer.zip", fewer, deadly)
        told.append(said)
    alone, interrupted = told
    assert died
    assert interrupted == alone
    assert await tables(world, world.harbor) == await tables(world, world.river)
    said, remarks = alone
    assert [said[name] for name in ("state", "rows_read", "updated", "unchanged", "rejected")] == [
        *("DONE", 2 + 91, 0, 2 + 91, 0)
    ]
    about = {"was ended": 7, "could not be ended": 2}
    assert {words: r["times"] for r in remarks for words in about if words in r["message"]} == about


@pytest.mark.parametrize(("canceled_at", "ended"), [(1, 0), (2, 5), (3, 9)])
async def test_a_job_that_is_canceled_while_it_ends_records_tells_those_that_it_ended(
    world: World, own: Settings, tmp_path: Path, canceled_at: int, ended: int
) -> None:
    """Nine records are ended in two transactions, and the third is of the file's first rows."""
    there = await desk(world, own, world.harbor)
    every, fewer = (zipped(district(tmp_path / str(count), *class_of(count))).read_bytes() for count in (100, 91))
    await there.take_in("oneroster", "every.zip", every)
    job_id = await there.send("oneroster", "fewer.zip", fewer)
    await there.run(canceled_at, Canceled)
    job, remarks = await there.told(job_id)
    assert (job["state"], job["rows_read"]) == ("CANCELED", 0)
    assert [each["times"] for each in remarks] == ([ended] if ended else [])
    children, _ = await tables(world, world.harbor)
    assert sum(each["ends"] is not None for each in children) == ended


async def spoil(world: World, where: Community, *record_ids: str) -> None:
    """Make what stands of records unreadable, as another version of this server may find them."""
    owner = await asyncpg.connect(world.database.url)
    await owner.execute(
        """UPDATE source_record SET payload = jsonb_set(payload, '{school_year}', '"never"')
        WHERE community_id = $1 AND record_id = ANY ($2)""",
        where.community_id,
        list(record_ids),
    )
    await owner.close()
