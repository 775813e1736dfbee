"""What is promised of a delivery, however its receiver behaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from cabinet.outbox.dead import retry
from cabinet.outbox.deliver import Deliverer
from tests.outbox.conftest import OPERATOR, Post, Sql
from tests.outbox.receiver import Behaviour, Exchange, receiving, status
from tests.world import World

QUICK = {"webhook_retry_seconds": 0.01, "webhook_poll_seconds": 0.01}
MEGABYTE = bytes(1_000_000)


async def hang(exchange: Exchange) -> None:
    await exchange.until_gone()


async def hang_up(exchange: Exchange) -> None:
    exchange.writer.close()


async def talk_nonsense(exchange: Exchange) -> None:
    await exchange.say(b"220 mail.example.org ESMTP\r\n")


async def dribble(exchange: Exchange) -> None:
    """Send a letter of the head now and then, for as long as anybody listens."""
    await exchange.say(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not exchange.reader.at_eof():
        await exchange.say(b".")
        with suppress(TimeoutError):
            await asyncio.wait_for(exchange.reader.read(1), 0.05)


async def keep_saying_wait(exchange: Exchange) -> None:
    while True:
        await exchange.say(b"HTTP/1.1 102 Processing\r\n\r\n")


async def never_end_the_head(exchange: Exchange) -> None:
    await exchange.say(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.say(b"X-Large: " + MEGABYTE + b"\r\n")


async def hang_up_in_the_head(exchange: Exchange) -> None:
    await exchange.say(b"HTTP/1.1 200 OK\r\nContent-")


BAD: dict[str, tuple[Behaviour, str]] = {
    "500": (status(500), "WEBHOOK_REFUSED"),
    "404": (status(404), "WEBHOOK_REFUSED"),
    "304": (status(304), "WEBHOOK_REFUSED"),
    "hang": (hang, "WEBHOOK_TIMEOUT"),
    "dribble": (dribble, "WEBHOOK_TIMEOUT"),
    "wait": (keep_saying_wait, "WEBHOOK_TIMEOUT"),
    "hang up": (hang_up, "WEBHOOK_UNREACHABLE"),
    "hang up in the head": (hang_up_in_the_head, "WEBHOOK_UNREACHABLE"),
    "nonsense": (talk_nonsense, "WEBHOOK_UNREACHABLE"),
    "endless head": (never_end_the_head, "WEBHOOK_UNREACHABLE"),
}


@pytest.mark.parametrize("how", BAD)
async def test_a_receiver_that_does_not_take_it_is_named_and_asked_again(post: Post, how: str) -> None:
    behaviour, code = BAD[how]
    async with receiving(behaviour, status(204)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        tally = await post.once(webhook_give_up_seconds=0, webhook_seconds=0.5)
        assert (tally.delivered, tally.failed, tally.given_up) == (0, 1, 1)
        (dead,) = await post.dead()
        assert dead.last_error.startswith(f"{code}: ")
        assert (dead.attempts, dead.topic, dead.organization) == (1, "enrollment.posted", "club")
        await retry(post.world.database, OPERATOR, dead.delivery_id)
        assert (await post.once()).delivered == 1
    first, second = receiver.requests
    assert first.message_id == second.message_id
    assert first.body == second.body
    assert await post.dead() == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_leads_nowhere(post: Post, code: int) -> None:
    async with receiving() as inside, receiving(status(code, f"Location: {inside.url}")) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        assert await post.errors() == ["WEBHOOK_REFUSED"]
    assert inside.connections == 0


async def test_the_body_of_an_answer_is_not_read(post: Post) -> None:
    taken = 0

    async def pour(exchange: Exchange) -> None:
        nonlocal taken
        await exchange.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await exchange.say(MEGABYTE)
            taken += 1

    async with receiving(pour) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        assert (await post.once()).delivered == 1
    # What the system's own buffers hold, and no more.
    assert taken < 20


@asynccontextmanager
async def running(deliverer: Deliverer, ending: asyncio.Event) -> AsyncIterator[None]:
    task = asyncio.create_task(deliverer.forever())
    yield
    ending.set()
    await task


async def test_a_failure_holds_up_what_comes_after_it_and_nothing_is_lost(post: Post) -> None:
    ending = asyncio.Event()
    async with (
        receiving(status(500), hang_up, status(204), status(503), status(204)) as receiver,
        post.deliverer(ending, **QUICK) as deliverer,
    ):
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo", "Cy")
        async with running(deliverer, ending):
            await receiver.until(lambda: len(receiver.requests) == 6)
    first, second, third = dict.fromkeys(receiver.ids)
    assert receiver.ids == [first, first, first, second, second, third]
    assert sorted((first, second, third)) == [first, second, third]
    assert (deliverer.tally.delivered, deliverer.tally.failed) == (3, 3)


async def test_who_hangs_holds_up_nobody_else(post: Post) -> None:
    ending = asyncio.Event()
    async with (
        receiving(hang) as hanging,
        receiving() as receiver,
        post.deliverer(ending, **QUICK, webhook_seconds=3) as deliverer,
    ):
        await post.hook(hanging.url)
        await post.hook(receiver.url)
        await post.enroll("Ana")
        async with running(deliverer, ending):
            await hanging.until(lambda: hanging.requests)
            await post.enroll("Bo", "Cy")
            await receiver.until(lambda: len(receiver.requests) == 3)
            assert hanging.under_way.total() == 1


async def test_a_receiver_that_is_down_is_asked_once_for_all_that_waits(post: Post) -> None:
    async with receiving(status(500)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo", "Cy")
        for _ in range(3):
            await post.once()
    assert len(receiver.requests) == 1
    assert await post.dead() == []


async def test_the_next_has_its_turn_when_one_is_given_up(post: Post, sql: Sql) -> None:
    async with receiving(status(500), status(204)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo")
        await post.once(webhook_give_up_seconds=0)
        await sql("UPDATE webhook SET next_attempt_at = now()")
        await post.once()
    assert len(dict.fromkeys(receiver.ids)) == 2
    assert [each.last_error for each in await post.dead()] == ["WEBHOOK_REFUSED: The receiver answered 500."]


async def test_three_days_run_from_when_it_was_first_waited_for(post: Post, sql: Sql, world: World) -> None:
    async with receiving(status(500)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        await post.once()
        assert await post.dead() == []
        for age, given_up in (("2 days 23 hours", 0), ("3 days 1 minute", 1)):
            await sql(f"UPDATE delivery SET waiting_since = now() - interval '{age}'")
            await sql("UPDATE webhook SET next_attempt_at = now()")
            assert (await post.once()).given_up == given_up
        (dead,) = await post.dead()
        await retry(world.database, OPERATOR, dead.delivery_id)
        assert (await post.once()).given_up == 0
    assert len(receiver.requests) == 4
