"""What a clinic is promised of referrals: the loop is kept; and the last word of a child's record counts."""

from typing import Any

import pytest

from cabinet.intake.rows import Kind
from tests.intake.test_post import codes, verdicts
from tests.world import World, child

ANA = child("P1", "Ana")


def referral(status: str, version: int | None = None, **said: Any) -> dict[str, Any]:
    who = {"source_id": "P1", "identity": ANA["identity"]}
    row = {"record_id": "r1", "child": who, "service_type": "BEHAVIORAL_HEALTH", "status": status}
    return {**row, "sent": "2026-09-01", "record_version": version, **said}


async def stored(world: World, sql: str) -> list[dict[str, Any]]:
    source = await world.source("clinic")
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


async def standing(world: World) -> str:
    (row,) = await stored(world, "SELECT status, closed FROM referral")
    return f"{row['status']} {row['closed'] or ''}".strip()


async def test_a_referral_is_sent_answered_and_closed_whatever_arrives_first(world: World) -> None:
    sent = await world.post("clinic", Kind.REFERRAL, referral("SENT", 1, recipient="Harbor Counseling"))
    assert verdicts(sent) == ["CREATED"]
    closed = await world.post("clinic", Kind.REFERRAL, referral("COMPLETED", 3, closed="2026-10-01"))
    late = await world.post("clinic", Kind.REFERRAL, referral("ACCEPTED", 2))
    assert (verdicts(closed), verdicts(late)) == (["UPDATED"], ["UNCHANGED"])
    assert await standing(world) == "COMPLETED 2026-10-01"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"status": "LOST"}, "ROW_INVALID"),
        ({"status": "DECLINED", "closed": "2026-08-31"}, "ENDS_BEFORE_BEGINS"),
        ({"status": "SENT", "service_type": "WIZARDRY"}, "REFERENCE_UNKNOWN"),
        ({"status": "SENT", "sent": "2026-09-31"}, "DATE_INVALID"),
    ],
)
async def test_a_referral_that_cannot_be_meant_is_refused(world: World, said: dict[str, Any], code: str) -> None:
    receipt = await world.post("clinic", Kind.REFERRAL, {**referral("SENT"), **said})
    assert (verdicts(receipt), codes(receipt)) == (["REJECTED"], [code])
    assert await stored(world, "SELECT 1 FROM referral") == []


async def test_the_highest_version_of_a_childs_record_speaks_in_any_order(world: World) -> None:
    young, old = {**ANA, "record_version": 2}, {**child("P1", "Anna", "Reyes"), "record_version": 1}
    first = await world.post("clinic", Kind.CHILD, old, young)
    again = await world.post("clinic", Kind.CHILD, old)
    assert (verdicts(first), verdicts(again)) == (["UNCHANGED", "CREATED"], ["UNCHANGED"])
    names = await stored(world, "SELECT given_name, family_name FROM child_identity")
    assert names == [{"given_name": "Ana", "family_name": "Rivera"}]
    newer = await world.post("clinic", Kind.CHILD, {**child("P1", "Anita"), "record_version": 3})
    assert verdicts(newer) == ["UPDATED"]
    assert [row["given_name"] for row in await stored(world, "SELECT given_name FROM child_identity")] == ["Anita"]
