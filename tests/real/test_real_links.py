"""The same fictional children in three sectors' words, through the ordinary door, with a model they taught.

Who is who is asked when all is decided, and never before.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from bench.linkage_door import row_of
from bench.linkage_sources import record_of
from bench.real_inputs import read_sector, read_truth
from cabinet.communities import Community, add_community, add_organization, find_organization
from cabinet.db import Database
from cabinet.intake.post import MAX_ROWS, post
from cabinet.intake.rows import Kind
from cabinet.intake.source import Source
from cabinet.matching.run import Report, run
from cabinet.matching.train import put_to_use, train_model
from cabinet.settings import Settings
from cabinet.viewer import Viewer
from tests.conftest import TEMPLATE, on_database, run_sql
from tests.importers.reading import REAL, real
from tests.world import DAY

LOADER = Viewer("test-loader")
SECTORS = {"education": "EDUCATION", "health": "HEALTH", "ost": "OUT_OF_SCHOOL_TIME"}
LINKED = """
SELECT r.record_id, l.child_id FROM child_link l JOIN source_record r USING (community_id, source_record_id)
WHERE l.undone_at IS NULL
"""


@dataclass
class Town:
    """A community that two sectors posted to, whose model was trained then, and that the third posted to after."""

    url: str
    database: Database
    community: Community
    first: Report
    posted: Mapping[str, Any]
    """Each record's child when all were posted, before a second run."""

    async def links(self) -> dict[str, Any]:
        connection = await asyncpg.connect(self.url)
        found = {row["record_id"]: row["child_id"] for row in await connection.fetch(LINKED)}
        await connection.close()
        return found


async def send(database: Database, community: Community, name: str) -> None:
    organization = await find_organization(database, community, name)
    source = Source(community.community_id, organization.organization_id, SECTORS[name], "test", DAY, LOADER)
    rows = [row_of(record_of(row)) for row in read_sector(REAL, name)]
    for first in range(0, len(rows), MAX_ROWS):
        await post(database, source, Kind.CHILD, rows[first : first + MAX_ROWS])


@pytest.fixture(scope="module")
async def town(postgres: str, template: str, settings: Settings) -> AsyncIterator[Town]:
    real("linkage", "children-3-sector")
    name = f"test_{uuid4().hex}"
    await run_sql(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = on_database(postgres, name)
    async with Database(url, settings) as database:
        community = await add_community(database, "town", "Town")
        for each, sector in SECTORS.items():
            await add_organization(database, community, each, sector)
        await send(database, community, "education")
        await send(database, community, "health")
        learned = await train_model(database, LOADER, community, false_links=0.001)
        await put_to_use(database, LOADER, community, learned.version)
        first = await run(database, LOADER, community)
        await send(database, community, "ost")
        made = Town(url, database, community, first, {})
        made.posted = await made.links()
        yield made
    await run_sql(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def judged(links: Mapping[str, Any], sectors: str) -> Counter[str]:
    """Count pairs of two sectors' records, by the first letter of their ids: linked rightly, wrongly, or not."""
    truth, home, counted = read_truth(REAL), read_truth(REAL, "household_id"), Counter[str]()
    of_two = sorted(record for record in links if record[0] in sectors)
    for one, other in combinations(of_two, 2):
        if one[0] == other[0]:
            continue
        is_linked, is_true = links[one] == links[other], truth[one] == truth[other]
        counted["true"] += is_linked and is_true
        counted["missed"] += is_true and not is_linked
        counted["false"] += is_linked and not is_true
        counted["false at home"] += is_linked and not is_true and home[one] == home[other]
    return counted


def shares(counted: Counter[str]) -> tuple[float, float]:
    """Return precision and recall."""
    true = counted["true"]
    return true / (true + counted["false"]), true / (true + counted["missed"])


@pytest.mark.parametrize(("sectors", "found"), [("EH", 0.95), ("EO", 0.88), ("HO", 0.88)])
async def test_children_are_found_without_taking_two_for_one(town: Town, sectors: str, found: float) -> None:
    counted = judged(town.posted, sectors)
    precision, recall = shares(counted)
    assert precision >= 0.998
    assert recall >= found
    assert counted["false at home"] == 0


async def test_two_records_of_one_source_are_never_taken_for_one_child_by_the_model(town: Town) -> None:
    connection = await asyncpg.connect(town.url)
    twice = await connection.fetch(
        "SELECT l.child_id FROM child_link l WHERE undone_at IS NULL GROUP BY l.child_id, l.organization_id"
        " HAVING count(*) > 1 AND bool_or(l.method = 'PROBABILISTIC')"
    )
    await connection.close()
    assert twice == []


async def test_a_run_finds_what_posting_left_and_a_second_run_changes_nothing(town: Town) -> None:
    assert town.first.joined > 100
    before = judged(town.posted, "EHO")
    await run(town.database, LOADER, town.community)
    links = await town.links()
    after = judged(links, "EHO")
    assert shares(after)[0] >= 0.998
    assert after["false at home"] == 0
    assert after["true"] >= before["true"]
    again = await run(town.database, LOADER, town.community)
    assert (again.joined, again.reviews, again.passed_over) == (0, 0, 0)
    assert await town.links() == links


async def test_what_is_expected_is_not_far_from_the_truth(town: Town) -> None:
    report = await run(town.database, LOADER, town.community, dry_run=True)
    links = await town.links()
    for each in report.expected:
        codes = "".join(report.sources[place].code[0].upper() for place in (each.left, each.right))
        precision, recall = shares(judged(links, codes))
        assert each.quality.precision == pytest.approx(precision, abs=0.005)
        assert each.quality.recall == pytest.approx(recall, abs=0.05)
