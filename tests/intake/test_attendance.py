"""What an after-school program is promised of the days it posts."""

from itertools import permutations
from typing import Any

import pytest

from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from cabinet.tables import metadata
from cabinet.tables.catalog import is_about_children
from tests.world import World, attendance, child, enrollment

ANA, BO = child("a", "Ana"), child("b", "Bo")

EVENTS = """
SELECT d.record_id, d.attended_on::text, d.category, d.minutes, d.session, e.record_id AS enrollment
FROM attendance_event d JOIN enrollment e USING (community_id, enrollment_id) JOIN child c ON c.community_id =
  d.community_id AND c.child_id = d.child_id ORDER BY d.record_id
"""
ENROLLMENTS = """
SELECT record_id, child_id, status, begins::text, ends::text, record_version FROM enrollment ORDER BY begins
"""


async def ask(world: World, sql: str) -> list[dict[str, Any]]:
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


async def post(world: World, *rows: dict[str, Any], **how: Any) -> Receipt:
    return await world.post("club", Kind.ATTENDANCE, *rows, **how)


async def enrollments(world: World) -> list[tuple[str, str, str | None]]:
    return [(row["status"], row["begins"], row["ends"]) for row in await ask(world, ENROLLMENTS)]


def verdicts(receipt: Receipt) -> list[str]:
    return [str(outcome.verdict) for outcome in receipt.outcomes]


def codes(receipt: Receipt) -> list[str]:
    return [problem.code for outcome in receipt.outcomes for problem in outcome.problems]


async def test_a_day_belongs_to_the_enrollment_that_covers_it(world: World) -> None:
    spring = enrollment("e1", ANA, "after", begins="2026-01-10", ends="2026-06-10", status="COMPLETED")
    await world.enroll("club", spring, enrollment("e2", ANA, "after"))
    days = [attendance("d1", ANA, "2026-03-02", minutes=90), attendance("d2", ANA, "2026-09-01", category="TARDY")]
    receipt = await post(world, *days, attendance("d3", ANA, "2026-09-02", category="EXCUSED_ABSENCE"))
    assert verdicts(receipt) == ["CREATED"] * 3
    assert codes(receipt) == []
    rows = await ask(world, EVENTS)
    assert [(row["enrollment"], row["category"], row["minutes"]) for row in rows] == [
        ("e1", "PRESENT", 90),
        ("e2", "TARDY", None),
        ("e2", "EXCUSED_ABSENCE", None),
    ]
    assert len(await enrollments(world)) == 2


async def test_of_two_enrollments_that_cover_a_day_the_later_one_has_it(world: World) -> None:
    summer = enrollment("e1", ANA, "after", begins="2026-06-20", ends="2026-09-15", status="COMPLETED")
    await world.enroll("club", summer, enrollment("e2", ANA, "after"))
    await post(world, attendance("d1", ANA, "2026-09-08"))
    assert [row["enrollment"] for row in await ask(world, EVENTS)] == ["e2"]


async def test_who_attends_is_enrolled_from_the_first_day_attended_whatever_comes_first(world: World) -> None:
    """The same four days of six children and more, each child's in another order and cut into other posts."""
    days = [("2026-09-03", "ABSENT"), ("2026-09-08", "PRESENT"), ("2026-09-10", "TARDY"), ("2026-09-14", "ABSENT")]
    for number, order in enumerate(permutations(days)):
        kid = child("", f"Kid{number}", "abcdefghijklmnopqrstuvwxyz"[number])
        rows = [attendance(f"k{number}-{day}", kid, day, category=category) for day, category in order]
        cut = number % 4
        for part in (rows[:cut], rows[cut:]):
            assert "REJECTED" not in verdicts(await post(world, *part))
    assert await enrollments(world) == [("ENROLLED", "2026-09-08", None)] * 24
    assert len(await ask(world, EVENTS)) == 4 * 24


async def test_absences_alone_enroll_nobody(world: World) -> None:
    row = attendance("d1", ANA, "2026-09-08", category="ABSENT")
    receipt = await post(world, row)
    assert (verdicts(receipt), codes(receipt)) == (["CREATED"], ["ENROLLMENT_MADE"])
    assert await enrollments(world) == [("NOT_ENROLLED", "2026-09-08", None)]
    come = await post(world, attendance("d2", ANA, "2026-09-10"), attendance("d3", ANA, "2026-09-11"))
    assert codes(come) == ["ENROLLMENT_MADE"]
    assert await enrollments(world) == [("ENROLLED", "2026-09-10", None)]


async def test_the_highest_version_wins_in_any_order_and_the_made_enrollment_follows(world: World) -> None:
    said = [
        {"record_version": 1},
        {"record_version": 2, "category": "ABSENT"},
        {"record_version": 3, "day": "2026-09-15", "minutes": 30},
    ]
    for number, order in enumerate(permutations(said)):
        kid = child("", f"Kid{number}", "abcdefgh"[number])
        for given in order:
            row = {"day": "2026-09-08", **given}
            await post(world, attendance(f"d{number}", kid, row.pop("day"), **row))
    assert await enrollments(world) == [("ENROLLED", "2026-09-15", None)] * 6
    rows = await ask(world, EVENTS)
    assert {(r["attended_on"], r["category"], r["minutes"]) for r in rows} == {("2026-09-15", "PRESENT", 30)}
    lower = await post(world, attendance("d0", child("", "Kid0", "a"), "2026-10-01", record_version=2))
    assert verdicts(lower) == ["UNCHANGED"]


async def test_a_correction_that_takes_the_only_day_away_enrolls_nobody_any_more(world: World) -> None:
    await world.enroll("club", enrollment("e1", BO, "after"))
    await post(world, attendance("d1", ANA, "2026-09-08"))
    moved = await post(world, attendance("d1", BO, "2026-09-08"))
    assert verdicts(moved) == ["UPDATED"]
    states = {(row["record_id"] == "e1", row["status"]) for row in await ask(world, ENROLLMENTS)}
    assert states == {(True, "ENROLLED"), (False, "NOT_ENROLLED")}


@pytest.mark.parametrize(
    "own",
    [
        {"begins": "2026-09-01"},
        {"begins": "2026-09-10"},
        {"begins": "2026-09-01", "ends": "2026-10-01", "status": "WITHDRAWN", "record_version": 0},
    ],
)
async def test_the_agencys_own_enrollment_takes_the_place_of_a_made_one(world: World, own: dict[str, Any]) -> None:
    first = await post(world, attendance("d1", ANA, "2026-09-08"))
    taken = await world.post("club", Kind.ENROLLMENT, enrollment("e1", ANA, "after", **own))
    assert (verdicts(taken), codes(taken)) == (["UPDATED"], [])
    assert taken.outcomes[0].record == first.outcomes[0].enrollment_id
    assert await enrollments(world) == [(own.get("status", "ENROLLED"), own["begins"], own.get("ends"))]
    again = await post(world, attendance("d1", ANA, "2026-09-08"), attendance("d2", ANA, "2026-09-11"))
    assert verdicts(again) == ["UNCHANGED", "CREATED"]
    assert {row["enrollment"] for row in await ask(world, EVENTS)} == {"e1"}


async def test_a_made_enrollment_can_be_corrected_by_its_record_id_and_is_the_agencys_own_then(
    world: World,
) -> None:
    await post(world, attendance("d1", ANA, "2026-09-08"))
    (made,) = await ask(world, ENROLLMENTS)
    own = enrollment(made["record_id"], ANA, "after", ends="2026-10-01", status="WITHDRAWN")
    assert verdicts(await world.post("club", Kind.ENROLLMENT, own)) == ["UPDATED"]
    await post(world, attendance("d1", ANA, "2026-09-08", category="ABSENT"))
    assert await enrollments(world) == [("WITHDRAWN", "2026-09-01", "2026-10-01")]


async def test_days_stay_with_their_child_when_an_enrollment_turns_out_to_be_anothers(world: World) -> None:
    await world.enroll("club", enrollment("e1", ANA, "after"))
    await post(world, attendance("d1", ANA, "2026-09-08"), attendance("d2", ANA, "2026-09-10", category="ABSENT"))
    corrected = await world.post("club", Kind.ENROLLMENT, enrollment("e1", BO, "after"))
    assert (verdicts(corrected), codes(corrected)) == (["UPDATED"], ["ENROLLMENT_CONTRADICTED"])
    assert await enrollments(world) == [("ENROLLED", "2026-09-01", None), ("ENROLLED", "2026-09-08", None)]
    assert "e1" not in {row["enrollment"] for row in await ask(world, EVENTS)}
    await post(world, attendance("d1", BO, "2026-09-08"), attendance("d2", BO, "2026-09-10", category="ABSENT"))
    assert {row["enrollment"] for row in await ask(world, EVENTS)} == {"e1"}
    assert sorted(await enrollments(world))[1][0] == "NOT_ENROLLED"


async def test_a_made_enrollment_is_no_enrollment_to_name(world: World) -> None:
    """Else a day could open it beside the agency's own."""
    await world.enroll("club", enrollment("e1", ANA, "after", begins="2026-09-10", status="WAITLISTED"))
    await post(world, attendance("d1", ANA, "2026-09-08", category="ABSENT"))
    (made,) = (row for row in await ask(world, ENROLLMENTS) if row["record_id"] != "e1")
    named = await post(world, attendance("d2", ANA, "2026-09-09", enrollment=made["record_id"]))
    assert codes(named) == ["ENROLLMENT_UNKNOWN"]
    came = await post(world, attendance("d1", ANA, "2026-09-08"))
    assert (verdicts(came), codes(came)) == (["UPDATED"], ["ENROLLMENT_CONTRADICTED"])
    assert [row["enrollment"] for row in await ask(world, EVENTS)] == ["e1"]


async def test_an_enrollment_of_another_time_or_a_waiting_list_leaves_a_made_one_alone(world: World) -> None:
    await post(world, attendance("d1", ANA, "2026-09-08"))
    last_year = enrollment("e1", ANA, "after", begins="2025-09-01", ends="2026-06-01", status="COMPLETED")
    waiting = enrollment("e2", ANA, "after", status="WAITLISTED")
    receipt = await world.post("club", Kind.ENROLLMENT, last_year, waiting)
    assert (verdicts(receipt), codes(receipt)) == (["CREATED", "REJECTED"], ["ALREADY_ENROLLED"])
    assert [row["status"] for row in await ask(world, ENROLLMENTS)] == ["COMPLETED", "ENROLLED"]


@pytest.mark.parametrize("own", [{"status": "WAITLISTED"}, {"begins": "2026-09-10"}])
async def test_a_day_the_agencys_own_enrollment_does_not_cover_is_taken_and_told(
    world: World, own: dict[str, Any]
) -> None:
    await world.enroll("club", enrollment("e1", ANA, "after", **own))
    receipt = await post(world, attendance("d1", ANA, "2026-09-08"))
    assert (verdicts(receipt), codes(receipt)) == (["CREATED"], ["ENROLLMENT_CONTRADICTED"])
    assert [row["enrollment"] for row in await ask(world, EVENTS)] == ["e1"]
    absent = await post(world, attendance("d2", ANA, "2026-09-07", category="ABSENT"))
    assert codes(absent) == ["ENROLLMENT_MADE"]
    assert len(await ask(world, f"SELECT FROM ({ENROLLMENTS}) AS e WHERE status <> 'NOT_ENROLLED'")) == 1


async def test_who_comes_back_after_an_enrollment_ended_is_enrolled_anew(world: World) -> None:
    ended = enrollment("e1", ANA, "after", ends="2026-09-20", status="WITHDRAWN")
    await world.enroll("club", ended)
    receipt = await post(world, attendance("d1", ANA, "2026-10-05"))
    assert codes(receipt) == ["ENROLLMENT_MADE"]
    assert await enrollments(world) == [
        ("WITHDRAWN", "2026-09-01", "2026-09-20"),
        ("ENROLLED", "2026-10-05", None),
    ]


async def test_a_day_may_name_its_enrollment_but_no_other_agencys(world: World) -> None:
    await world.enroll("arts", enrollment("theirs", ANA, "paint"))
    await world.enroll("club", enrollment("e1", ANA, "after"), enrollment("e2", BO, "after"))
    rows = [
        attendance(f"d{n}", ANA, "2026-09-08", enrollment=named) for n, named in enumerate(("e1", "theirs", "e2"))
    ]
    receipt = await post(world, *rows, attendance("d3", ANA, "2026-09-08", program="paint"))
    assert verdicts(receipt) == ["CREATED", "REJECTED", "REJECTED", "REJECTED"]
    assert codes(receipt) == ["ENROLLMENT_UNKNOWN", "ENROLLMENT_UNKNOWN", "PROGRAM_NOT_YOURS"]
    assert len(await ask(world, EVENTS)) == 1


async def test_a_day_is_not_overtaken_by_a_version_that_is_rejected(world: World) -> None:
    await world.enroll("club", enrollment("e1", ANA, "after"))
    said = attendance("d1", ANA, "2026-09-02", record_version=1)
    receipt = await world.post("club", Kind.ATTENDANCE, said, {**said, "record_version": 2, "enrollment": "none"})
    assert codes(receipt) == ["VERSION_CONFLICT", "ENROLLMENT_UNKNOWN"]
    assert verdicts(await world.post("club", Kind.ATTENDANCE, said)) == ["CREATED"]


async def test_the_same_days_again_change_nothing(world: World) -> None:
    rows = [attendance("d1", ANA, "2026-09-08"), attendance("d2", BO, "2026-09-08", category="ABSENT")]
    first = await post(world, *rows, idempotency_key="k")
    before = await ask(world, "SELECT count(*) FROM change")
    assert await post(world, *rows, idempotency_key="k") == first
    assert verdicts(await post(world, *rows)) == ["UNCHANGED"] * 2
    assert await ask(world, "SELECT count(*) FROM change") == before


async def test_sessions_of_one_day_are_days_of_one_enrollment(world: World) -> None:
    morning = attendance("d1", ANA, "2026-09-08", session="before school", minutes=45)
    receipt = await post(world, morning, attendance("d2", ANA, "2026-09-08", session="after school", minutes=90))
    assert verdicts(receipt) == ["CREATED"] * 2
    assert len({outcome.enrollment_id for outcome in receipt.outcomes}) == 1
    assert [row["session"] for row in await ask(world, EVENTS)] == ["before school", "after school"]


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"attended_on": "2026-10-16"}, "DATE_INVALID", ("attended_on",)),
        ({"attended_on": "2026-02-30"}, "DATE_INVALID", ("attended_on",)),
        ({"category": "here"}, "ROW_INVALID", ("category",)),
        ({"category": "ABSENT", "minutes": 5}, "ROW_INVALID", ()),
        ({"minutes": 1441}, "ROW_INVALID", ("minutes",)),
        ({"minutes": -1}, "ROW_INVALID", ("minutes",)),
        ({"program": "nowhere"}, "PROGRAM_UNKNOWN", ("program",)),
        ({"child": {}}, "IDENTITY_INCOMPLETE", ("child",)),
        ({"colour": "red"}, "COLUMN_UNKNOWN", ("colour",)),
    ],
)
async def test_a_bad_day_says_what_is_wrong_and_costs_itself_only(
    world: World, wrong: dict[str, Any], code: str, path: tuple[str, ...]
) -> None:
    receipt = await post(
        world, {**attendance("d1", ANA, "2026-09-08"), **wrong}, attendance("d2", BO, "2026-09-08")
    )
    assert verdicts(receipt) == ["REJECTED", "CREATED"]
    problem = receipt.outcomes[0].problems[0]
    assert (problem.code, problem.path) == (code, path)
    assert problem.message
    assert problem.hint
    assert len(await enrollments(world)) == 1


async def test_a_day_that_may_be_either_twins_waits_for_a_person(world: World) -> None:
    twins = (child(f"t{n}", "Ana", identifiers={"DISTRICT_STUDENT_ID": f"47{n}"}) for n in (1, 2))
    await world.roster("club", *twins)
    receipt = await post(world, attendance("d1", ANA, "2026-09-08"))
    assert verdicts(receipt) == ["NEEDS_REVIEW"]
    assert [row["kind"] for row in await ask(world, "SELECT kind FROM match_review")] == ["attendance"]


async def test_a_program_is_found_by_its_name_too_if_that_is_its_agencys_and_its_only_one(world: World) -> None:
    namesakes = [{"code": code, "name": "Chess", "organization": "club", "sector": "EDUCATION"} for code in "xy"]
    await world.fill("club", Kind.PROGRAM, namesakes)
    days = [attendance(f"d-{name}", ANA, "2026-09-08", program=name) for name in ("After", "Chess", "Paint")]
    receipt = await post(world, *days)
    assert verdicts(receipt) == ["CREATED", "REJECTED", "REJECTED"]
    assert codes(receipt)[1:] == ["PROGRAM_UNKNOWN"] * 2


async def test_what_is_written_is_logged_as_rows_of_tables_about_children(world: World) -> None:
    (before,) = await ask(world, "SELECT count(*) FROM change")
    await post(world, attendance("d1", ANA, "2026-09-08"))
    await post(world, attendance("d2", ANA, "2026-09-07"))
    rows = await ask(world, f"SELECT entity FROM change ORDER BY change_id OFFSET {before['count']}")
    written = [row["entity"] for row in rows]
    # The child is new with the first post.
    assert sorted(written) == ["attendance_event"] * 2 + ["child"] + ["enrollment"] * 2
    assert all(is_about_children(metadata.tables[name]) for name in written)


async def test_a_dry_run_and_a_refused_atomic_post_enroll_nobody(world: World) -> None:
    good, bad = attendance("d1", ANA, "2026-09-08"), attendance("d2", ANA, "2026-09-08", program="nowhere")
    dry = await post(world, good, dry_run=True)
    assert (dry.committed, verdicts(dry)) == (False, ["CREATED"])
    refused = await post(world, good, bad, atomic=True)
    assert (refused.committed, verdicts(refused)) == (False, ["REJECTED"] * 2)
    assert await enrollments(world) == await ask(world, EVENTS) == []
