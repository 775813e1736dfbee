"""A feed that stops looking is not handed on to who comes next."""

import asyncio
from typing import Any

import pytest

from cabinet.live import feed
from cabinet.live.change import changes_since
from cabinet.live.coverage import CoverageChanges
from cabinet.live.hub import Hub
from cabinet.scope import Scope
from cabinet.tables.security import Login
from tests.world import World, child


async def test_who_subscribes_after_a_failure_is_told_of_changes(world: World, monkeypatch) -> None:
    hub, harbor, looks = Hub(world.database), world.harbor.community_id, []
    first, second = (CoverageChanges(Scope(Login.READER_CHILD, sectors=("HEALTH",))) for _ in range(2))

    async def failing_once(*asked: Any) -> Any:
        looks.append(asked)
        if len(looks) == 2:
            raise RuntimeError("not what a database says")
        return await changes_since(*asked)

    monkeypatch.setattr(feed, "changes_since", failing_once)
    async with hub.subscribe("ann", harbor, first):
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(first.take(), 30)
        # Ann has not left yet.
        async with hub.subscribe("ben", harbor, second):
            await world.roster("clinic", child("1", "Ana"))
            await asyncio.wait_for(second.take(), 30)
