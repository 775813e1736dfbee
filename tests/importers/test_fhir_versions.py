"""What a clinic is promised when it sends a resource again: the newest version counts, in any order."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from cabinet.importers.load import Report
from cabinet.intake.rows import Kind
from cabinet.tables.terms import EncounterKind
from tests.importers.fhir_samples import (
    ANA,
    SHOT,
    SNOMED,
    diagnosed,
    export,
    ndjson,
    requested,
    screened,
    task,
    updated,
    visit,
)
from tests.importers.reading import read, write, zipped
from tests.importers.test_load import counts, take
from tests.world import World

CHECK_UP = visit(1, "185349003", "Check up", meta=updated(2))
ASTHMA = diagnosed(f"{SNOMED}|195967001", meta=updated(2))


async def rows(world: World, sql: str) -> list[tuple[Any, ...]]:
    source = await world.source("clinic")
    async with world.database.transaction(source.scope) as connection:
        return [tuple(row) for row in await connection.fetch(sql)]


async def send(world: World, folder: Path, *resources: dict[str, Any]) -> Report:
    return await take(world, "fhir", export(folder, All=ndjson(*resources)), "clinic")


@pytest.mark.parametrize(
    ("meta", "version"),
    [
        ({"lastUpdated": "2026-03-02T00:00:00Z", "versionId": "9"}, 1772409600000),
        ({"versionId": "3"}, 3),
        ({"versionId": "a-3"}, None),
        ({"versionId": "99999999999999999999"}, None),
        ({"lastUpdated": "yesterday", "versionId": "²"}, None),
    ],
)
def test_a_version_is_when_it_was_last_updated_or_else_its_number(
    tmp_path: Path, meta: dict[str, Any], version: int | None
) -> None:
    found = read("fhir", export(tmp_path, All=ndjson({**ANA, "meta": meta}, {**SHOT, "meta": meta})))
    assert [row.record_version for kind in (Kind.CHILD, Kind.ENCOUNTER) for row in found.rows(kind)] == [
        version
    ] * 2


@pytest.mark.parametrize("done", [CHECK_UP, SHOT, screened("54109-4", valueInteger=1, meta=updated(1))])
@pytest.mark.parametrize("meta", [updated(9), {}])
def test_what_a_later_version_takes_back_does_not_count(
    tmp_path: Path, done: dict[str, Any], meta: dict[str, Any]
) -> None:
    wrong = {**done, "status": "entered-in-error", "meta": meta}
    for both in permutations((done, wrong)):
        found = read("fhir", export(tmp_path, All=ndjson(*both)))
        (withdrawal,) = found.raws
        assert (withdrawal.kind, sum(o.count for o in found.oddities)) == (Kind.WITHDRAWAL, 1)
    earlier = {**wrong, "meta": {"lastUpdated": "2020-01-01T00:00:00Z"}}
    assert len(read("fhir", export(tmp_path, All=ndjson(done, earlier))).rows(Kind.ENCOUNTER)) == 1


@pytest.mark.parametrize("done", [CHECK_UP, SHOT, screened("54109-4", valueInteger=1, meta=updated(1))])
async def test_what_an_earlier_export_said_is_taken_back(
    world: World, tmp_path: Path, done: dict[str, Any]
) -> None:
    wrong = {**done, "status": "entered-in-error", "meta": updated(9)}
    for order in permutations((done, wrong)):
        for resource in order:
            report = await send(world, tmp_path, ANA, resource)
            assert not [remark for remark in report.remarks if remark.is_rejection]
        assert await rows(world, "SELECT 1 FROM encounter") == []
    assert await rows(world, "SELECT reason FROM withdrawn_record") == [("entered-in-error",)]


@pytest.mark.parametrize("meta", [updated(9), {}])
async def test_a_need_that_was_found_in_error_never_held(
    world: World, tmp_path: Path, meta: dict[str, Any]
) -> None:
    found = screened("44261-6", valueInteger=20, meta=meta and updated(1))
    for both in permutations((found, {**found, "status": "entered-in-error", "meta": meta})):
        report = await send(world, tmp_path, ANA, *both)
        assert not [remark for remark in report.remarks if remark.is_rejection]
        assert await rows(world, "SELECT opened = resolved FROM need") == [(True,)]


async def test_loading_everything_again_changes_nothing(world: World, tmp_path: Path) -> None:
    everything = [
        ANA,
        CHECK_UP,
        SHOT,
        screened("44261-6", valueInteger=20),
        ASTHMA,
        requested(),
        task("t", "accepted"),
    ]
    first = await send(world, tmp_path, *everything)
    assert {str(kind): counts(first, kind) for kind in first.counts} == {
        "child": {"CREATED": 1},
        "encounter": {"CREATED": 2},
        "need": {"CREATED": 3},
        "referral": {"CREATED": 1},
    }
    again = await send(world, tmp_path, *reversed(everything))
    assert all(set(counts(again, kind)) == {"UNCHANGED"} for kind in first.counts)
    assert not [remark for remark in again.remarks if "has no home here" not in remark.message]


async def test_the_newest_version_stands_whichever_is_loaded_first(world: World, tmp_path: Path) -> None:
    over = diagnosed(f"{SNOMED}|195967001", "resolved", abatementDateTime="2026-02-01", meta=updated(5))
    closed = task("t", "completed", executionPeriod={"end": "2026-03-08"}, meta=updated(8))
    moved = {**ANA, "name": [{"family": "Reyes-Lopez", "given": ["Ana"]}], "meta": updated(7)}
    late = [moved, over, requested(meta=updated(1)), closed]
    early = [{**ANA, "meta": updated(1)}, ASTHMA, requested(meta=updated(1))]
    for each in (late, early, late):
        report = await send(world, tmp_path, *each)
        assert not [remark for remark in report.remarks if remark.is_rejection]
    assert await rows(world, "SELECT family_name FROM child_identity") == [("Reyes-Lopez",)]
    assert await rows(world, "SELECT status, closed::text FROM referral") == [("COMPLETED", "2026-03-08")]
    resolved = await rows(world, "SELECT basis, resolved::text FROM need ORDER BY basis")
    assert resolved == [("DIAGNOSIS", "2026-02-01"), ("REFERRAL", "2026-03-08")]


async def test_what_every_bundle_repeats_is_taken_once(world: World, tmp_path: Path) -> None:
    bundle = ndjson({"resourceType": "Bundle", "entry": [{"resource": each} for each in (ANA, CHECK_UP, ANA)]})
    report = await take(world, "fhir", write(tmp_path / "in", a__json=bundle, b__json=bundle), "clinic")
    assert counts(report, Kind.CHILD) == counts(report, Kind.ENCOUNTER) == {"CREATED": 1}
    assert [
        (remark.message[:26], remark.count) for remark in report.remarks if "taken once" in remark.message
    ] == [("A resource stands in the e", 4)]


async def test_both_versions_in_one_file_leave_the_newer(world: World, tmp_path: Path) -> None:
    over = diagnosed(f"{SNOMED}|195967001", "resolved", abatementDateTime="2026-02-01", meta=updated(5))
    moved = {**ANA, "name": [{"family": "Reyes-Lopez", "given": ["Ana"]}], "meta": updated(7)}
    await send(world, tmp_path, over, moved, ASTHMA, {**ANA, "meta": updated(1)})
    assert await rows(world, "SELECT family_name FROM child_identity") == [("Reyes-Lopez",)]
    assert await rows(world, "SELECT resolved::text FROM need") == [("2026-02-01",)]


async def test_a_row_about_nobody_who_was_sent_is_refused_with_its_place(world: World, tmp_path: Path) -> None:
    report = await send(world, tmp_path, requested(subject={"reference": "Patient/nobody"}))
    assert {remark.code for remark in report.remarks} == {"CHILD_UNKNOWN"}
    assert all((remark.file, remark.line) == ("All.ndjson", 1) for remark in report.remarks)


NEWBORN = {"birthDate": "2026-02-01", "gender": "female", "identifier": [], "extension": []}


@pytest.mark.parametrize(
    "given", [["Baby"], ["Girl", "A"], ["BabyGirl"], ["Newborn"], ["TWIN", "1"], ["Baby Girl2"]]
)
async def test_twins_without_names_are_never_taken_for_one_child(
    world: World, tmp_path: Path, given: list[str]
) -> None:
    twins = [{**ANA, **NEWBORN, "id": n, "name": [{"family": "Solo", "given": given}]} for n in ("t1", "t2")]
    report = await send(world, tmp_path, *twins)
    assert counts(report, Kind.CHILD) == {"REJECTED": 2}
    assert {remark.code for remark in report.remarks if remark.is_rejection} == {"IDENTITY_INCOMPLETE"}
    named = [
        {**twins[0], "name": [{"family": "Solo", "given": ["Jaina"]}]},
        {**twins[1], "name": [{"family": "Solo", "given": ["Boyd", "A"]}]},
    ]
    assert counts(await send(world, tmp_path, *named), Kind.CHILD) == {"CREATED": 2}
    assert await rows(world, "SELECT count(DISTINCT child_id) FROM child_link") == [(2,)]


def test_animals_are_no_children(tmp_path: Path) -> None:
    animal = {"url": "http://hl7.org/fhir/StructureDefinition/patient-animal", "extension": []}
    found = read("fhir", export(tmp_path, All=ndjson({**ANA, "extension": [animal]})))
    assert not found.raws
    assert found.about("All.ndjson") == [(1, "extension", 1)]


def test_bundles_of_every_kind_say_the_same_in_a_folder_a_file_and_a_zip(tmp_path: Path) -> None:
    resources = [SHOT, task("t", "accepted"), requested(), CHECK_UP, ANA]
    entries = [
        {"fullUrl": f"https://x.example/{r['resourceType']}/{r['id']}", "resource": r, "search": {"mode": "match"}}
        for r in resources
    ]
    folder = write(tmp_path / "in", all__ndjson=ndjson(*resources))
    expected = {str(raw.fields) for raw in read("fhir", folder).raws}
    assert {raw.fields.get("kind") for raw in read("fhir", folder).raws} >= {EncounterKind.IMMUNIZATION}
    for kind in ("collection", "transaction", "searchset"):
        bundle = ndjson({"resourceType": "Bundle", "type": kind, "entry": entries})
        for name in ("b__json", "b__ndjson"):
            each = write(tmp_path / f"{kind}{name}", **{name: bundle})
            for path in (each, zipped(each), next(each.iterdir())):
                assert {str(raw.fields) for raw in read("fhir", path).raws} == expected
