"""What a partner is promised of a post."""

import pytest

from cabinet.errors import IdempotencyKeyReused, TooManyRows
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from tests.world import World, child, enrollment

ANA = child("D1", "Ana", identifiers={"DISTRICT_STUDENT_ID": "4711"})


def verdicts(receipt: Receipt) -> list[str]:
    return [str(outcome.verdict) for outcome in receipt.outcomes]


def codes(receipt: Receipt) -> list[str]:
    return [problem.code for outcome in receipt.outcomes for problem in outcome.problems]


async def count(world: World, table: str) -> int:
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        total: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
        return total


async def test_a_child_is_one_child_to_every_sector(world: World) -> None:
    await world.roster("district", ANA)
    await world.roster("clinic", child("P9", "ANA", "Rivera"))
    by_name = await world.post("club", Kind.ENROLLMENT, enrollment("e1", child("", "Ána"), "after"))
    by_id = {**child("", "Anna", "River"), "identity": {"identifiers": {"DISTRICT_STUDENT_ID": "4711"}}}
    by_number = await world.post("arts", Kind.ENROLLMENT, enrollment("e1", by_id, "paint"))
    assert verdicts(by_name) == verdicts(by_number) == ["CREATED"]
    assert by_name.outcomes[0].child_id == by_number.outcomes[0].child_id
    assert await count(world, "child") == 1


async def test_twins_stay_two_children(world: World) -> None:
    twin = child("D2", "Ana", identifiers={"DISTRICT_STUDENT_ID": "4712"})
    await world.roster("district", ANA, twin, child("D3", "Eva"))
    assert await count(world, "child") == 3
    receipt = await world.post("club", Kind.ENROLLMENT, enrollment("e1", child("", "Ana"), "after"))
    assert verdicts(receipt) == ["NEEDS_REVIEW"]
    assert codes(receipt) == ["CHILD_AMBIGUOUS"]
    assert await count(world, "match_review") == 1
    assert await count(world, "enrollment") == 0


async def test_an_identifier_that_contradicts_name_and_birth_date_is_for_a_person(world: World) -> None:
    await world.roster("district", ANA)
    other = child("", "Bo", "Smith", birth_date="2012-01-01", identifiers={"DISTRICT_STUDENT_ID": "4711"})
    receipt = await world.post("club", Kind.ENROLLMENT, enrollment("e1", other, "after"))
    assert verdicts(receipt) == ["NEEDS_REVIEW"]


async def test_the_highest_version_wins_in_any_order(world: World) -> None:
    last = enrollment("e1", ANA, "after", record_version=3, status="WITHDRAWN", ends="2026-10-01")
    first = enrollment("e1", ANA, "after", record_version=1)
    changed = enrollment("e1", ANA, "after", record_version=3)
    assert verdicts(await world.post("club", Kind.ENROLLMENT, last)) == ["CREATED"]
    assert verdicts(await world.post("club", Kind.ENROLLMENT, first)) == ["UNCHANGED"]
    assert verdicts(await world.post("club", Kind.ENROLLMENT, last)) == ["UNCHANGED"]
    conflict = await world.post("club", Kind.ENROLLMENT, changed)
    assert codes(conflict) == ["VERSION_CONFLICT"]
    versions = [{**first, "record_version": 5}, {**first, "record_version": 4}]
    assert verdicts(await world.post("club", Kind.ENROLLMENT, *versions)) == ["UPDATED", "UNCHANGED"]


async def test_without_versions_the_last_post_is_the_newest(world: World) -> None:
    row = enrollment("e1", ANA, "after")
    ended = {**row, "status": "COMPLETED", "ends": "2026-10-10"}
    said = [await world.post("club", Kind.ENROLLMENT, each) for each in (row, row, ended, ended)]
    assert [verdicts(receipt)[0] for receipt in said] == ["CREATED", "UNCHANGED", "UPDATED", "UNCHANGED"]


UNBORN = {"given_name": "A", "family_name": "B", "birth_date": "2026-10-16"}
BAD_ROWS = [
    ({"child": {"identity": UNBORN}}, "DATE_INVALID", ("child", "identity", "birth_date")),
    ({"begins": "2026-W01-1"}, "DATE_INVALID", ("begins",)),
    ({"begins": "1026-01-01"}, "DATE_INVALID", ("begins",)),
    (
        {"child": {"source_id": "new", "identity": {"given_name": "Al"}}},
        "IDENTITY_INCOMPLETE",
        ("child", "identity"),
    ),
    ({"begins": "2026-02-30"}, "DATE_INVALID", ("begins",)),
    ({"ends": "2026-08-01"}, "ENDS_BEFORE_BEGINS", ()),
    ({"program": "tutoring"}, "PROGRAM_NOT_YOURS", ("program",)),
    ({"program": "nowhere"}, "PROGRAM_UNKNOWN", ("program",)),
    ({"status": "PERHAPS"}, "ROW_INVALID", ("status",)),
    ({"status": "COMPLETED"}, "ROW_INVALID", ()),
    ({"colour": "red"}, "COLUMN_UNKNOWN", ("colour",)),
    ({"child": {}}, "IDENTITY_INCOMPLETE", ("child",)),
    ({"child": {"source_id": "nobody"}}, "CHILD_UNKNOWN", ("child", "source_id")),
    ({"child": {"ref": "0190e6a4-0000-7000-8000-000000000000"}}, "CHILD_UNKNOWN", ("child", "ref")),
    ({"record_id": "good"}, "DUPLICATE_ROW", ("record_id",)),
    ({"program": "a\x00b"}, "ROW_INVALID", ("program",)),
]


@pytest.mark.parametrize(("change", "code", "path"), BAD_ROWS)
async def test_a_bad_row_is_rejected_by_itself(world: World, change, code, path) -> None:
    good = enrollment("good", ANA, "after")
    bad = {**enrollment("bad", child("", "Bea"), "after"), **change}
    receipt = await world.post("club", Kind.ENROLLMENT, good, bad)
    assert verdicts(receipt) == ["CREATED", "REJECTED"]
    problem = receipt.outcomes[1].problems[0]
    assert (problem.code, problem.path) == (code, path)
    assert problem.message
    assert problem.hint
    assert await count(world, "enrollment") == 1


async def test_an_atomic_post_is_taken_whole_or_not_at_all(world: World) -> None:
    good, bad = enrollment("e1", ANA, "after"), enrollment("e2", ANA, "nowhere")
    receipt = await world.post("club", Kind.ENROLLMENT, good, bad, atomic=True)
    assert not receipt.committed
    assert codes(receipt) == ["BATCH_REFUSED", "PROGRAM_UNKNOWN"]
    assert await count(world, "enrollment") == await count(world, "child") == 0


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(world: World) -> None:
    receipt = await world.post("club", Kind.ENROLLMENT, enrollment("e1", ANA, "after"), dry_run=True)
    assert (receipt.committed, verdicts(receipt)) == (False, ["CREATED"])
    for table in ("enrollment", "child", "source_record", "change", "outbox"):
        assert await count(world, table) == 0 or table in ("change", "outbox")
    assert await count(world, "enrollment") == 0


async def test_one_open_enrollment_of_a_child_in_a_program(world: World) -> None:
    await world.enroll("club", enrollment("e1", ANA, "after"))
    again = await world.post("club", Kind.ENROLLMENT, enrollment("e2", ANA, "after"))
    assert codes(again) == ["ALREADY_ENROLLED"]
    ended = enrollment("e1", ANA, "after", status="WITHDRAWN", ends="2026-10-01")
    moved = await world.post("club", Kind.ENROLLMENT, enrollment("e2", ANA, "after"), ended)
    assert verdicts(moved) == ["CREATED", "UPDATED"]


async def test_a_repeated_key_gets_the_first_receipt_and_writes_nothing(world: World) -> None:
    row = enrollment("e1", ANA, "after")
    first = await world.post("club", Kind.ENROLLMENT, row, idempotency_key="k1")
    second = await world.post("club", Kind.ENROLLMENT, row, idempotency_key="k1")
    assert second == first
    with pytest.raises(IdempotencyKeyReused):
        await world.post("club", Kind.ENROLLMENT, {**row, "record_id": "e2"}, idempotency_key="k1")
    other_agency = await world.post("arts", Kind.ENROLLMENT, enrollment("e1", ANA, "paint"), idempotency_key="k1")
    assert verdicts(other_agency) == ["CREATED"]


async def test_more_than_a_thousand_rows_are_refused_as_a_whole(world: World) -> None:
    with pytest.raises(TooManyRows):
        await world.post("club", Kind.ENROLLMENT, *[enrollment("e1", ANA, "after")] * 1001)


async def test_every_post_leaves_its_trace(world: World) -> None:
    before = await count(world, "change")
    await world.enroll("club", enrollment("e1", ANA, "after"), enrollment("e2", child("", "Bo"), "after"))
    assert await count(world, "change") == before + 2
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        topics = await connection.fetch("SELECT payload FROM outbox WHERE topic = 'enrollment.posted'")
    assert [row["payload"]["CREATED"] for row in topics] == [2]
