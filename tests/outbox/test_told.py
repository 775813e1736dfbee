"""Who is told of what: ids and counts, of the own posts and of what everybody may read."""

import re
from pathlib import Path
from typing import Any

import orjson

from cabinet.intake.rows import Kind
from cabinet.outbox.hooks import remove_hook
from tests.outbox.conftest import OPERATOR, Post, Sql
from tests.outbox.receiver import receiving
from tests.world import World, child, enrollment

PAGE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
PROGRAM = {"code": "new", "name": "New", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}


def documented() -> Any:
    """Return the check of docs/webhooks.md, as a receiver would copy it."""
    (code,) = re.findall(r"```python\n(.+?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own page.
    return names["is_genuine"]


async def test_a_receiver_can_check_who_sent_it_by_the_documented_words(post: Post) -> None:
    is_genuine = documented()
    async with receiving() as receiver:
        _, secret = await post.hook(receiver.url)
        _, other = await post.hook("http://127.0.0.1:9/", "arts")
        await post.enroll("Ana")
        assert (await post.once()).delivered == 1
    (request,) = receiver.requests
    assert request.line == "POST /hook?tenant=1 HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    assert is_genuine(secret, request.headers, request.body)
    assert not is_genuine(other, request.headers, request.body)
    assert not is_genuine(secret, request.headers, request.body.replace(b"1", b"2", 1))
    for name, value in (("webhook-id", "msg_other"), ("webhook-timestamp", "1700000000")):
        assert not is_genuine(secret, {**request.headers, name: value}, request.body)


async def test_an_organization_is_told_of_its_own_posts_and_of_nobody_elses(post: Post, world: World) -> None:
    async with receiving() as club, receiving() as arts, receiving() as river:
        await post.hook(club.url)
        await post.hook(arts.url, "arts")
        await post.hook(river.url, "club", community=world.river)
        await post.enroll("Ana")
        bad = enrollment("bad", child("", "Bo"), "nowhere")
        await world.post("arts", Kind.ENROLLMENT, enrollment("a1", child("", "Cy"), "paint"), bad)
        await post.once()
    assert [request.told["type"] for request in club.requests] == ["enrollment.posted"]
    (told,) = [request.told["data"] for request in arts.requests]
    organization = told.pop("organization")
    counts = {"created": 1, "updated": 0, "unchanged": 0, "needsReview": 0, "rejected": 1}
    assert told == {"community": "harbor", **counts}
    assert organization != club.requests[0].told["data"]["organization"]
    assert river.requests == []


async def test_what_services_there_are_is_told_to_everybody_without_who_posted(post: Post, world: World) -> None:
    async with receiving() as receiver, receiving() as river:
        await post.hook(receiver.url, "clinic")
        await post.hook(river.url, "club", community=world.river)
        await world.post("district", Kind.PROGRAM, PROGRAM, {**PROGRAM, "code": "bad", "organization": "nobody"})
        await post.once()
    (request,) = receiver.requests
    assert request.told["type"] == "program.posted"
    assert request.told["data"] == {"community": "harbor", "created": 1, "updated": 0}
    assert river.requests == []


async def test_a_hook_is_told_of_the_events_it_asked_for(post: Post, world: World) -> None:
    async with receiving() as some, receiving() as every:
        await post.hook(some.url, "club", "program.posted", "child.posted")
        await post.hook(every.url)
        await post.enroll("Ana")
        await world.roster("club", child("c1", "Bo"))
        await world.fill("district", Kind.PROGRAM, [PROGRAM])
        await post.once()
    in_order = ["enrollment.posted", "child.posted", "program.posted"]
    assert [request.told["type"] for request in every.requests] == in_order
    assert [request.told["type"] for request in some.requests] == in_order[1:]
    assert set(some.ids) < set(every.ids)


async def test_nothing_but_what_is_named_ever_leaves(post: Post, world: World, sql: Sql) -> None:
    """A later payload may hold more than today's: none of it is told."""
    async with receiving() as receiver:
        await post.hook(receiver.url)
        club = (await world.source("club")).organization_id
        payload = {"organization_id": club, "CREATED": "Ana Rivera", "UPDATED": 2, "given_name": "Ana", "note": {}}
        await sql(
            "INSERT INTO outbox (community_id, topic, payload) VALUES ($1, 'enrollment.posted', $2)",
            world.harbor.community_id,
            orjson.dumps(payload, default=str).decode(),
        )
        await post.once()
    (request,) = receiver.requests
    assert b"Ana" not in request.body
    assert set(request.told) == {"type", "timestamp", "data"}
    assert set(request.told["data"]) == {
        *("community", "organization"),
        *("created", "updated", "unchanged", "needsReview", "rejected"),
    }
    assert (request.told["data"]["created"], request.told["data"]["updated"]) == (0, 2)


async def test_a_topic_nobody_knows_is_told_to_its_own_organization_only(
    post: Post, world: World, sql: Sql
) -> None:
    async with receiving() as club, receiving() as arts:
        await post.hook(club.url)
        await post.hook(arts.url, "arts")
        source = await world.source("club")
        for organization in (str(source.organization_id), None):
            await sql(
                "INSERT INTO outbox (community_id, topic, payload)"
                " VALUES ($1, 'later.posted', jsonb_build_object('organization_id', $2::text))",
                source.community_id,
                organization,
            )
        await post.once()
    assert len(club.requests) == 1
    assert arts.requests == []


async def test_a_hook_is_told_of_what_is_posted_after_it_and_before_its_removal(post: Post, world: World) -> None:
    async with receiving() as receiver:
        await post.enroll("Before")
        webhook_id, _ = await post.hook(receiver.url)
        await post.enroll("Between")
        await post.once()
        await post.enroll("Waiting")
        await remove_hook(world.database, OPERATOR, world.harbor, webhook_id)
        await post.enroll("After")
        await post.once()
    assert len(receiver.requests) == 1
    assert await post.dead() == []
