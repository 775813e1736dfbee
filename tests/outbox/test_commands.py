"""The operator's way with webhooks, by the command line alone."""

import re
from uuid import uuid4

import orjson
import pytest

from cabinet.errors import InputInvalid, NotFound, WebhookUrlInvalid
from cabinet.outbox.dead import retry
from cabinet.outbox.hooks import remove_hook
from tests.outbox.conftest import OPERATOR, Post, Sql
from tests.outbox.process import run
from tests.outbox.receiver import receiving, status

CLUB = ("--community", "harbor", "--organization", "club")


async def test_a_hook_is_added_listed_used_and_removed(post: Post, database_url: str, sql: Sql) -> None:
    async with receiving(status(500), status(204)) as receiver:
        added = await run(database_url, "hook", "add", receiver.url, *CLUB, "--events", "enrollment.posted")
        (secret,) = re.findall(r"^whsec_[A-Za-z0-9+/]{43}=$", added, re.MULTILINE)
        await post.enroll("Ana")
        failed = await run(database_url, "deliver", "--once", expect=3, CABINET_WEBHOOK_GIVE_UP_SECONDS="0")
        assert "1 attempts failed, 1 given up" in failed
        assert "WEBHOOK_REFUSED" in failed
        (dead,) = orjson.loads(await run(database_url, "dead", "--json"))
        assert (dead["organization"], dead["topic"], dead["attempts"]) == ("club", "enrollment.posted", 1)
        assert dead["delivery_id"] in await run(database_url, "dead", "--community", "harbor")
        await run(database_url, "retry", dead["delivery_id"])
        assert "1 delivered" in await run(database_url, "deliver", "--once")
    listed = await run(database_url, "hook", "list", "--community", "harbor")
    assert "enrollment.posted" in listed
    assert secret not in listed + failed
    (hook,) = orjson.loads(await run(database_url, "hook", "list", "--community", "harbor", "--json"))
    await run(database_url, "hook", "remove", hook["webhook_id"], "--community", "harbor")
    assert [row["secret"] for row in await sql("SELECT secret FROM webhook")] == [None]
    done = await sql("SELECT action FROM audit_event WHERE subject LIKE 'command line: %' ORDER BY recorded_at")
    assert [row["action"] for row in done] == ["add webhook", "retry delivery", "remove webhook"]


async def test_what_cannot_be_meant_is_said(post: Post) -> None:
    world = post.world
    for topics, url, organization, refused in (
        (("child.born",), "http://127.0.0.1:9/", "club", InputInvalid),
        ((), "gopher://127.0.0.1/", "club", WebhookUrlInvalid),
        ((), "http://127.0.0.1:9/", "nobody", NotFound),
    ):
        with pytest.raises(refused) as caught:
            await post.hook(url, organization, *topics)
        assert caught.value.message
    made, _ = await post.hook("http://127.0.0.1:9/")
    for community, webhook_id in ((world.harbor, uuid4()), (world.river, made)):
        with pytest.raises(NotFound):
            await remove_hook(world.database, OPERATOR, community, webhook_id)
    with pytest.raises(NotFound):
        await retry(world.database, OPERATOR, uuid4())


async def test_what_was_given_up_for_a_removed_hook_is_gone(post: Post) -> None:
    made, _ = await post.hook("http://127.0.0.1:9/")
    await post.enroll("Ana")
    assert await post.errors() == ["WEBHOOK_UNREACHABLE"]
    (dead,) = await post.dead()
    await remove_hook(post.world.database, OPERATOR, post.world.harbor, made)
    assert await post.dead() == []
    with pytest.raises(NotFound):
        await retry(post.world.database, OPERATOR, dead.delivery_id)


async def test_a_private_address_needs_the_setting(database_url: str) -> None:
    arguments = ("hook", "add", "https://127.0.0.1/", *CLUB)
    said = await run(database_url, *arguments, expect=1, CABINET_WEBHOOK_PRIVATE="false")
    assert "WEBHOOK_ADDRESS_FORBIDDEN" in said
    assert "CABINET_WEBHOOK_PRIVATE" in said
