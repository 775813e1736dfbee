"""What the coverage bench rests on: a community that has something of everything, and peers that count alike."""

import pytest

from bench.coverage import GROUPS, PAST, POPULATION, by_service, ratios
from bench.coverage_peers import DuckDB, Polars, Tables, found
from bench.coverage_stock import CODE, DAY, SERVICES, fill
from cabinet.communities import find_community
from cabinet.coverage.index.dates import year_of
from cabinet.coverage.index.load import load
from cabinet.coverage.question import Question
from cabinet.db import Database
from cabinet.settings import Settings
from tests.coverage.index.both_ways import by_sql

CHILDREN = 600


@pytest.mark.parametrize("day", [DAY, PAST])
@pytest.mark.parametrize("by", [(), GROUPS[:1]])
async def test_all_peers_count_alike(database: Database, database_url: str, settings: Settings, day, by) -> None:
    await fill(database_url, settings, CHILDREN)
    community = await find_community(database, CODE)
    index = await load(database, community.community_id, year_of(day), 2**30)
    codes = tuple(index.columns.catalog.kinds.names)
    assert len(codes) == SERVICES
    question = Question(community.community_id, POPULATION, codes, day, by)
    right = by_service(await by_sql(database, question), len(by))
    assert by_service(index.count(question).rows(), len(by)) == right
    tables = Tables.of(index.columns, day)
    for peer in (DuckDB(tables), Polars(tables)):
        assert found(peer.ask(by), codes) == right
    # Somebody is served and somebody waits; a bench of zeros would be won by whoever is fastest at nothing.
    assert all(map(sum, zip(*right.values(), strict=True)))


def test_a_ratio_says_how_many_times_our_time_a_peer_takes() -> None:
    ours, theirs = {"cpu_ms": 2.0, "first_cpu_ms": 8.0}, {"cpu_ms": 100.0}
    asked = {name: {"index": ours, "duckdb": theirs} for name in ("services", "groups", "past")}
    told = ratios({**asked, "floor": {"cpu_ms": 0.5}})
    assert told["groups"] == {"duckdb": 50.0}
    assert told["past"] == {"duckdb": 12.5}
    assert told["services"] == {"duckdb": 50.0, "floor": 4.0}
