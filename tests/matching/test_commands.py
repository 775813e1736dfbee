"""The operator's way with a model, by the command line alone."""

import asyncio
import os
from dataclasses import replace

import orjson

from cabinet.linkage.model import Model
from tests.matching.home import at_home, children, neighbors, with_model
from tests.server import CABINET
from tests.world import World


async def link(url: str, *arguments: str, expect: int = 0) -> str:
    """Run `cabinet link` to its end, check its exit code, and return all it said."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        str(CABINET),
        "link",
        *arguments,
        env={**os.environ, "CABINET_DATABASE_URL": url},
        stdout=pipe,
        stderr=pipe,
    )
    said, complained = await asyncio.wait_for(process.communicate(), 120)
    text = said.decode() + complained.decode()
    assert process.returncode == expect, text
    return text


async def test_a_model_is_shown_used_and_run(world: World, database_url: str) -> None:
    await world.roster("district", at_home("D1", "Elizabeth"), *neighbors())
    await world.roster("clinic", at_home("P1", "Liz"))
    assert "exact rules only" in await link(database_url, "show", "harbor")
    assert "LINKAGE_UNTRAINED" in await link(database_url, "run", "harbor", expect=1)
    assert "TOO_LITTLE_TO_LEARN" in await link(database_url, "train", "harbor", expect=1)
    await with_model(world)
    await with_model(world)
    assert "MODEL_UNKNOWN" in await link(database_url, "use", "harbor", "9", expect=1)
    assert "Version 1 is in use" in await link(database_url, "use", "harbor", "1")
    shown = orjson.loads(await link(database_url, "show", "harbor", "--json"))
    assert [(each["version"], each["in_use"]) for each in shown] == [(1, True), (2, False)]
    dry = orjson.loads(await link(database_url, "run", "harbor", "--dry-run", "--json"))
    assert (dry["joined"], dry["dry_run"]) == (1, True)
    assert "1 children found to be one with another" in await link(database_url, "run", "harbor")
    found = await children(world)
    assert found["clinic P1"] == found["district D1"]
    (pair,) = orjson.loads(await link(database_url, "run", "harbor", "--json"))["expected"]
    assert (set(pair["sources"]), pair["linked"]) == ({"clinic", "district"}, 1)
    await with_model(world, replace(Model(), auto=2.0, review=1.5))
    (parted,) = orjson.loads(await link(database_url, "run", "harbor", "--dry-run", "--json"))["parted"]
    assert (parted["version"], parted["child"]) == (1, str(found["clinic P1"]))
    assert "1 links of other versions would be parted" in await link(database_url, "run", "harbor", "--dry-run")
    assert "1 links of other versions parted" in await link(database_url, "run", "harbor")
