"""What is worked out ahead is the same, in its order, and nobody goes on working for nothing."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import aclosing
from threading import Event, Thread, current_thread

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers.ahead import one_ahead
from tests.imports.test_door import until

PATIENCE = 60


def numbers(count: int) -> Iterator[int]:
    yield from range(count)


def broken(count: int) -> Iterator[int]:
    yield from numbers(count)
    raise FileUnreadable("torn")


async def test_every_part_comes_in_its_place() -> None:
    for count in (0, 1, 2, 1_000):
        assert [each async for each in one_ahead(numbers(count))] == list(range(count))


@pytest.mark.parametrize("count", [0, 1, 5])
async def test_what_was_made_before_an_error_comes_before_it(count: int) -> None:
    parts = one_ahead(broken(count))
    assert [await anext(parts) for _ in range(count)] == list(range(count))
    with pytest.raises(FileUnreadable):
        await anext(parts)


async def test_one_part_is_made_while_another_is_used_and_no_more() -> None:
    begun = [Event() for _ in range(5)]
    threads = set()

    def parts() -> Iterator[int]:
        for number, event in enumerate(begun):
            threads.add(current_thread())
            event.set()
            yield number

    async with aclosing(one_ahead(parts())) as made:
        assert await anext(made) == 0
        assert await asyncio.to_thread(begun[1].wait, PATIENCE)
        assert await anext(made) == 1
        assert await asyncio.to_thread(begun[2].wait, PATIENCE)
        assert not begun[3].is_set()
    assert current_thread() not in threads


async def test_who_stops_hears_nothing_of_what_goes_wrong_later(caplog: pytest.LogCaptureFixture) -> None:
    is_left = Event()
    threads: list[Thread] = []

    def parts() -> Iterator[int]:
        yield 1
        threads.append(current_thread())
        is_left.wait(PATIENCE)
        raise FileUnreadable("torn")

    async with aclosing(one_ahead(parts())) as made:
        assert await anext(made) == 1
        await until(lambda: threads)
    is_left.set()
    await asyncio.to_thread(threads[0].join, PATIENCE)
    # What the thread has said is heard now, and what nobody has asked for is complained of when it goes.
    await asyncio.sleep(0)
    del made
    gc.collect()
    assert caplog.records == []
