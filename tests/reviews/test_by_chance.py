"""Decisions upon decisions, drawn by chance, with posts between them or without."""

import random
from typing import Any

import pytest

from cabinet.intake.rows import Kind
from tests.reviews.deciding import Desk
from tests.reviews.family import ENGLISH, IEP, about, say
from tests.reviews.test_at_once import astray
from tests.world import attendance, child, enrollment

SEEDS = range(6)
STEPS = 9
SOURCES = (
    ("district", "D1"),
    ("district", "D2"),
    ("clinic", "P1"),
    ("club", "C1"),
    ("club", "C2"),
    ("arts", "A1"),
)
SAID_OF = (
    "enrollment",
    "attendance_event",
    "encounter",
    "need",
    "referral",
    "consent",
    "child_year",
    "characteristic",
)
DISTRICT = [record for organization, record in SOURCES if organization == "district"]


async def fill(desk: Desk) -> None:
    """Make six children of six records, two of them of one source each, and let everybody say everything."""
    for number, (organization, record) in enumerate(SOURCES):
        said = [{**ENGLISH, "value": "NO" if number % 2 else "YES"}, IEP][: number % 3]
        row = child(
            record,
            f"Kid{number}",
            grade=f"0{number + 1}",
            characteristics=said,
            race_ethnicity=["ASIAN"][number % 2 :],
        )
        await desk.post(organization, Kind.CHILD, row)
        await say(desk, organization, record, record.lower())
    rows = [enrollment(f"e-{record}", record, "after") for record in ("C1", "C2")]
    await desk.post("club", Kind.ENROLLMENT, *rows)
    days = [attendance(f"a-{record}", record, f"2026-09-0{number}") for number, record in ((3, "C1"), (4, "C2"))]
    await desk.post("club", Kind.ATTENDANCE, *days)


async def decide(desk: Desk, chance: random.Random) -> dict[str, Any] | None:
    """Join two children or part a record from one; None where the draw cannot be done."""
    children = sorted({await desk.child_of(record) for _, record in SOURCES})
    if chance.random() < 0.6 and len(children) > 1:
        keep, other = chance.sample(children, 2)
        return await desk.merge(keep, other) if await _is_mine(desk, keep, other) else None
    record = chance.choice(DISTRICT)
    whole = await desk.child_of(record)
    alone = [each for _, each in SOURCES if await desk.child_of(each) == whole] == [record]
    return None if alone else await desk.split(whole, record)


async def _is_mine(desk: Desk, *children: Any) -> bool:
    return any([await desk.child_of(record) in children for record in DISTRICT])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("is_told", [True, False])
async def test_each_decision_is_undone_to_the_letter(desk: Desk, seed: int, *, is_told: bool) -> None:
    """Also where the rows do not tell by which record they were said, as those from before this."""
    chance = random.Random(seed)  # noqa: S311 - the same draw each time.
    await fill(desk)
    for table in () if is_told else SAID_OF:
        await desk.owner.execute(f"UPDATE {table} SET source_record_id = NULL")
    stack = []
    for _ in range(STEPS):
        before, decision = await desk.dump(), await decide(desk, chance)
        assert await astray(desk) == []
        if decision is not None:
            stack.append((before, decision))
        if stack and chance.random() < 0.3:
            before, decision = stack.pop()
            await desk.undo(decision)
            assert await desk.dump() == before
    while stack:
        before, decision = stack.pop()
        await desk.undo(decision)
        assert await desk.dump() == before


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_is_said_between_stays_with_its_record(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same draw each time.
    await fill(desk)
    stack = []
    for step in range(STEPS):
        decision = await decide(desk, chance)
        if decision is not None:
            stack.append(decision)
        organization, record = chance.choice(SOURCES)
        await desk.post(
            organization,
            Kind.CHILD,
            child(
                record,
                "Kid",
                grade=f"0{step + 1}",
                characteristics=[{**ENGLISH, "begins": f"2026-09-0{step + 1}"}],
            ),
        )
        await desk.post(
            organization,
            Kind.NEED,
            about(f"s{step}", record, service_type="TUTORING", basis="REQUEST", opened="2026-09-11"),
        )
        if stack and chance.random() < 0.4:
            await desk.undo(stack.pop())
        assert await astray(desk) == []
    while stack:
        await desk.undo(stack.pop())
        assert await astray(desk) == []
    assert len({await desk.child_of(record) for _, record in SOURCES}) == len(SOURCES)
    assert await desk.fetch("SELECT count(*) FROM need") == [(len(SOURCES) + STEPS,)]
