"""What a clinic is promised of its referrals and programs: the loop closes, and an enrollment needs a program."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Oddity
from cabinet.importers.load import find_format
from cabinet.intake.rows import Kind, Raw
from tests.importers.fhir_samples import (
    SNOMED,
    about_ana,
    concept,
    export,
    ndjson,
    requested,
    task,
    updated,
)
from tests.importers.reading import Reading, read

OVERTAKEN = "A ServiceRequest of which the export holds a later version was passed over."
Standing = tuple[str, str | None, str | None]


def reading(folder: Path, *resources: dict[str, Any], mapping: str = "") -> Reading:
    path = folder / "ours.toml"
    path.write_text(mapping)
    items = list(find_format("fhir").reader(None, CodeFile.at(path))(export(folder, All=ndjson(*resources))))
    return Reading([i for i in items if isinstance(i, Raw)], [i for i in items if isinstance(i, Oddity)])


def standing(found: Reading) -> Standing:
    """Return the referral's status, the day it was closed, and the day its need was met."""
    (referral,), (need,) = found.rows(Kind.REFERRAL), found.rows(Kind.NEED)
    assert (referral.service_type, str(referral.sent)) == ("BEHAVIORAL_HEALTH", "2026-02-01")
    assert (need.service_type, str(need.opened)) == ("BEHAVIORAL_HEALTH", "2026-02-01")
    assert (need.record_id, need.record_version) == (referral.record_id, referral.record_version)
    return str(referral.status), *(str(day) if day else None for day in (referral.closed, need.resolved))


@pytest.mark.parametrize(
    ("request_", "task_", "expected"),
    [
        ("active", None, ("SENT", None, None)),
        ("on-hold", "requested", ("SENT", None, None)),
        ("active", "in-progress", ("ACCEPTED", None, None)),
        ("active", "rejected", ("DECLINED", "2026-03-09", None)),
        ("active", "completed", ("COMPLETED", "2026-03-09", "2026-03-09")),
        ("active", "cancelled", ("CANCELLED", "2026-03-09", "2026-02-01")),
        ("active", "made-up", ("SENT", None, None)),
        ("completed", "in-progress", ("COMPLETED", "2026-03-05", "2026-03-05")),
        ("completed", "completed", ("COMPLETED", "2026-03-09", "2026-03-09")),
        ("revoked", "completed", ("CANCELLED", "2026-03-05", "2026-02-01")),
        ("entered-in-error", None, ("CANCELLED", "2026-03-05", "2026-02-01")),
    ],
)
def test_a_referral_stands_where_its_task_does_unless_who_sent_it_closed_it(
    tmp_path: Path, request_: str, task_: str | None, expected: Standing
) -> None:
    asked = requested(request_, meta=updated(5))
    done = [task("t1", task_, meta=updated(9))] if task_ else []
    assert standing(reading(tmp_path, *done, asked)) == expected


def test_the_newest_task_counts_and_its_version_in_any_order(tmp_path: Path) -> None:
    all_of_it = [
        requested(meta=updated(1)),
        task("t1", "rejected", meta=updated(3)),
        task("t2", "accepted", meta=updated(7)),
    ]
    found = [reading(tmp_path, *each) for each in permutations(all_of_it)]
    assert {standing(each) for each in found} == {("ACCEPTED", None, None)}
    assert {row.record_version for each in found for row in each.rows(Kind.REFERRAL)} == {1772884800000}
    assert all("overtaken by a later one" in each.messages()[0] for each in found)


def test_the_newest_request_counts_and_each_of_its_versions_has_the_task(tmp_path: Path) -> None:
    for earlier in (requested(meta=updated(1)), requested("revoked", meta=updated(1))):
        both = [earlier, requested("on-hold", meta=updated(3)), task("t1", "accepted", meta=updated(5))]
        for each in permutations(both):
            found = reading(tmp_path, *each)
            assert standing(found) == ("ACCEPTED", None, None)
            assert found.messages() == [OVERTAKEN]


@pytest.mark.parametrize(
    ("focus", "basis"),
    [
        ("urn:uuid:9-9", ""),
        ("https://fhir.example/r4/ServiceRequest/s1/_history/2", ""),
        ("Patient/p1", "ServiceRequest/s1"),
    ],
)
def test_a_task_finds_its_request_by_any_kind_of_reference(tmp_path: Path, focus: str, basis: str) -> None:
    done = task("t1", "accepted", focus={"reference": focus}, basedOn=[{"reference": basis}])
    entries = [{"resource": done}, {"fullUrl": "urn:uuid:9-9", "resource": requested()}]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert standing(reading(tmp_path, bundle)) == ("ACCEPTED", None, None)


def test_a_task_without_its_request_is_counted(tmp_path: Path) -> None:
    orphan = task("t1", "accepted")
    other = task("t2", "accepted", focus={"reference": "Claim/1"})
    found = reading(tmp_path, orphan, other, orphan)
    assert not found.raws
    assert sum(o.count for o in found.oddities) == 3


@pytest.mark.parametrize(
    "said",
    [
        {"status": "draft"},
        {"intent": "proposal"},
        {"doNotPerform": True},
        {"code": concept(SNOMED, "303653007", "Computed tomography of head")},
        {"code": {}},
    ],
)
def test_a_request_that_sends_nobody_anywhere_is_counted_only(tmp_path: Path, said: dict[str, Any]) -> None:
    found = reading(tmp_path, {**requested(), **said})
    assert not found.raws
    assert sum(o.count for o in found.oddities) == 1


def test_whom_a_child_was_sent_to_is_an_organization_and_never_a_person(tmp_path: Path) -> None:
    person = {"reference": "Practitioner/1", "display": "Dr. Adams"}
    clinic = {"reference": "Organization/2", "display": "Harbor Counseling"}
    (row,) = reading(tmp_path, requested(performer=[person, clinic])).rows(Kind.REFERRAL)
    assert row.recipient == "Harbor Counseling"
    (row,) = reading(tmp_path, requested(performer=[person])).rows(Kind.REFERRAL)
    assert row.recipient is None


DIABETES = '[programs]\n"snomed|698360004" = "diabetes-care"\n"https://clinic.example|HV" = "home-visits"\n'


def planned(status: str, **said: Any) -> dict[str, Any]:
    care = {"intent": "plan", "category": [concept(SNOMED, "698360004")], "period": {"start": "2026-01-02"}}
    return about_ana("CarePlan", "k1", status, **{**care, **said})


@pytest.mark.parametrize(
    ("resource", "program", "status", "ends"),
    [
        (planned("active"), "diabetes-care", "ENROLLED", None),
        (planned("revoked", meta=updated(2)), "diabetes-care", "WITHDRAWN", "2026-03-02"),
        (
            planned("completed", period={"start": "2026-01-02", "end": "2026-02-02"}),
            "diabetes-care",
            "COMPLETED",
            "2026-02-02",
        ),
        (planned("entered-in-error"), "diabetes-care", "NOT_ENROLLED", None),
        (
            planned(
                "active",
                category=[],
                activity=[{"reference": {}}, {"detail": {"code": concept("https://clinic.example", "hv")}}],
            ),
            "home-visits",
            "ENROLLED",
            None,
        ),
        (
            about_ana(
                "EpisodeOfCare",
                "e",
                "waitlist",
                type=[concept(SNOMED, "698360004")],
                period={"start": "2026-01-02"},
            ),
            "diabetes-care",
            "WAITLISTED",
            None,
        ),
    ],
)
def test_care_is_an_enrollment_where_a_community_says_in_which_program(
    tmp_path: Path, resource: dict[str, Any], program: str, status: str, ends: str | None
) -> None:
    (row,) = reading(tmp_path, resource, mapping=DIABETES).rows(Kind.ENROLLMENT)
    assert (row.program, row.status, str(row.begins)) == (program, status, "2026-01-02")
    assert (str(row.ends) if row.ends else None) == ends
    unmapped = read("fhir", tmp_path / "export")
    assert not unmapped.raws
    assert "--mapping" in unmapped.oddities[0].problem.hint


@pytest.mark.parametrize("said", [{"status": "draft"}, {"intent": "proposal"}, {"status": ""}])
def test_a_plan_that_is_not_carried_out_is_counted_only(tmp_path: Path, said: dict[str, Any]) -> None:
    found = reading(tmp_path, {**planned("active"), **said}, mapping=DIABETES)
    assert not found.raws
    assert sum(o.count for o in found.oddities) == 1
