"""Files that nobody here wrote go in whole, go in once, and are counted; skipped where they are not at hand."""

import csv
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from bench.real_inputs import DAY, after_school, convert, read_sites, read_truth
from cabinet.app import create_app
from cabinet.communities import Community, add_community
from cabinet.db import Database, analyze
from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens, Viewer
from tests.client import Client, running
from tests.conftest import TEMPLATE, on_database, run_sql
from tests.importers.reading import REAL, real
from tests.world import find_world

IN_TERM = "2026-10-15"
"""A day in the school year of the generated roster."""

LINKED = """
SELECT r.record_id, l.child_id FROM child_link l JOIN source_record r USING (community_id, source_record_id)
WHERE l.undone_at IS NULL AND r.record_id ~ '^[EHO][0-9]{5}$'
"""


MEASURES = ("population", "eligible", "inNeed", "served", "gap")
COUNTS = " ".join(f"{name} {{ value }}" for name in MEASURES)
NUMBERS = f"services {{ total {{ {COUNTS} }} groups {{ values {{ value }} counts {{ {COUNTS} }} }} }}"


@dataclass
class Patchwork:
    """One community made of all the files, with a report for each as it was loaded first."""

    url: str
    database: Database
    community: Community
    files: Mapping[str, tuple[str, Path, str | None]]
    client: Client
    reports: dict[str, Report] = field(default_factory=dict)

    async def load(self, name: str) -> Report:
        format_name, path, source = self.files[name]
        viewer = Viewer("test-loader")
        return await load(self.database, viewer, self.community, find_format(format_name), path, source=source)

    async def coverage(self, question: str, role: Role = Role.CABINET_STAFF, **of: str) -> dict[str, Any]:
        """Ask for the coverage of one service and return its counts: the total, and each group by its values."""
        token = await self.client.token(role, self.community, **of)
        query = f'{{ coverage(community: "patchwork", {question}) {{ {NUMBERS} }} }}'
        data = await self.client.data(query, token)
        (service,) = data["coverage"]["services"]
        groups = {group["values"][0]["value"]: group["counts"] for group in service["groups"]}
        return {name: plain(counts) for name, counts in {"total": service["total"], **groups}.items()}


def files_in(folder: Path) -> dict[str, tuple[str, Path, str | None]]:
    """Return format, path and source of every file, in the order they are loaded."""
    convert(REAL, folder)
    agency, _ = after_school(read_sites(REAL))
    return {
        "boroughs": ("neighborhoods", folder / "neighborhoods.geojson", None),
        "dycd": ("hsds", folder / "hsds", None),
        "ohana": ("hsds", real("hsds", "ohana", "data", "sample-csv"), None),
        "district": ("oneroster", real("oneroster", "generated-1.1", "district-medium"), None),
        "synthea": ("fhir", real("fhir", "synthea-ma-children", "ndjson"), "synthea-hospital"),
        "education": ("oneroster", folder / "oneroster", None),
        "health": ("fhir", folder / "fhir", "health-department"),
        "ost": ("enrollments", folder / "enrollments.csv", agency),
    }


@pytest.fixture(scope="module")
async def patchwork(
    postgres: str, template: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Patchwork]:
    """Load every file once, in order, into a community of its own."""
    real("linkage", "children-3-sector"), real("ost", "nyc-dycd")
    files = files_in(tmp_path_factory.mktemp("real"))
    name = f"test_{uuid4().hex}"
    await run_sql(postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    url = on_database(postgres, name)
    async with Database(url, settings) as database, running(create_app(url, settings)) as http:
        community = await add_community(database, "patchwork", "Patchwork")
        client = Client(http, await find_world(database), Tokens(settings))
        made = Patchwork(url, database, community, files, client)
        for each in files:
            made.reports[each] = await made.load(each)
        await analyze(url)
        yield made
    await run_sql(postgres, f"DROP DATABASE {name} WITH (FORCE)")


def plain(counts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: count["value"] for name, count in counts.items()}


def counts(report: Report) -> dict[str, dict[str, int]]:
    return {kind: {verdict: n for verdict, n in found.items() if n} for kind, found in report.counts.items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("boroughs", {"neighborhood": {"CREATED": 5}}),
        (
            "dycd",
            {
                "organization": {"CREATED": 607},
                "location": {"CREATED": 1379},
                "program": {"CREATED": 812},
                "service": {"CREATED": 1946},
            },
        ),
        (
            "ohana",
            {
                "organization": {"CREATED": 8},
                "location": {"CREATED": 22},
                "program": {"CREATED": 22},
                "service": {"CREATED": 21},
            },
        ),
        ("district", {"organization": {"CREATED": 1}, "school": {"CREATED": 8}, "child": {"CREATED": 778}}),
        ("synthea", {"child": {"CREATED": 73}, "encounter": {"CREATED": 2758}, "need": {"CREATED": 10}}),
        ("education", {"organization": {"CREATED": 1}, "child": {"CREATED": 1562, "REJECTED": 83}}),
        (
            "health",
            {
                "child": {"CREATED": 1762, "REJECTED": 62},
                "encounter": {"CREATED": 1762, "REJECTED": 62},
            },
        ),
        ("ost", {"enrollment": {"CREATED": 492, "REJECTED": 45}}),
    ],
)
def test_a_file_goes_in_whole(patchwork: Patchwork, name: str, expected: Mapping[str, Mapping[str, int]]) -> None:
    assert counts(patchwork.reports[name]) == expected


@pytest.mark.parametrize("name", ["education", "health", "ost"])
def test_a_row_is_refused_only_for_what_it_lacks_and_says_where(patchwork: Patchwork, name: str) -> None:
    refused = [remark for remark in patchwork.reports[name].remarks if remark.is_rejection]
    assert {remark.code for remark in refused} <= {
        "DATE_INVALID",
        "IDENTITY_INCOMPLETE",
        "ROW_INVALID",
        "CHILD_UNKNOWN",
    }
    assert all(remark.file and remark.line and remark.hint for remark in refused)


async def test_loading_it_all_again_changes_nothing(patchwork: Patchwork) -> None:
    for name, first in patchwork.reports.items():
        again = await patchwork.load(name)
        for kind, found in counts(again).items():
            assert set(found) <= {Verdict.UNCHANGED, Verdict.REJECTED}, f"{name}: {kind}"
            taken = sum(first.counts[kind].values()) - first.counts[kind][Verdict.REJECTED]
            assert found.get(Verdict.UNCHANGED, 0) == taken, f"{name}: {kind}"


async def test_no_two_children_are_taken_for_one_and_most_are_found_again(patchwork: Patchwork) -> None:
    """Exact rules link what is written alike; the truth is read here, and nowhere else, to measure by."""
    connection = await asyncpg.connect(patchwork.url)
    linked = {row["record_id"]: row["child_id"] for row in await connection.fetch(LINKED)}
    await connection.close()
    truth = read_truth(REAL)
    assert len(linked) == 1562 + 1762 + 492
    pairs = Counter(
        (linked[one] == linked[other], truth[one] == truth[other])
        for one, other in combinations(sorted(linked), 2)
        if linked[one] == linked[other] or truth[one] == truth[other]
    )
    assert pairs[True, False] == 0
    assert pairs[True, True] / (pairs[True, True] + pairs[False, True]) > 0.5


def check_sums(counted: dict[str, dict[str, int]]) -> None:
    """Check what holds for exact counts: the parts of a group add up, and the groups to the total."""
    for counts in counted.values():
        assert counts["inNeed"] == counts["served"] + counts["gap"]
        assert counts["inNeed"] <= counts["eligible"] <= counts["population"]
    for measure in MEASURES:
        assert counted["total"][measure] == sum(counted[g][measure] for g in counted if g != "total")


def ages_in_the_program(patchwork: Patchwork) -> list[int]:
    """Return the age on DAY, by month of birth, of everyone the club's file names with a real birth date."""
    ages = []
    with (patchwork.files["ost"][1]).open(newline="") as stream:
        for row in csv.DictReader(stream):
            if re.fullmatch(r"\d{4}-\d\d-\d\d", row["birth_date"]):
                year, month, _ = map(int, row["birth_date"].split("-"))
                ages.append(DAY.year - year - (month > DAY.month))
    return ages


async def test_the_gap_of_the_linked_children_is_counted(patchwork: Patchwork) -> None:
    counted = await patchwork.coverage(
        f'asOf: "{DAY}", services: ["AFTER_SCHOOL"], breakdownBy: [AGE_BAND]', Role.CABINET_STAFF
    )
    for counts in counted.values():
        assert None in counts.values() or counts["inNeed"] == counts["served"] + counts["gap"]
    total = counted["total"]
    assert total["served"] == sum(5 <= age <= 13 for age in ages_in_the_program(patchwork))
    assert total["inNeed"] == total["eligible"] == counted["5-10"]["inNeed"] + counted["11-13"]["inNeed"]
    assert total["gap"] > total["served"] > 0


async def test_a_steward_counts_the_own_sector_exactly(patchwork: Patchwork) -> None:
    question = f'asOf: "{DAY}", services: ["WELL_CHILD_VISIT"], breakdownBy: [SEX]'
    counted = await patchwork.coverage(question, Role.SECTOR_STEWARD, sector="HEALTH")
    check_sums(counted)
    # Every patient of the converted file had a check-up; of the others, some did in the year before.
    assert 1762 <= counted["total"]["served"] <= 1762 + 73
    assert set(counted) == {"total", "FEMALE", "MALE", "UNKNOWN"}


async def test_a_district_without_programs_is_one_gap(patchwork: Patchwork) -> None:
    schools = 'population: { not: { schools: ["UNKNOWN"] } }, breakdownBy: [SCHOOL]'
    counted = await patchwork.coverage(f'asOf: "{IN_TERM}", services: ["AFTER_SCHOOL"], {schools}')
    assert len(counted) == 1 + 8
    assert counted["total"]["population"] == 778
    assert counted["total"]["served"] == 0
    check_sums(counted)
    assert counted["total"]["gap"] == counted["total"]["inNeed"] == 498
