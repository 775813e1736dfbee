"""What survives a deliverer that is killed, and what several of them do not do to each other."""

import asyncio
from contextlib import AsyncExitStack

import asyncpg
import pytest

from cabinet.intake.rows import Kind
from cabinet.outbox.claim import claim
from tests.outbox.conftest import Post, Sql
from tests.outbox.process import delivering
from tests.outbox.receiver import PATIENCE, Exchange, Receiver, receiving, status
from tests.outbox.test_receivers import QUICK, hang

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"
PUT_OFF = "SELECT failures FROM webhook"


async def until(owner: asyncpg.Connection, question: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await owner.fetchval(question):
            await asyncio.sleep(0)


async def settled(owner: asyncpg.Connection, deliveries: int) -> None:
    await until(owner, f"SELECT count(*) = {deliveries} FROM delivery WHERE delivered_at IS NOT NULL")


async def test_killed_while_the_receiver_thinks_it_is_sent_again_the_same(post: Post, database_url: str) -> None:
    owner = await asyncpg.connect(database_url)
    async with receiving(hang, status(204)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo")
        async with delivering(database_url) as first:
            await receiver.until(lambda: receiver.requests)
            first.kill()
        async with delivering(database_url):
            await settled(owner, 2)
    await owner.close()
    first_time, again, other = receiver.requests
    assert (first_time.message_id, first_time.body) == (again.message_id, again.body)
    assert other.message_id != again.message_id
    assert receiver.most_at_once == 1


async def test_killed_between_the_answer_and_its_writing_down_it_is_sent_again(
    post: Post, database_url: str
) -> None:
    owner, watcher = [await asyncpg.connect(database_url) for _ in range(2)]
    lock = owner.transaction()

    async def take_it_and_block(exchange: Exchange) -> None:
        await lock.start()
        await owner.execute("LOCK TABLE delivery IN EXCLUSIVE MODE")
        await status(204)(exchange)

    async with receiving(take_it_and_block, status(204)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana")
        async with delivering(database_url) as first:
            await until(watcher, WAITING)
            first.kill()
        await lock.rollback()
        async with delivering(database_url):
            await settled(watcher, 1)
    await owner.close()
    await watcher.close()
    assert receiver.ids[0] == receiver.ids[1]
    assert len(receiver.requests) == 2


@pytest.mark.parametrize("table", ["outbox", "delivery", "webhook"])
async def test_killed_before_anything_was_sent_it_is_sent_once(post: Post, database_url: str, table: str) -> None:
    owner, watcher = [await asyncpg.connect(database_url) for _ in range(2)]
    async with receiving() as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo")
        lock = owner.transaction()
        await lock.start()
        await owner.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        async with delivering(database_url) as first:
            await until(watcher, WAITING)
            first.kill()
        await lock.rollback()
        async with delivering(database_url):
            await settled(watcher, 2)
    await owner.close()
    await watcher.close()
    assert len(receiver.requests) == len(set(receiver.ids)) == 2


async def test_told_to_stop_a_deliverer_ends_what_it_has_begun_and_no_more(post: Post, database_url: str) -> None:
    owner = await asyncpg.connect(database_url)
    asked = asyncio.Event()

    async def answer_late(exchange: Exchange) -> None:
        await asked.wait()
        await status(204)(exchange)

    async with receiving(answer_late) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo")
        async with delivering(database_url, CABINET_WEBHOOK_SECONDS="20") as process:
            await receiver.until(lambda: receiver.requests)
            process.terminate()
            asked.set()
            assert await process.wait() == 0
        assert len(receiver.requests) == 1
        await settled(owner, 1)
        # Nothing is left claimed: another deliverer goes on at once.
        assert (await post.once()).delivered == 1
    await owner.close()


async def test_several_deliverers_send_everything_once_and_in_order(post: Post) -> None:
    names = [f"Kid {chr(97 + n)}" for n in range(12)]
    ending = asyncio.Event()
    async with AsyncExitStack() as stack:
        receivers: list[Receiver] = [await stack.enter_async_context(receiving()) for _ in range(3)]
        for receiver in receivers:
            await post.hook(receiver.url)
        deliverers = [await stack.enter_async_context(post.deliverer(ending, **QUICK)) for _ in range(4)]
        tasks = [asyncio.create_task(each.forever()) for each in deliverers]
        await post.enroll(*names)
        for receiver in receivers:
            await receiver.until(lambda receiver=receiver: len(receiver.requests) >= len(names))
        ending.set()
        tallies = await asyncio.gather(*tasks)
    assert sum(tally.delivered for tally in tallies) == len(names) * len(receivers)
    for receiver in receivers:
        assert len(receiver.ids) == len(set(receiver.ids)) == len(names)
        assert receiver.ids == sorted(receiver.ids)
        assert receiver.most_at_once == 1


async def test_processes_side_by_side_send_nothing_twice(post: Post, database_url: str) -> None:
    owner = await asyncpg.connect(database_url)
    async with receiving() as one, receiving() as other:
        await post.hook(one.url)
        await post.hook(other.url)
        async with delivering(database_url), delivering(database_url), delivering(database_url):
            await post.enroll("Ana", "Bo", "Cy", "Di")
            await settled(owner, 8)
    await owner.close()
    for receiver in one, other:
        assert len(receiver.requests) == 4
        assert receiver.ids == sorted(set(receiver.ids))


async def test_a_community_that_cannot_be_looked_at_holds_up_no_other(post: Post, database_url: str) -> None:
    owner = await asyncpg.connect(database_url)
    async with receiving() as harbor, receiving() as river:
        await post.hook(harbor.url)
        await post.hook(river.url, community=post.world.river)
        await post.enroll("Ana")
        program = {"code": "new", "name": "New", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
        await post.world.post("club", Kind.PROGRAM, program, community=post.world.river)
        async with owner.transaction():
            await owner.execute("SELECT FROM outbox WHERE topic = 'enrollment.posted' FOR UPDATE")
            tally = await post.once(post_seconds=0.2)
        assert (tally.delivered, tally.failed > 0) == (1, True)
        assert (len(harbor.requests), len(river.requests)) == (0, 1)
        assert (await post.once()).delivered == 1
    await owner.close()


async def test_no_event_overtakes_one_that_another_deliverer_is_handing_out(
    post: Post, database_url: str, sql: Sql
) -> None:
    owner = await asyncpg.connect(database_url)
    async with receiving() as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo")
        async with owner.transaction():
            await owner.execute(
                "SELECT FROM outbox WHERE topic = 'enrollment.posted' ORDER BY outbox_id LIMIT 1 FOR UPDATE"
            )
            task = asyncio.create_task(post.once())
            await until(owner, WAITING)
            assert receiver.requests == []
        assert (await task).delivered == 2
    await owner.close()
    assert receiver.ids == sorted(receiver.ids)


async def test_who_was_kept_waiting_past_its_claim_sends_nothing(post: Post, database_url: str) -> None:
    owner, watcher = [await asyncpg.connect(database_url) for _ in range(2)]
    lock = owner.transaction()

    async def take_it_and_block_the_next(exchange: Exchange) -> None:
        await lock.start()
        await owner.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        await status(204)(exchange)

    async with receiving(take_it_and_block_the_next, status(204)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo")
        late = asyncio.create_task(post.once(webhook_seconds=0.5))
        await until(watcher, WAITING)
        await until(watcher, "SELECT claimed_until < now() FROM webhook")
        assert len(await claim(post.world.database, post.world.harbor, 1)) == 1
        await lock.rollback()
        assert (await late).delivered == 1
    await owner.close()
    await watcher.close()
    assert len(receiver.requests) == 1


async def test_who_lost_its_claim_changes_nothing_any_more(post: Post, sql: Sql) -> None:
    """A deliverer that was stopped for too long finds that another has done its work."""
    answer = asyncio.Event()

    async def fail_late(exchange: Exchange) -> None:
        await answer.wait()
        await status(500)(exchange)

    async with receiving(fail_late, status(204)) as receiver:
        await post.hook(receiver.url)
        await post.enroll("Ana", "Bo")
        late = asyncio.create_task(post.once())
        await receiver.until(lambda: receiver.requests)
        await sql("UPDATE webhook SET claimed_until = now() - interval '1 second'")
        assert (await post.once(webhook_give_up_seconds=0)).delivered == 2
        answer.set()
        assert (await late).failed == 1
    assert [row["failures"] for row in await sql(PUT_OFF)] == [0]
    assert await post.dead() == []
    assert (await post.once()).delivered == 0
