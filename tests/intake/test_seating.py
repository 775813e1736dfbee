"""How a count of free seats is kept true by what began and ended since it was taken."""

from dataclasses import replace
from typing import Any

import pytest

from cabinet.intake.post import post
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind
from tests.world import World, child, enrollment

OLD, NEW = "2026-09-01", "2026-10-12"
"""Days before and after the seats were counted, both before the world's day."""
COUNTED = "2026-10-01"


@pytest.fixture
async def club(world: World) -> World:
    """Give the club's after-school program a place, and a program of several services another."""
    await world.fill("club", Kind.LOCATION, [{"code": "gym", "name": "Gym"}])
    service = {"name": "After", "program": "after", "locations": ["gym"]}
    await world.fill("club", Kind.SERVICE, [{**service, "code": code} for code in ("after-s", "meals")])
    return world


async def count(world: World, service: str, **numbers: int) -> None:
    row = {"service": service, "location": "gym", "updated": COUNTED, **numbers}
    await world.fill("club", Kind.CAPACITY, [row])


async def enroll(world: World, *rows: dict[str, Any]) -> Receipt:
    return await post(world.database, replace(await world.source("club"), format="post"), Kind.ENROLLMENT, rows)


def row(name: str, begins: str = NEW, **said: Any) -> dict[str, Any]:
    return enrollment(name, child("", name), "after", begins=begins, **said)


def stands(receipt: Receipt) -> list[tuple[str, int | None, int | None]]:
    effects = [outcome.effect for outcome in receipt.outcomes]
    return [(effect.status, effect.seats_free, effect.position) for effect in effects if effect is not None]


async def test_a_count_of_free_seats_holds_with_what_began_and_ended_since(club: World) -> None:
    await enroll(club, row("A", OLD), row("B", OLD))
    await count(club, "after-s", available=1, maximum=50)
    told = await enroll(club, row("C", OLD), row("D"), row("E"))
    # C had begun when the seats were counted, and is in the count.
    assert stands(told) == [("ENROLLED", 0, None), ("ENROLLED", 0, None), ("WAITLISTED", 0, 1)]
    ended = row("A", OLD, ends="2026-10-13", status="COMPLETED")
    told = await enroll(club, row("E", record_version=2), ended)
    assert stands(told) == [("ENROLLED", 0, None), ("COMPLETED", 0, None)]
    left_before = row("B", OLD, ends="2026-09-30", status="WITHDRAWN")
    assert stands(await enroll(club, left_before)) == [("WITHDRAWN", 0, None)]


async def test_a_seat_that_is_planned_is_taken_and_one_that_is_over_is_not(club: World) -> None:
    await count(club, "after-s", maximum=1)
    over = row("A", OLD, ends="2026-10-14", status="COMPLETED")
    told = await enroll(club, over, row("B", "2027-01-10"), row("C"))
    assert stands(told) == [("COMPLETED", 0, None), ("ENROLLED", 0, None), ("WAITLISTED", 0, 1)]


async def test_a_program_is_as_full_as_the_fullest_of_its_services(club: World) -> None:
    await count(club, "after-s", maximum=9)
    assert stands(await enroll(club, row("A"))) == [("ENROLLED", 8, None)]
    await count(club, "meals", maximum=1)
    assert stands(await enroll(club, row("B"))) == [("WAITLISTED", 0, 1)]


async def test_more_seats_than_anybody_can_count_are_enough(club: World) -> None:
    await club.fill("club", Kind.LOCATION, [{"code": "hall", "name": "Hall"}])
    service = {"code": "after-s", "name": "After", "program": "after", "locations": ["hall"]}
    await club.fill("club", Kind.SERVICE, [service])
    rows = [
        {"service": "after-s", "location": place, "updated": COUNTED, "maximum": 2**31 - 1}
        for place in ("gym", "hall")
    ]
    await club.fill("club", Kind.CAPACITY, rows)
    assert stands(await enroll(club, row("A"))) == [("ENROLLED", 2**31 - 1, None)]


async def test_the_line_is_by_the_day_since_when_they_wait(club: World) -> None:
    await count(club, "after-s", maximum=0)
    told = await enroll(club, row("A"), row("B", OLD, status="WAITLISTED"), row("C", ends="2026-10-13"))
    assert stands(told) == [("WAITLISTED", 0, 2), ("WAITLISTED", 0, 1), ("ENROLLED", 0, None)]


async def test_who_attends_has_a_seat_and_is_not_made_to_wait(club: World) -> None:
    day = {"record_id": "d1", "child": {"identity": child("", "A")["identity"]}, "program": "after"}
    await club.fill("club", Kind.ATTENDANCE, [{**day, "attended_on": NEW, "category": "PRESENT"}])
    await count(club, "after-s", maximum=1)
    told = await enroll(club, row("B"), row("A"))
    assert stands(told) == [("WAITLISTED", 0, 1), ("ENROLLED", 0, None)]


async def test_another_program_is_another_seat(club: World) -> None:
    programs = [{"code": "chess", "name": "Chess", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}]
    await club.fill("club", Kind.PROGRAM, programs)
    await count(club, "after-s", maximum=1)
    await enroll(club, row("A"), {**row("B"), "program": "chess"})
    moved = await enroll(club, {**row("B", record_version=2)})
    assert stands(moved) == [("WAITLISTED", 0, 1)]
