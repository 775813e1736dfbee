"""How well sources are linked is told to those who see counts, and no small count is."""

from datetime import UTC, datetime
from typing import Any

import pytest

from cabinet.matching.run import run
from cabinet.tables.terms import LinkMethod, Role
from cabinet.viewer import Viewer
from tests.client import Client
from tests.matching.home import ELSEWHERE, LINKS, REVIEWS, at_home, neighbors, read, with_model
from tests.world import World

QUERY = """{ linkageQuality(community: "harbor") { sources { code sector records { value withheld } }
  linked { value withheld } forReview { value } matchRate precision recall recallWithReview modelVersion asOf
} }"""


async def three_sources(world: World) -> None:
    """Let the district know 61 children, the clinic 41 of them, and the arts school 3 of the clinic's."""
    known = neighbors()
    await world.roster("district", *known, at_home("D1", "Elizabeth"))
    await world.roster("clinic", *known[:40], at_home("P1", "Liz"))
    await world.roster("arts", *known[:3])
    await with_model(world)
    await run(world.database, Viewer("test"), world.harbor)


async def asked(client: Client, role: Role, **of: str) -> dict[str, Any]:
    token = await client.token(role, **of)
    found = (await client.data(QUERY, token))["linkageQuality"]
    return {" ".join(source["code"] for source in each["sources"]): each for each in found}


async def test_staff_and_members_see_shares_and_no_small_count(client: Client) -> None:
    await three_sources(client.world)
    for role in (Role.CABINET_STAFF, Role.CABINET_MEMBER):
        found = await asked(client, role)
        assert set(found) == {"clinic district", "arts clinic", "arts district"}
        both = found["clinic district"]
        assert both["linked"] == {"value": 41, "withheld": False}
        assert both["matchRate"] == 1.0
        assert 0.9 < both["precision"] <= 1
        assert both["modelVersion"] == 1
        small = found["arts clinic"]
        assert small["linked"] == {"value": None, "withheld": True}
        assert small["matchRate"] is small["precision"] is small["recall"] is None


async def test_a_steward_sees_exact_counts_of_the_own_sector_only(client: Client) -> None:
    await three_sources(client.world)
    await client.world.roster("club", *neighbors()[:5])
    await run(client.world.database, Viewer("test"), client.world.harbor)
    found = await asked(client, Role.SECTOR_STEWARD, sector="OUT_OF_SCHOOL_TIME")
    assert found["arts club"]["linked"] == {"value": 3, "withheld": False}
    assert found["arts clinic"]["linked"]["withheld"]


async def test_of_almost_all_linked_the_few_others_cannot_be_worked_out(client: Client) -> None:
    known = neighbors()
    await client.world.roster("district", *known)
    await client.world.roster("clinic", *known[:57])
    await with_model(client.world)
    await run(client.world.database, Viewer("test"), client.world.harbor)
    (both,) = (await asked(client, Role.CABINET_STAFF)).values()
    shown = [both["linked"], *(source["records"] for source in both["sources"])]
    assert any(each["withheld"] for each in shown)
    assert both["matchRate"] is None


async def test_the_numbers_are_those_that_a_person_adds_up(client: Client) -> None:
    """Forty neighbors are linked by the exact rules, Liz by the model; Marisol is in doubt, and others are new."""
    world, known = client.world, neighbors(80)
    there = {**ELSEWHERE, "family": "Soto", "middle_name": "Eva", "birth_date": "2017-05-01"}
    await world.roster("district", *known[:60], at_home("D1", "Elizabeth"), at_home("D2", "Ines", **there))
    others = [*known[:40], *known[60:]]
    await world.roster("clinic", *others, at_home("P1", "Liz"), at_home("P2", "Marisol", **there))
    await with_model(world)
    begun = datetime.now(UTC)
    await run(world.database, Viewer("test"), world.harbor)
    (liz,) = [row["score"] for row in await read(world, LINKS) if row["method"] == LinkMethod.PROBABILISTIC]
    (marisol,) = [row["probability"] for row in await read(world, REVIEWS)]
    stored = (await read(world, "SELECT * FROM linkage_quality"))[0]
    assert (stored["linked"], stored["for_review"]) == (41, 1)
    assert sorted((stored["records"], stored["other_records"])) == [62, 62]
    # The neighbors' names, birth dates and sexes agree: each is as good as certain.
    assert stored["precision"] == pytest.approx((40 + liz) / 41, abs=0.002)
    true = stored["precision"] * 41
    assert stored["recall"] == pytest.approx(true / (true + marisol), abs=1e-3)
    assert stored["recall_with_review"] == pytest.approx(1, abs=1e-3)
    assert begun <= stored["as_of"] <= datetime.now(UTC)
    told = (await asked(client, Role.CABINET_STAFF))["clinic district"]
    assert (told["precision"], told["recall"]) == (round(stored["precision"], 3), round(stored["recall"], 3))
    assert told["matchRate"] == pytest.approx(41 / 62)
    assert datetime.fromisoformat(told["asOf"]) == stored["as_of"]
    # So few in doubt are not told, nor what they could be worked out from.
    assert (told["forReview"]["value"], told["recallWithReview"]) == (None, None)


async def test_before_the_first_run_there_is_nothing_to_tell(client: Client) -> None:
    assert await asked(client, Role.CABINET_STAFF) == {}
