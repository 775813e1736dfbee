"""Rows that several fields wait for: a field that is given up takes them away from no other."""

import asyncio

import pytest

from cabinet import tables
from cabinet.access import Action, grant
from cabinet.read.loaders import Loaders
from cabinet.viewer import ANONYMOUS, Viewer
from tests.world import World


async def test_who_gives_up_takes_no_rows_from_the_others(world: World) -> None:
    own = grant(Viewer(ANONYMOUS), world.harbor.community_id, Action.READ_SUPPLY)
    loaders, asked = Loaders(world.database), (own, tables.program, "community_id", world.harbor.community_id)
    given_up, waits = (asyncio.create_task(loaders.many(*asked)) for _ in range(2))
    await asyncio.wait({given_up, waits}, timeout=0)
    given_up.cancel()
    assert len(await waits) == 3
    with pytest.raises(asyncio.CancelledError):
        await given_up
