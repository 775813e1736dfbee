"""Of every format an agency may send: each row of the file is accounted for, and sent again it changes nothing."""

from pathlib import Path

import asyncpg
import pytest

from cabinet.settings import Settings
from tests.importers.reading import zipped
from tests.importers.samples import MADE, put
from tests.imports.taking import Desk
from tests.world import World

TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND c.relname NOT IN ('import_job', 'import_remark', 'audit_event')
"""
NOT_OURS, UNREADABLE, NO_PROGRAM = "SUPPLY_NOT_YOURS", "ROW_INVALID", "PROGRAM_UNKNOWN"
BAD = "3,after,ENROLLED,2026-02-30,9,Cy,Li,2018-03-06\nthree,cells,only\n"
CASES = {
    "enrollments csv": ("club", BAD, 2 + 2, [("club.csv", 4, "DATE_INVALID"), ("club.csv", 5, UNREADABLE)]),
    "enrollments ndjson": (
        "club",
        "no json\n",
        2 + 1,
        [("club.ndjson", 2, "ALREADY_ENROLLED"), ("club.ndjson", 3, UNREADABLE)],
    ),
    "attendance csv": (
        "club",
        "after,3,Xi,soon\n",
        2 + 1,
        [
            ("sheet.csv", 2, NO_PROGRAM),
            ("sheet.csv", 3, NO_PROGRAM),
            ("sheet.csv", 4, "DATE_INVALID"),
        ],
    ),
    "oneroster csv": ("district", "", 2 + 2, []),
    "edfi xml": (
        "district",
        "",
        3 + 1 + 2 + 1,
        [
            *[("All.xml", line, NOT_OURS) for line in (3, 18, 19)],
            *[("All.xml", line, NO_PROGRAM) for line in (18, 19, 19)],
        ],
    ),
    "fhir ndjson": ("clinic", "no json\n", 2 + 1, [("All.ndjson", 3, UNREADABLE)]),
    "fhir json": ("clinic", "", 1, []),
}
"""By their names: who sends the sample, what bad is added, how many rows that is, and which are not taken."""


async def dump(url: str) -> dict[str, list[str]]:
    owner = await asyncpg.connect(url)
    found = {
        name: [row[0] for row in await owner.fetch(f"SELECT t::text FROM {name} t ORDER BY 1")]
        for (name,) in await owner.fetch(TABLES)
    }
    await owner.close()
    return found


@pytest.mark.parametrize("name", CASES)
async def test_each_row_is_accounted_for_and_the_file_again_changes_nothing(
    world: World, database_url: str, own: Settings, tmp_path: Path, name: str
) -> None:
    organization, bad, rows, lost = CASES[name]
    format_name, made = MADE[name]
    path = put(tmp_path / "sent", {file: f"{text}{bad}" for file, text in made(tmp_path).items()})
    path = path if path.is_file() else zipped(path)
    agency = Desk(world, own, world.harbor, organization)
    (job, remarks), _ = await agency.take_in(format_name, path.name, path.read_bytes())
    before = await dump(database_url)
    rejected = [(each["file"], each["line"], each["code"]) for each in remarks if each["is_rejection"]]
    assert (job["state"], job["rows_read"], job["rejected"]) == ("DONE", rows, len(rejected))
    assert sorted(rejected) == sorted(lost)
    taken = ("created", "updated", "unchanged", "needs_review")
    assert sum(job[verdict] for verdict in taken) + job["passed_over"] == rows - len(lost)
    (again, repeated), _ = await agency.take_in(format_name, path.name, path.read_bytes())
    assert repeated == remarks
    assert again == {**job, "created": 0, "updated": 0, "unchanged": sum(job[verdict] for verdict in taken)}
    assert await dump(database_url) == before
