"""The demo's own doings, on the smaller of its two communities."""

from cabinet.cli import demo
from cabinet.communities import add_community
from cabinet.db import Database
from cabinet.demo import COMMUNITIES

MILL_RIVER = COMMUNITIES[1]


async def test_a_demo_that_was_cut_short_is_made_whole_by_the_next_start(database: Database, monkeypatch) -> None:
    made = await add_community(database, **vars(MILL_RIVER))
    batches = demo.demo_batches(MILL_RIVER.code, made.today)
    monkeypatch.setattr(demo, "demo_batches", lambda *_: batches)
    for batch in batches[: len(batches) // 2]:
        await demo.post_batch(database, made, batch, made.today)
    assert not await demo.is_whole(database, made)
    await demo.generate(database, made, made.today)
    assert await demo.is_whole(database, made)
    async with database.transaction(demo.operator_scope(made)) as connection:
        posted = await connection.fetch("SELECT action, detail FROM audit_event WHERE action ~ '^post'")
    created, rejected = (sum(row["detail"][name] for row in posted) for name in ("CREATED", "REJECTED"))
    assert rejected == 0
    assert created == sum(len(batch.rows) for batch in batches)
