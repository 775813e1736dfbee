"""Every row arrives once, at those whose row it is, and at nobody else."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from cabinet.app import Asgi
from cabinet.communities import add_member
from cabinet.intake.rows import Kind
from cabinet.live import enrollments
from cabinet.tables.terms import Role
from tests.client import Client
from tests.stream import Stream, streaming
from tests.world import child, enrollment

POSTED = """subscription { enrollmentsPosted(community: "harbor") {
    nodes { recordId status child { identities { givenName } } } } }"""
BRIEFLY = 'subscription { enrollmentsPosted(community: "%s") { nodes { recordId } } }'
STEWARD = {"sector": "OUT_OF_SCHOOL_TIME"}

PROGRAMS = {"club": "after", "arts": "paint", "district": "tutoring"}
POSTS, ROWS = 12, 5
SAVED = (
    "INSERT INTO idempotency_key (community_id, organization_id, key, request_hash) VALUES ($1, $2, 'held', '')"
)


def rows(code: str, post: int, count: int = ROWS) -> list[dict[str, object]]:
    names = [f"{code}-{post}-{row}" for row in range(count)]
    return [enrollment(name, child(name, f"Kid {name}"), PROGRAMS[code]) for name in names]


@pytest.fixture
async def witness(client: Client, app: Asgi) -> AsyncIterator[Stream]:
    """Yield the stream of somebody else with the same rows, by whom it is seen that they have been offered."""
    await add_member(
        client.world.database, client.world.harbor, "witness", Role.PARTNER_AGENCY, organization="club"
    )
    async with streaming(app, BRIEFLY % "harbor", client.tokens.issue("witness")) as stream:
        yield stream


async def test_every_row_of_many_posts_at_once_arrives_once_at_its_own_viewers_only(
    client: Client, app: Asgi
) -> None:
    world = client.world
    steward = await client.token(Role.SECTOR_STEWARD, **STEWARD)
    agency = await client.token(Role.PARTNER_AGENCY, organization="club")
    stranger = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    elsewhere = await client.token(Role.PARTNER_AGENCY, world.river)
    harbor, river = BRIEFLY % "harbor", BRIEFLY % "river"
    async with (
        streaming(app, harbor, steward) as sector,
        streaming(app, harbor, agency) as own,
        streaming(app, harbor, stranger) as other,
        streaming(app, river, elsewhere) as far,
    ):
        codes = [code for code in ("club", "arts") for _ in range(POSTS)]
        posts = [rows(code, number) for number, code in enumerate(codes)]
        await asyncio.gather(
            *(world.post(code, Kind.ENROLLMENT, *post) for code, post in zip(codes, posts, strict=True))
        )
        posted = {str(row["record_id"]) for post in posts for row in post}
        await sector.until(lambda: len(sector.records) >= len(posted))
        await own.until(lambda: len(own.records) >= POSTS * ROWS)
        # What comes to the others after all that is the first they hear.
        await world.post("district", Kind.ENROLLMENT, *rows("district", 0, 1))
        await world.post("club", Kind.ENROLLMENT, *rows("club", 0, 1), community=world.river)
        for stream in (other, far):
            await stream.first()
    assert sorted(sector.records) == sorted(posted)
    assert sorted(own.records) == sorted(name for name in posted if name.startswith("club"))
    assert (other.records, far.records) == (["district-0-0"], ["club-0-0"])


async def test_a_transaction_that_ends_after_a_later_one_is_not_missed(
    client: Client, app: Asgi, database_url: str
) -> None:
    world = client.world
    token = await client.token(Role.SECTOR_STEWARD, **STEWARD)
    owner = await asyncpg.connect(database_url)
    source = await world.source("club")
    async with streaming(app, BRIEFLY % "harbor", token) as stream:
        holding = owner.transaction()
        await holding.start()
        # The same key, not yet committed: the post has its transaction's number already, and waits.
        await owner.execute(SAVED, source.community_id, source.organization_id)
        early = asyncio.create_task(world.post("club", Kind.ENROLLMENT, *rows("club", 0), idempotency_key="held"))
        while not await owner.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0)
        await world.post("arts", Kind.ENROLLMENT, *rows("arts", 1))
        await stream.until(lambda: len(stream.records) == ROWS)
        await holding.rollback()
        await early
        await world.post("arts", Kind.ENROLLMENT, *rows("arts", 2))
        await stream.until(lambda: "arts-2-4" in stream.records)
    await owner.close()
    numbers = "arts-1", "club-0", "arts-2"
    assert stream.records == [f"{number}-{row}" for number in numbers for row in range(ROWS)]


async def test_an_update_arrives_as_the_row_now_stands_and_what_it_refers_to_as_well(
    client: Client, app: Asgi
) -> None:
    world = client.world
    token = await client.token(Role.PARTNER_AGENCY)
    await world.roster("club", child("a", "Ana"))
    async with streaming(app, POSTED, token) as stream:
        await world.post("club", Kind.ENROLLMENT, enrollment("e1", "a", "after"))
        await stream.until(lambda: len(stream.results) == 1)
        await world.roster("club", child("a", "Anna"))
        ended = enrollment("e1", "a", "after", status="WITHDRAWN", ends="2026-10-01", record_version=2)
        await world.post("club", Kind.ENROLLMENT, ended)
        await stream.until(lambda: len(stream.results) == 2)
        # What writes nothing is not told: the same once more, and a dry run.
        await world.post("club", Kind.ENROLLMENT, ended)
        await world.post("club", Kind.ENROLLMENT, enrollment("e2", child("b", "Bo"), "after"), dry_run=True)
        await world.post("club", Kind.ENROLLMENT, enrollment("e3", child("c", "Cy"), "after"))
        await stream.until(lambda: len(stream.results) == 3)
    nodes = [result["data"]["enrollmentsPosted"]["nodes"] for result in stream.results]
    assert [[(n["recordId"], n["status"], n["child"]["identities"]) for n in batch] for batch in nodes] == [
        [("e1", "ENROLLED", [{"givenName": "Ana"}])],
        [("e1", "WITHDRAWN", [{"givenName": "Anna"}])],
        [("e3", "ENROLLED", [{"givenName": "Cy"}])],
    ]


async def test_what_the_own_organization_may_not_read_of_a_child_does_not_come_along(
    client: Client, app: Asgi
) -> None:
    world = client.world
    await world.roster("clinic", child("p1", "Ana"))
    token = await client.token(Role.PARTNER_AGENCY)
    async with streaming(app, POSTED, token) as stream:
        await world.post("club", Kind.ENROLLMENT, enrollment("e1", child("a", "Ana"), "after"))
        (node,) = (await stream.first())["data"]["enrollmentsPosted"]["nodes"]
    assert len(node["child"]["identities"]) == 1


async def test_every_batch_is_audited(client: Client, app: Asgi, database_url: str) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    async with streaming(app, BRIEFLY % "harbor", token) as stream:
        await client.world.post("club", Kind.ENROLLMENT, *rows("club", 0))
        await stream.first()
    owner = await asyncpg.connect(database_url)
    events = await owner.fetch("SELECT action, detail->>'rows' FROM audit_event WHERE subject LIKE 'PARTNER%'")
    await owner.close()
    assert [tuple(row) for row in events] == [("subscribe enrollment", None), ("read enrollment", str(ROWS))]


async def test_who_does_not_read_on_is_told_later_all_at_once(client: Client, app: Asgi, witness: Stream) -> None:
    token = await client.token(Role.PARTNER_AGENCY)
    async with streaming(app, BRIEFLY % "harbor", token) as stream:
        stream.room.clear()
        for post in range(4):
            await client.world.post("club", Kind.ENROLLMENT, *rows("club", post))
            await witness.until(lambda post=post: len(witness.records) == (post + 1) * ROWS)
        assert stream.results == []
        stream.room.set()
        await stream.until(lambda: len(stream.records) == 4 * ROWS)
    # One batch was on its way when the client stopped reading; all the rest waited as keys, and came as one.
    assert len(stream.results) == 2
    assert len(set(stream.records)) == 4 * ROWS


async def test_who_falls_too_far_behind_is_told_so_and_let_go(
    client: Client, app: Asgi, witness: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enrollments, "MAX_WAITING", 2 * ROWS)
    token = await client.token(Role.PARTNER_AGENCY)
    async with streaming(app, BRIEFLY % "harbor", token) as stream:
        stream.room.clear()
        for post in range(4):
            await client.world.post("club", Kind.ENROLLMENT, *rows("club", post))
            await witness.until(lambda post=post: len(witness.records) == (post + 1) * ROWS)
        stream.room.set()
        *_, last = await stream.ended()
    assert last["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_BEHIND"
    assert len(stream.results) == 2
