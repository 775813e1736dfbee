"""How a subscription begins and ends: the protocol, the limits, and everything that lets go of it."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from cabinet.app import Asgi, create_app
from cabinet.intake.rows import Kind
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from cabinet.web import sse
from tests.client import Client, running
from tests.stream import Stream, streaming
from tests.world import World, child, enrollment

COVERAGE = 'subscription { coverageChanged(community: "harbor") { at } }'
POSTED = 'subscription { enrollmentsPosted(community: "harbor") { nodes { recordId } } }'


def code_of(result: dict[str, Any]) -> str:
    code: str = result["errors"][0]["extensions"]["code"]
    return code


async def refused(app: Asgi, query: str, token: str | None = None) -> str:
    """Subscribe in vain, and return the code of the only event."""
    async with streaming(app, query, token) as stream:
        (result,) = await stream.ended()
    assert stream.head["status"] == 200
    return code_of(result)


def looking() -> int:
    """Count the feeds that look for changes right now."""
    return sum("Feed._look" in repr(task.get_coro()) for task in asyncio.all_tasks())


@pytest.mark.parametrize(
    ("query", "role", "code"),
    [
        (POSTED, None, "FORBIDDEN"),
        (COVERAGE, None, "FORBIDDEN"),
        (POSTED, Role.RESEARCHER, "FORBIDDEN"),
        (POSTED.replace("harbor", "nowhere"), Role.RESEARCHER, "NOT_FOUND"),
        (POSTED.replace("harbor", "river"), Role.PARTNER_AGENCY, "FORBIDDEN"),
        ("subscription { nothing }", Role.RESEARCHER, "DOCUMENT_INVALID"),
        ("subscription {", Role.RESEARCHER, "DOCUMENT_INVALID"),
        (
            f"subscription {{ a: {COVERAGE[15:-2]} b: {COVERAGE[15:-2]} }}",
            Role.RESEARCHER,
            "DOCUMENT_INVALID",
        ),
        (
            POSTED.replace("recordId", "child { enrollments { " * 6 + "id" + " } }" * 6),
            Role.PARTNER_AGENCY,
            "DOCUMENT_TOO_DEEP",
        ),
    ],
)  # fmt: skip
async def test_what_may_not_be_subscribed_to_is_refused_in_an_event(client: Client, app: Asgi, query, role, code):
    token = await client.token(role) if role else None
    assert await refused(app, query, token) == code
    assert looking() == 0


async def test_a_query_that_accepts_events_gets_one_and_a_complete(client: Client, app: Asgi) -> None:
    async with streaming(app, "{ communities { totalCount } }") as stream:
        assert await stream.ended() == [{"data": {"communities": {"totalCount": 2}}}]
    head = dict(stream.head["headers"])
    assert head[b"content-type"] == b"text/event-stream; charset=utf-8"
    assert (head[b"cache-control"], head[b"x-accel-buffering"]) == (b"no-store", b"no")
    assert await refused(app, '{ children(community: "harbor") { totalCount } }') == "FORBIDDEN"
    # Who takes JSON as well gets what a query is answered with everywhere.
    both = {"Accept": "application/json, text/event-stream"}
    for query, status in (("{ __typename }", 200), ("{ nothing }", 200)):
        response = await client.http.post("/graphql", json={"query": query}, headers=both)
        kind = response.headers["content-type"].partition(";")[0]
        assert (response.status_code, kind) == (status, "application/json")


async def test_a_subscription_that_accepts_no_events_is_told_what_to_send(client: Client) -> None:
    token = await client.token(Role.CABINET_STAFF)
    headers = {"Authorization": f"Bearer {token}"}
    response = await client.http.post("/graphql", json={"query": COVERAGE}, headers=headers)
    assert (response.status_code, code_of(response.json())) == (406, "EVENT_STREAM_NEEDED")


async def test_what_is_no_request_is_refused_as_everywhere(client: Client, app: Asgi) -> None:
    async with streaming(app, COVERAGE, "nonsense") as stream:
        await stream.until(lambda: stream.is_ended)
    assert stream.head["status"] == 401
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    response = await client.http.post("/graphql", content=b"{", headers=headers)
    assert (response.status_code, code_of(response.json())) == (400, "MALFORMED_REQUEST")
    assert (await client.http.get("/graphql", headers=headers)).status_code == 405


async def test_as_many_as_allowed_and_who_leaves_makes_room(client: Client, app: Asgi) -> None:
    token, other = await client.token(Role.CABINET_STAFF), await client.token(Role.SECTOR_STEWARD)
    async with (
        streaming(app, COVERAGE, token),
        streaming(app, COVERAGE, token),
        streaming(app, COVERAGE, token),
    ):
        async with streaming(app, COVERAGE, token) as fourth:
            assert await refused(app, COVERAGE, token) == "TOO_MANY_SUBSCRIPTIONS"
            async with streaming(app, POSTED, other) as somebody_else:
                assert somebody_else.results == []
            assert looking() == 1
        assert fourth.results == []
        async with streaming(app, COVERAGE, token) as again:
            assert again.results == []
    assert looking() == 0


async def test_a_server_holds_as_many_as_it_is_set_to(
    world: World, database_url: str, live_settings: Settings
) -> None:
    app = create_app(database_url, live_settings.model_copy(update={"live_server_limit": 1}))
    async with running(app) as http:
        client = Client(http, world, Tokens(live_settings))
        one, two = await client.token(Role.CABINET_STAFF), await client.token(Role.RESEARCHER)
        async with streaming(app, COVERAGE, one):
            assert await refused(app, COVERAGE, two) == "TOO_MANY_SUBSCRIPTIONS"
        async with streaming(app, COVERAGE, two) as stream:
            assert stream.results == []


async def test_an_open_subscription_gives_signs_of_life(client: Client, app: Asgi) -> None:
    async with streaming(app, COVERAGE, await client.token(Role.CABINET_STAFF)) as stream:
        await stream.until(lambda: stream.beats > 3)
    assert stream.results == []


async def test_it_ends_with_its_token(client: Client, app: Asgi) -> None:
    await client.token(Role.CABINET_STAFF)
    # Tokens are taken until 30 seconds after their time.
    token = client.tokens.issue("CABINET_STAFF:harbor:club:HEALTH", timedelta(seconds=-26))
    async with streaming(app, COVERAGE, token) as stream:
        (result,) = await stream.ended()
    assert code_of(result) == "TOKEN_INVALID"
    assert looking() == 0


async def test_it_ends_with_the_membership_before_another_row_is_sent(
    world: World, database_url: str, live_settings: Settings
) -> None:
    app = create_app(database_url, live_settings.model_copy(update={"live_beat_seconds": 30}))
    async with running(app) as http:
        token = await Client(http, world, Tokens(live_settings)).token(Role.PARTNER_AGENCY)
        async with streaming(app, POSTED, token) as stream:
            await end_memberships(world)
            await world.post("club", Kind.ENROLLMENT, enrollment("e1", child("a", "Ana"), "after"))
            (result,) = await stream.ended()
    assert code_of(result) == "MEMBERSHIP_CHANGED"


async def test_it_ends_with_the_membership_when_nothing_happens(client: Client, app: Asgi) -> None:
    async with streaming(app, POSTED, await client.token(Role.PARTNER_AGENCY)) as stream:
        await end_memberships(client.world)
        (result,) = await stream.ended()
    assert code_of(result) == "MEMBERSHIP_CHANGED"


async def end_memberships(world: World) -> None:
    async with world.database.transaction(Scope(Login.OPERATOR, (world.harbor.community_id,))) as connection:
        await connection.execute("UPDATE membership SET begins = CURRENT_DATE - 9, ends = CURRENT_DATE - 1")


async def test_it_is_completed_when_the_server_ends(
    world: World, database_url: str, live_settings: Settings
) -> None:
    ending = asyncio.Event()
    app = create_app(database_url, live_settings, ending=ending)
    async with running(app) as http:
        token = await Client(http, world, Tokens(live_settings)).token(Role.CABINET_STAFF)
        async with streaming(app, COVERAGE, token) as stream:
            ending.set()
            assert await stream.ended() == []


async def test_who_takes_nothing_any_more_is_let_go(
    client: Client, app: Asgi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "_STALLED_SECONDS", 0.2)
    async with streaming(app, COVERAGE, await client.token(Role.CABINET_STAFF)) as stream:
        stream.room.clear()
        while looking():
            await asyncio.sleep(0)
    assert not stream.is_ended


async def test_it_outlives_connections_that_the_database_drops(
    client: Client, app: Asgi, database_url: str
) -> None:
    async with streaming(app, POSTED, await client.token(Role.PARTNER_AGENCY)) as stream:
        owner = await asyncpg.connect(database_url)
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'cabinet_writer'"
        )
        await owner.close()
        await client.world.post("club", Kind.ENROLLMENT, enrollment("e1", child("a", "Ana"), "after"))
        await stream.until(lambda: stream.records == ["e1"])


async def test_a_failure_inside_ends_it_without_saying_what_failed(
    client: Client, app: Asgi, database_url: str
) -> None:
    async with streaming(app, POSTED, await client.token(Role.PARTNER_AGENCY)) as stream:
        owner = await asyncpg.connect(database_url)
        await owner.execute("ALTER TABLE change RENAME TO broken")
        await owner.close()
        (result,) = await stream.ended()
    assert code_of(result) == "INTERNAL"
    assert "change" not in result["errors"][0]["message"]
    assert isinstance(stream, Stream)
