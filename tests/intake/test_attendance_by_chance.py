"""Days and enrollments posted by chance, in any order: what is made from attendance never contradicts either."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from cabinet.intake.rows import Kind
from cabinet.tables.terms import ATTENDED, OPEN_STATUSES, AttendanceCategory, EnrollmentStatus
from tests.world import World, attendance, child, enrollment

POSTS, FIRST_DAY = 60, date(2026, 9, 1)
KIDS = [child("", f"Kid{letter}") for letter in "abc"]

PROGRAMS = ("after", "after2")

ENROLLMENTS = (
    "SELECT enrollment_id, child_id, program_id, status, begins, ends, record_version < 0 AS made FROM enrollment"
)
DAYS = "SELECT enrollment_id, child_id, attended_on, category FROM attendance_event"


def any_day(chance: Random) -> date:
    return FIRST_DAY + timedelta(days=chance.randrange(40))


def a_day(chance: Random, number: int) -> Mapping[str, Any]:
    said = {"category": chance.choice(list(AttendanceCategory)), "record_version": chance.randrange(5)}
    program = chance.choice(PROGRAMS)
    return attendance(f"d{number}", chance.choice(KIDS), str(any_day(chance)), program=program, **said)


def an_enrollment(chance: Random, number: int) -> Mapping[str, Any]:
    begins, ends = sorted((any_day(chance), any_day(chance)))
    status = chance.choice(list(EnrollmentStatus))
    said = {"status": status, "begins": str(begins), "record_version": chance.randrange(5)}
    is_open = status in OPEN_STATUSES and chance.random() < 0.7
    last = {} if is_open else {"ends": str(ends)}
    return enrollment(f"e{number}", chance.choice(KIDS), chance.choice(PROGRAMS), **said, **last)


async def read(world: World, sql: str) -> list[Mapping[str, Any]]:
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


def check(enrollments: list[Mapping[str, Any]], days: list[Mapping[str, Any]]) -> None:
    by_key = {row["enrollment_id"]: row for row in enrollments}
    assert all(day["child_id"] == by_key[day["enrollment_id"]]["child_id"] for day in days)
    made = [row for row in enrollments if row["made"]]
    assert len({(row["child_id"], row["program_id"]) for row in made}) == len(made)
    for row in made:
        own = [day for day in days if day["enrollment_id"] == row["enrollment_id"]]
        came = [day["attended_on"] for day in own if day["category"] in ATTENDED]
        expected = ("ENROLLED", min(came)) if came else ("NOT_ENROLLED", row["begins"])
        assert (row["status"], row["begins"], row["ends"]) == (*expected, None)


@pytest.mark.parametrize("seed", range(4))
async def test_a_made_enrollment_always_says_what_its_days_say(world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - a failure must come back with its seed; nothing here is a secret.
    program = {"code": "after2", "name": "After 2", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    await world.fill("club", Kind.PROGRAM, [program])
    for _ in range(POSTS):
        kind, make = chance.choice(
            [(Kind.ATTENDANCE, a_day), (Kind.ATTENDANCE, a_day), (Kind.ENROLLMENT, an_enrollment)]
        )
        numbers = chance.sample(range(12), chance.randint(1, 5))
        await world.post("club", kind, *(make(chance, number) for number in numbers))
        check(await read(world, ENROLLMENTS), await read(world, DAYS))
