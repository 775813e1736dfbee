"""Decisions upon decisions, drawn by chance, with posts between them or without."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cabinet import tables
from cabinet.intake.rows import Kind
from cabinet.read.rows import encode_id
from tests.reviews.deciding import DECIDE, MERGE, UNDO, Desk
from tests.reviews.family import ENGLISH, IEP, about, say
from tests.reviews.test_at_once import astray
from tests.reviews.test_decide import NUMBER, TWINS, waiting_rows
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
REFUSED = {"MATCH_DECIDED", "MATCH_INVALID", "MATCH_OVERTAKEN", "MATCH_UNDONE", "NOT_FOUND"}
HELD_BY_OTHERS = """
SELECT c.child_id FROM child c LEFT JOIN child_link l ON l.child_id = c.child_id AND l.undone_at IS NULL
GROUP BY c.child_id, c.community_id, c.organization_ids
HAVING NOT (c.organization_ids @> array_remove(array_agg(l.organization_id), NULL)
  AND array_remove(array_agg(l.organization_id), NULL) @> c.organization_ids)
"""
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


async def decide_and_undo(
    desk: Desk, chance: random.Random, act: Callable[[Desk, random.Random], Awaitable[Any]], share: float
) -> None:
    """Decide again and again, undo a share of it on the way and the rest at the end: each to the letter."""
    stack = []
    for _ in range(STEPS):
        before, decision = await desk.dump(), await act(desk, chance)
        assert await astray(desk) == []
        if decision is not None:
            stack.append((before, decision))
        if stack and chance.random() < share:
            before, decision = stack.pop()
            await desk.undo(decision)
            assert await desk.dump() == before
    while stack:
        before, decision = stack.pop()
        await desk.undo(decision)
        assert await desk.dump() == before


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("is_told", [True, False])
async def test_each_decision_is_undone_to_the_letter(desk: Desk, seed: int, *, is_told: bool) -> None:
    """Also where the rows do not tell by which record they were said, as those from before this."""
    chance = random.Random(seed)  # noqa: S311 - the same draw each time.
    await fill(desk)
    for table in () if is_told else SAID_OF:
        await desk.owner.execute(f"UPDATE {table} SET source_record_id = NULL")
    await decide_and_undo(desk, chance, decide, 0.3)


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


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_what_stewards_decide_at_once_is_undone_to_the_letter(desk: Desk, seed: int) -> None:
    """Each decision is whole or refused, whoever decides beside; undone from the last one on, nothing is left."""
    chance = random.Random(seed)  # noqa: S311 - the same draw each time.
    await fill(desk)
    before = await desk.dump()
    desks = [desk, await desk.another("HEALTH"), await desk.another("OUT_OF_SCHOOL_TIME")]
    for _ in range(STEPS):
        children = [desk.child_id(await desk.child_of(record)) for _, record in SOURCES]
        link = chance.choice([each["link"] for each in (await desk.records(await desk.child_of("D1"))).values()])
        asked = [(MERGE, dict(zip(("keep", "other"), chance.sample(children, 2), strict=True))) for _ in range(4)]
        asked.append((UNDO, {"id": link}))
        answers = await asyncio.gather(
            *(desk.client.ask(query, chance.choice(desks).token, **given) for query, given in asked)
        )
        codes = {error["extensions"]["code"] for each in answers for error in each.get("errors", ())}
        assert codes <= REFUSED
        assert await astray(desk) == []
        assert await desk.fetch(HELD_BY_OTHERS) == []
    stack = "SELECT match_decision_id FROM match_decision WHERE undone_at IS NULL ORDER BY match_decision_id DESC"
    decisions = await desk.fetch(stack)
    assert decisions
    for (decision,) in decisions:
        community = desk.client.world.harbor.community_id
        await desk.undo({"id": encode_id(tables.match_decision, community, decision)})
        assert await astray(desk) == []
    assert await desk.dump() == before


async def wait_for_a_person(desk: Desk) -> None:
    """Let rows of two records wait that fit either of two children, of whom the clinic knows one."""
    await desk.post("district", Kind.CHILD, *TWINS)
    for number, named in enumerate(({"source_id": "W"}, {})):
        for kind, row in waiting_rows(**named):
            await desk.post("district", kind, {**row, "record_id": f"{row['record_id']}-{number}"})
    await desk.post("clinic", Kind.CHILD, child("P1", "Ana", identifiers={NUMBER: "1"}))


async def settle_by_chance(desk: Desk, chance: random.Random) -> dict[str, Any] | None:
    """Decide an open review, or join the candidates; None where nothing is left to be decided."""
    one, other = await desk.child_of("D1"), await desk.child_of("D2")
    if one != other and chance.random() < 0.25:
        return await desk.merge(one, other)
    if one == other and chance.random() < 0.25:
        return await desk.split(one, "D2")
    reviews = await desk.reviews()
    if not reviews:
        return None
    chosen = chance.choice([{"newChild": True}, *({"child": desk.child_id(each)} for each in (one, other))])
    answer = await desk.client.ask(DECIDE, desk.token, review=chance.choice(reviews)["id"], **chosen)
    refused = {error["extensions"]["code"] for error in answer.get("errors", ())}
    # A second open enrollment of the program is refused; it waits on, and its record has a child by then.
    assert refused <= {"MATCH_ROW_REFUSED", "MATCH_INVALID"}
    decided: dict[str, Any] | None = None if refused else answer["data"]["decideMatch"]
    return decided


@pytest.mark.parametrize("seed", SEEDS)
async def test_rows_that_wait_are_taken_in_and_wait_again_whatever_is_decided_between(
    desk: Desk, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same draw each time.
    await wait_for_a_person(desk)
    await decide_and_undo(desk, chance, settle_by_chance, 0.4)
