"""What a partner is promised of a post."""

from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from cabinet.errors import IdempotencyKeyReused, TooManyRows
from cabinet.intake.post import post
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


async def test_every_source_record_is_tied_to_its_child_once(world: World) -> None:
    await second_program(world)
    rows = [
        enrollment("e1", ANA, "after"),
        enrollment("e2", ANA, "after2"),
        enrollment("e3", child("", "Bo"), "after"),
    ]
    by_id = {
        **enrollment("e4", "later", "after"),
        "child": {"source_id": "later", "identity": child("", "Cy")["identity"]},
    }
    for _ in range(2):
        receipt = await world.post("club", Kind.ENROLLMENT, *rows, by_id, enrollment("e5", "later", "after2"))
        assert "REJECTED" not in verdicts(receipt)
    assert (
        await count(world, "child_link") == await count(world, "source_record") == await count(world, "child") == 3
    )


async def test_twins_stay_two_children(world: World) -> None:
    twin = child("D2", "Ana", identifiers={"DISTRICT_STUDENT_ID": "4712"})
    await world.roster("club", {**ANA, "record_id": "C1"}, {**twin, "record_id": "C2"}, child("C3", "Eva"))
    assert await count(world, "child") == 3
    receipt = await world.post("club", Kind.ENROLLMENT, enrollment("e1", child("", "Ana"), "after"))
    assert verdicts(receipt) == ["NEEDS_REVIEW"]
    assert codes(receipt) == ["CHILD_AMBIGUOUS"]
    assert await count(world, "match_review") == 1
    assert await count(world, "enrollment") == 0


async def test_a_verdict_does_not_tell_whom_others_know(world: World) -> None:
    """Two children of the district fit, an identifier contradicts, or nobody is known: it looks the same."""
    twin = child("D2", "Ana", identifiers={"DISTRICT_STUDENT_ID": "4712"})
    await world.roster("district", ANA, twin)
    contradicting = child("", "Bo", "Smith", birth_date="2012-01-01", identifiers={"DISTRICT_STUDENT_ID": "4711"})
    namesake = child("", "Ana", identifiers={"DISTRICT_STUDENT_ID": "999"})
    posted = [
        ("arts", [namesake], "paint"),
        ("club", [contradicting, child("", "Ana"), child("", "Nobody")], "after"),
    ]
    for how in ({"dry_run": True}, {}):
        outcomes = []
        for code, rows, program in posted:
            sent = [enrollment(f"e{n}", row, program) for n, row in enumerate(rows)]
            receipt = await world.post(code, Kind.ENROLLMENT, *sent, **how)
            assert set(verdicts(receipt)) == {"CREATED"}
            assert codes(receipt) == []
            outcomes += receipt.outcomes
    # The two that a person has to look at are kept for it, and are children of their own until then; Nobody
    # and the namesake with another student id are children of their own anyway.
    assert await count(world, "match_review") == 2
    assert len({outcome.child_id for outcome in outcomes}) == 4
    assert {outcome.child_id.version for outcome in outcomes if outcome.child_id} == {4}


async def test_a_dry_run_is_audited_like_any_other_post(world: World, database_url: str) -> None:
    await world.post("club", Kind.ENROLLMENT, enrollment("e1", ANA, "after"), dry_run=True)
    await world.post("club", Kind.ENROLLMENT, enrollment("e1", ANA, "nowhere"), atomic=True)
    owner = await asyncpg.connect(database_url)
    tried = await owner.fetch(
        "SELECT detail FROM audit_event WHERE action = 'try enrollment' ORDER BY recorded_at"
    )
    await owner.close()
    assert len(tried) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [("किरण", "करण"), ("José", "Jose Luis"), ("ครู", "คร")],
)
async def test_names_that_differ_are_different_children(world: World, one: str, other: str) -> None:
    await world.roster("district", child("D1", one), child("D2", other))
    assert await count(world, "child") == 2


async def test_accents_and_spaces_do_not_make_another_child(world: World) -> None:
    await world.roster("district", child("D1", "José Luis", "O'Neil-Müller"))
    await world.roster("clinic", child("P1", "JOSE-LUIS", "oneil muller"))
    assert await count(world, "child") == 1


async def test_a_name_without_letters_names_nobody(world: World) -> None:
    receipt = await world.post("club", Kind.ENROLLMENT, enrollment("e1", child("", "?", "-"), "after"))
    assert codes(receipt) == ["IDENTITY_INCOMPLETE"]


async def test_an_overtaken_or_rejected_row_leaves_no_trace(world: World) -> None:
    newest = enrollment("e1", ANA, "after", record_version=2, grade="04", neighborhood="south")
    older = enrollment("e1", ANA, "after", record_version=1, grade="03", neighborhood="north")
    ghost = enrollment("e1", child("", "Ghost"), "after", record_version=2)
    await world.enroll("club", newest)
    assert verdicts(await world.post("club", Kind.ENROLLMENT, older)) == ["UNCHANGED"]
    assert codes(await world.post("club", Kind.ENROLLMENT, ghost)) == ["VERSION_CONFLICT"]
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        grades = await connection.fetch("SELECT DISTINCT grade FROM child_year WHERE grade IS NOT NULL")
    assert [row["grade"] for row in grades] == ["04"]
    assert await count(world, "child") == 1


async def second_program(world: World) -> None:
    program = {"code": "after2", "name": "After 2", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await world.fill("club", Kind.PROGRAM, [program])


@pytest.mark.parametrize("held", [False, True])
async def test_a_version_is_not_overtaken_by_one_that_is_rejected(world: World, held: bool) -> None:  # noqa: FBT001
    """Nothing is written of either, and whoever reads the older one's verdict learns so."""
    await world.enroll("club", enrollment("e1", ANA, "after"))
    said = [
        enrollment("e2", ANA, "after", status="COMPLETED", ends=ends, record_version=version)
        for version, ends in ((1, "2026-09-09"), (2, "2026-09-10"))
    ]
    if held:
        await world.enroll("club", said[0])
    receipt = await world.post("club", Kind.ENROLLMENT, *said, enrollment("e2", ANA, "after", record_version=3))
    assert verdicts(receipt) == ["UNCHANGED" if held else "REJECTED", "REJECTED", "REJECTED"]
    assert codes(receipt) == ["VERSION_CONFLICT"] * (1 if held else 2) + ["ALREADY_ENROLLED"]
    assert {outcome.child_id for outcome in receipt.outcomes[1:]} == {None}
    assert verdicts(await world.post("club", Kind.ENROLLMENT, said[1])) == ["UPDATED" if held else "CREATED"]
    # What contradicts the version that stands is older than both, and in nobody's way.
    newer = [{**said[1], "record_version": version} for version in (3, 4)]
    receipt = await world.post("club", Kind.ENROLLMENT, {**said[0], "record_version": 2}, *newer)
    assert verdicts(receipt) == ["REJECTED", "UNCHANGED", "UPDATED"]


async def test_two_enrollments_may_trade_places_in_one_post(world: World) -> None:
    await second_program(world)
    await world.enroll("club", enrollment("r1", ANA, "after"), enrollment("r2", ANA, "after2"))
    swapped = [enrollment("r1", ANA, "after2"), enrollment("r2", ANA, "after")]
    assert verdicts(await world.post("club", Kind.ENROLLMENT, *swapped)) == ["UPDATED", "UPDATED"]


async def test_a_place_that_a_rejected_row_keeps_is_not_given_away(world: World) -> None:
    await second_program(world)
    await world.enroll("club", enrollment("q1", ANA, "after"), enrollment("q2", ANA, "after2"))
    rows = [enrollment("q1", ANA, "after2"), enrollment("q3", ANA, "after")]
    receipt = await world.post("club", Kind.ENROLLMENT, *rows)
    assert codes(receipt) == ["ALREADY_ENROLLED", "ALREADY_ENROLLED"]


async def test_namesakes_with_numbers_of_their_own_are_told_apart_however_many(world: World) -> None:
    """Linear: looking every one of them up for every other took a minute for as many as a post may have."""
    rows = [child(f"N{n}", "Baby Girl", identifiers={"DISTRICT_STUDENT_ID": f"{n}"}) for n in range(1_500)]
    receipt = await world.post(
        "district", Kind.CHILD, *rows, {**rows[3], "record_id": "again"}, child("?", "Baby Girl")
    )
    assert len({outcome.child_id for outcome in receipt.outcomes[:1_501]}) == 1_500
    assert receipt.outcomes[3].child_id == receipt.outcomes[1_500].child_id
    # Who has no number may be any of them, and the source knew none of them before: a child of its own for now.
    assert receipt.outcomes[1_501].child_id not in {outcome.child_id for outcome in receipt.outcomes[:1_501]}


async def test_a_long_chain_of_places_falls_as_a_short_one_does(world: World) -> None:
    """Everybody moves up by one place; the last place is taken by somebody who is not in the post."""
    programs = [f"p{number}" for number in range(300)]
    own = {"organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await world.fill("club", Kind.PROGRAM, [{"code": code, "name": code, **own} for code in programs])
    stand = [enrollment(f"r{number}", ANA, code) for number, code in enumerate(programs)]
    await world.enroll("club", *stand)
    moved = [enrollment(f"r{number}", ANA, code) for number, code in enumerate(programs[1:])]
    receipt = await world.post("club", Kind.ENROLLMENT, *moved)
    assert verdicts(receipt) == ["REJECTED"] * 299
    assert codes(receipt) == ["ALREADY_ENROLLED"] * 299
    around = [*moved, enrollment("r299", ANA, "p0")]
    assert verdicts(await world.post("club", Kind.ENROLLMENT, *around)) == ["UPDATED"] * 300


@pytest.mark.parametrize("begins", ["1901-01-01", "1989-06-01", "2100-12-31"])
async def test_a_day_of_another_century_troubles_no_other_row(world: World, begins: str) -> None:
    rows = [enrollment("far", ANA, "after", begins=begins), enrollment("near", child("", "Bo"), "after")]
    receipt = await world.post("club", Kind.ENROLLMENT, *rows)
    assert verdicts(receipt) == ["CREATED", "CREATED"]


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


async def test_a_receipt_that_an_earlier_version_kept_is_still_given(world: World) -> None:
    row = enrollment("e1", ANA, "after")
    first = await world.post("club", Kind.ENROLLMENT, row, idempotency_key="k1")
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        without = "regexp_replace(receipt, '[^{,]*enrollment_id\"[^,}]*,', '')"
        await connection.execute(f"UPDATE idempotency_key SET receipt = {without}")
        assert "enrollment_id" not in await connection.fetchval("SELECT receipt FROM idempotency_key")
    assert await world.post("club", Kind.ENROLLMENT, row, idempotency_key="k1") == first


async def test_more_than_ten_thousand_rows_are_refused_as_a_whole(world: World) -> None:
    with pytest.raises(TooManyRows):
        await world.post("club", Kind.ENROLLMENT, *[enrollment("e1", ANA, "after")] * 10_001)


async def test_every_post_leaves_its_trace(world: World) -> None:
    before = await count(world, "change")
    await world.enroll("club", enrollment("e1", ANA, "after"), enrollment("e2", child("", "Bo"), "after"))
    # Each enrollment, and each child: nobody knew them before.
    assert await count(world, "change") == before + 4
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        topics = await connection.fetch("SELECT payload FROM outbox WHERE topic = 'enrollment.posted'")
    assert [row["payload"]["CREATED"] for row in topics] == [2]


GRADES = "SELECT DISTINCT grade FROM child_year WHERE grade IS NOT NULL"
ADDRESSES = "SELECT DISTINCT address FROM child_identity WHERE address IS NOT NULL"


async def values(world: World, sql: str) -> list[str]:
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        return [row[0] for row in await connection.fetch(sql)]


@pytest.mark.parametrize("lane_from", [1, 1000])
async def test_the_same_record_without_a_version_may_say_something_new_of_its_child(
    world: World, lane_from: int
) -> None:
    source = replace(await world.source("club"), lane_from=lane_from)

    async def post_again(**said: Any) -> list[str]:
        row = enrollment("e1", {**ANA, "identity": {**ANA["identity"], **said.pop("identity", {})}}, "after")
        return verdicts(await post(world.database, source, Kind.ENROLLMENT, [{**row, **said}]))

    assert await post_again(grade="03") == ["CREATED"]
    assert await post_again(grade="03") == ["UNCHANGED"]
    assert await post_again(grade="04") == ["UPDATED"]
    assert await post_again(grade="04") == await post_again() == ["UNCHANGED"]
    assert await values(world, GRADES) == ["04"]
    moved = {"grade": "04", "identity": {"address": "12 Elm Street"}}
    assert await post_again(**moved) == ["UPDATED"]
    assert await post_again(**moved) == ["UNCHANGED"]
    assert await values(world, ADDRESSES) == ["12 Elm Street"]
    assert await post_again(neighborhood="south") == ["UPDATED"]
    assert await post_again(neighborhood="south", record_version=1, grade="05") == ["UNCHANGED"]


@pytest.mark.parametrize("lane_from", [1, 1000])
async def test_records_that_contradict_each_other_change_nothing_when_they_are_posted_again(
    world: World, lane_from: int
) -> None:
    await second_program(world)
    source = replace(await world.source("club"), lane_from=lane_from)
    rows = [enrollment("e1", ANA, "after", grade="03"), enrollment("e2", ANA, "after2", grade="04")]
    said = [await post(world.database, source, Kind.ENROLLMENT, rows) for _ in range(2)]
    assert [verdicts(each) for each in said] == [["CREATED"] * 2, ["UNCHANGED"] * 2]
    assert await values(world, GRADES) == ["04"]
