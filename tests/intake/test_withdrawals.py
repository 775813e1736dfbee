"""What a partner is promised of a record it posted in error: it counts no longer, and nothing is lost."""

from itertools import permutations
from typing import Any

import pytest

from cabinet.intake.rows import Kind
from tests.intake.test_post import codes, verdicts
from tests.world import World, attendance, child

ANA = child("P1", "Ana")
WHO = {"source_id": "P1", "identity": ANA["identity"]}


def visit(version: int | None = None, **said: Any) -> dict[str, Any]:
    row = {"record_id": "v1", "child": WHO, "service_type": "DENTAL", "kind": "VISIT", "record_version": version}
    return {**row, "occurred_on": "2026-09-08", **said}


def withdrawal(version: int | None = None, **said: Any) -> dict[str, Any]:
    return {"record_id": "v1", "kind": "ENCOUNTER", "record_version": version, **said}


async def ask(world: World, sql: str, code: str = "clinic") -> list[dict[str, Any]]:
    source = await world.source(code)
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


async def standing(world: World) -> int:
    return len(await ask(world, "SELECT 1 FROM encounter"))


async def test_a_withdrawn_record_stands_no_longer_and_is_kept_as_it_was(world: World) -> None:
    await world.fill("clinic", Kind.ENCOUNTER, [visit(code="cdt|D0120")])
    receipt = await world.post("clinic", Kind.WITHDRAWAL, withdrawal(reason="entered in error"))
    assert verdicts(receipt) == ["UPDATED"]
    assert await standing(world) == 0
    (kept,) = await ask(world, "SELECT entity, record_id, record_version, reason, payload FROM withdrawn_record")
    assert (kept["entity"], kept["record_version"], kept["reason"]) == ("encounter", 2, "entered in error")
    assert kept["payload"]["code"] == "cdt|D0120"


async def test_a_withdrawal_is_a_change_of_its_child(world: World) -> None:
    await world.fill("clinic", Kind.ENCOUNTER, [visit()])
    (known,) = await ask(world, "SELECT encounter_id, child_id FROM encounter")
    await world.post("clinic", Kind.WITHDRAWAL, withdrawal())
    changes = await ask(world, "SELECT entity, entity_id, child_id FROM change ORDER BY recorded_at")
    said = [each for each in changes if each["entity_id"] == known["encounter_id"]]
    assert len(said) == 2
    assert {each["child_id"] for each in said} == {known["child_id"]}


@pytest.mark.parametrize("order", list(permutations(range(4))))
async def test_the_highest_version_wins_in_any_order(world: World, order: tuple[int, ...]) -> None:
    said = [
        (Kind.ENCOUNTER, visit(1)),
        (Kind.WITHDRAWAL, withdrawal(2)),
        (Kind.ENCOUNTER, visit(3, occurred_on="2026-09-09")),
        (Kind.WITHDRAWAL, withdrawal(4)),
    ]
    for place in order:
        kind, row = said[place]
        receipt = await world.post("clinic", kind, row)
        assert "REJECTED" not in verdicts(receipt)
    assert await standing(world) == 0


async def test_a_higher_version_stands_again(world: World) -> None:
    await world.post("clinic", Kind.WITHDRAWAL, withdrawal(2))
    assert verdicts(await world.post("clinic", Kind.ENCOUNTER, visit(1))) == ["UNCHANGED"]
    assert verdicts(await world.post("clinic", Kind.ENCOUNTER, visit(3))) == ["CREATED"]
    assert verdicts(await world.post("clinic", Kind.WITHDRAWAL, withdrawal(2))) == ["UNCHANGED"]
    assert await standing(world) == 1


async def test_without_versions_what_came_last_holds(world: World) -> None:
    await world.fill("clinic", Kind.ENCOUNTER, [visit()])
    assert verdicts(await world.post("clinic", Kind.WITHDRAWAL, withdrawal())) == ["UPDATED"]
    assert verdicts(await world.post("clinic", Kind.WITHDRAWAL, withdrawal())) == ["UNCHANGED"]
    assert verdicts(await world.post("clinic", Kind.ENCOUNTER, visit())) == ["CREATED"]
    assert await standing(world) == 1


async def test_one_version_cannot_both_stand_and_be_withdrawn(world: World) -> None:
    await world.fill("clinic", Kind.ENCOUNTER, [visit(5)])
    refused = await world.post("clinic", Kind.WITHDRAWAL, withdrawal(5))
    assert (verdicts(refused), codes(refused)) == (["REJECTED"], ["VERSION_CONFLICT"])
    await world.post("clinic", Kind.WITHDRAWAL, withdrawal(6))
    refused = await world.post("clinic", Kind.ENCOUNTER, visit(6))
    assert (verdicts(refused), codes(refused)) == (["REJECTED"], ["VERSION_CONFLICT"])


async def test_nobody_withdraws_anothers_record(world: World) -> None:
    await world.fill("clinic", Kind.ENCOUNTER, [visit()])
    receipt = await world.post("club", Kind.WITHDRAWAL, withdrawal())
    assert (verdicts(receipt), codes(receipt)) == (["UNCHANGED"], ["NOTHING_WITHDRAWN"])
    # The same words as for a record that nobody has.
    other = await world.post("club", Kind.WITHDRAWAL, withdrawal(record_id="v2"))
    assert (verdicts(other), codes(other)) == (verdicts(receipt), codes(receipt))
    assert await standing(world) == 1


async def test_a_kind_is_withdrawn_by_itself(world: World) -> None:
    need = {"record_id": "v1", "child": WHO, "service_type": "DENTAL", "basis": "SCREENING"}
    await world.fill("clinic", Kind.NEED, [{**need, "opened": "2026-09-08"}])
    await world.fill("clinic", Kind.ENCOUNTER, [visit()])
    receipt = await world.post("clinic", Kind.WITHDRAWAL, withdrawal(kind="NEED"))
    assert verdicts(receipt) == ["UPDATED"]
    assert (await standing(world), await ask(world, "SELECT 1 FROM need")) == (1, [])


async def test_the_enrollment_that_a_withdrawn_day_made_says_so(world: World) -> None:
    days = [attendance("d1", ANA, "2026-09-08"), attendance("d2", ANA, "2026-09-15")]
    await world.fill("club", Kind.ATTENDANCE, days)
    rows = [{"record_id": record_id, "kind": "ATTENDANCE"} for record_id in ("d1", "d2")]
    made = "SELECT status, begins::text FROM enrollment"
    await world.post("club", Kind.WITHDRAWAL, rows[0])
    assert await ask(world, made, "club") == [{"status": "ENROLLED", "begins": "2026-09-15"}]
    await world.post("club", Kind.WITHDRAWAL, rows[1])
    assert await ask(world, made, "club") == [{"status": "NOT_ENROLLED", "begins": "2026-09-15"}]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"kind": "ENROLLMENT"}, "ROW_INVALID"),
        ({"record_id": ""}, "ROW_INVALID"),
        ({"record_version": -1}, "ROW_INVALID"),
        ({"child": {"source_id": "P1"}}, "COLUMN_UNKNOWN"),
    ],
)
async def test_what_cannot_be_withdrawn_is_refused(world: World, said: dict[str, Any], code: str) -> None:
    receipt = await world.post("clinic", Kind.WITHDRAWAL, {**withdrawal(), **said})
    assert (verdicts(receipt), codes(receipt)) == (["REJECTED"], [code])


async def test_a_dry_run_withdraws_nothing(world: World) -> None:
    await world.fill("clinic", Kind.ENCOUNTER, [visit()])
    receipt = await world.post("clinic", Kind.WITHDRAWAL, withdrawal(), dry_run=True)
    assert (receipt.committed, verdicts(receipt)) == (False, ["UPDATED"])
    assert await standing(world) == 1
