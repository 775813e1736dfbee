"""That counts may have changed is said to whom it concerns, and is no clock of single children."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import asyncpg
import pytest

from cabinet.app import Asgi
from cabinet.intake.rows import Kind
from cabinet.tables.terms import Role
from tests.client import Client
from tests.live.conftest import QUICK
from tests.stream import Stream, streaming
from tests.world import child

CHANGED = 'subscription { coverageChanged(community: "harbor") { at } }'
WINDOW = QUICK["live_window_seconds"]


def told(stream: Stream) -> list[datetime]:
    return [datetime.fromisoformat(result["data"]["coverageChanged"]["at"]) for result in stream.results]


@pytest.fixture
async def health(client: Client, app: Asgi) -> AsyncIterator[Stream]:
    """Yield the stream of the health steward, who is told at once: what came here has been offered to all."""
    async with streaming(app, CHANGED, await client.token(Role.SECTOR_STEWARD)) as stream:
        yield stream


async def test_only_changes_of_the_own_sector_count_also_of_a_child_both_know(client: Client, app: Asgi) -> None:
    await client.world.roster("district", child("d", "Ana"))
    clinic = await client.token(Role.SECTOR_STEWARD, sector="HEALTH")
    steward = await client.token(Role.SECTOR_STEWARD, sector="EDUCATION")
    agency = await client.token(Role.PARTNER_AGENCY, organization="arts")
    async with (
        streaming(app, CHANGED, clinic) as health,
        streaming(app, CHANGED, steward) as education,
        streaming(app, CHANGED, agency) as arts,
    ):
        await client.world.roster("clinic", child("p", "Ana"))
        await health.first()
        between = datetime.now(UTC)
        await client.world.roster("district", child("d2", "Bo"))
        await client.world.roster("arts", child("a2", "Cy"))
        await education.first()
        await arts.first()
    for stream in (education, arts):
        (at,) = told(stream)
        assert at > between
    assert len(health.results) == 1


async def test_what_services_there_are_concerns_everybody(client: Client, app: Asgi, health: Stream) -> None:
    program = {"code": "chess", "name": "Chess", "organization": "club", "sector": "OUT_OF_SCHOOL_TIME"}
    async with streaming(app, CHANGED, await client.token(Role.CABINET_MEMBER)) as member:
        await client.world.post("club", Kind.PROGRAM, program)
        await health.first()
        await member.first()
    assert [len(health.results), len(member.results)] == [1, 1]


async def test_who_sees_counts_only_is_told_of_more_than_ten_children_at_the_end_of_a_window(
    client: Client, app: Asgi, health: Stream
) -> None:
    world, token = client.world, await client.token(Role.SITE_CONSULTANT)
    async with streaming(app, CHANGED, token) as consultant:
        await world.roster("clinic", *(child(f"p{n}", f"Kid{n}") for n in range(10)))
        await health.until(lambda: len(health.results) == 1)
        # Ten children, however often they change and however long it is ago, are told to nobody.
        await world.roster("clinic", *(child(f"p{n}", f"Kid{n}", grade="03") for n in range(10)))
        await health.until(lambda: len(health.results) == 2)
        offered = datetime.now(UTC).timestamp()
        while datetime.now(UTC).timestamp() < offered + 2 * WINDOW:
            await asyncio.sleep(0)
        assert consultant.results == []
        before = datetime.now(UTC)
        await world.roster("clinic", child("p10", "Kid10"))
        await consultant.first()
    (at,) = told(consultant)
    assert at > before
    assert at.timestamp() % WINDOW == 0
    assert consultant.results == [{"data": {"coverageChanged": {"at": at.isoformat()}}}]


async def test_a_subscription_is_audited_as_any_question(client: Client, app: Asgi, database_url: str) -> None:
    async with streaming(app, CHANGED, await client.token(Role.RESEARCHER)):
        owner = await asyncpg.connect(database_url)
        events = await owner.fetch(
            "SELECT action, detail->>'level' FROM audit_event WHERE subject LIKE 'RESEARCHER%'"
        )
        await owner.close()
    assert [tuple(row) for row in events] == [("subscribe coverage", "COMMUNITY")]
