"""Waiting ends: in one's turn, in time, or when one gives up; and no turn is lost on the way."""

import asyncio
import random

import pytest

from cabinet.deadlines import Deadlines
from cabinet.turns import Turns


async def test_what_takes_too_long_ends_and_what_does_not_goes_on() -> None:
    deadlines = Deadlines()
    with pytest.raises(TimeoutError), deadlines.within(0):
        await asyncio.Event().wait()
    with deadlines.within(60):
        await asyncio.to_thread(int)
    with pytest.raises(ZeroDivisionError), deadlines.within(0):
        1 / 0  # noqa: B018 - what fails by itself is not said to be late.


async def test_who_cancels_is_not_told_that_it_took_too_long() -> None:
    deadlines = Deadlines()

    async def wait() -> None:
        with deadlines.within(60):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_inner_of_two_deadlines_ends_only_what_is_within_it() -> None:
    deadlines = Deadlines()
    with deadlines.within(60):
        with pytest.raises(TimeoutError), deadlines.within(0):
            await asyncio.Event().wait()
        await asyncio.to_thread(int)


async def test_turns_are_had_in_line_and_none_is_lost_on_those_who_give_up() -> None:
    chance, turns, had = random.Random(5), Turns(3, Deadlines(), 60), list[int]()  # noqa: S311 - no secrets here.

    async def one(number: int) -> None:
        if not turns.take():
            await turns.wait()
        had.append(number)
        try:
            await asyncio.sleep(0)
        finally:
            turns.give_back()

    tasks = [asyncio.create_task(one(number)) for number in range(300)]
    for _ in range(120):
        await asyncio.sleep(0)
        chance.choice(tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert had == sorted(had)
    assert len(had) >= 180
    assert turns.free == 3


async def test_who_waits_too_long_for_a_turn_is_told_so_and_leaves_the_line() -> None:
    turns = Turns(1, Deadlines(), 0)
    assert turns.take()
    assert not turns.take()
    with pytest.raises(TimeoutError):
        await turns.wait()
    turns.give_back()
    assert turns.free == 1
