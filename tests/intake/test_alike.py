"""What a community with a linkage model is promised of a posted row: its child is found, or doubted, or new."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from cabinet.intake.receipt import Receipt
from cabinet.linkage.model import Model
from cabinet.linkage.models import add_model, use_model
from cabinet.tables.terms import LinkMethod
from tests.world import World, child

HOME = {
    "address": "12 Elm Street",
    "postal_code": "02101",
    "guardians": ["Rosa Rivera"],
    "phones": ["617 555 0101"],
}

LINKS = """
SELECT organization.code, r.record_id, l.child_id, l.method, l.score, l.decided_by, l.model_version
FROM child_link l JOIN source_record r USING (community_id, source_record_id)
JOIN organization ON organization.organization_id = r.organization_id
WHERE l.undone_at IS NULL
"""
REVIEWS = """
SELECT r.record_id, r.kind, r.child_id, r.reason, r.state, c.child_id AS candidate, c.probability, c.weight,
  c.reasons, c.remarks, c.model_version
FROM match_review r JOIN match_candidate c USING (community_id, match_review_id)
ORDER BY r.record_id, c.probability
"""


def at_home(record_id: str, given: str, **said: Any) -> dict[str, Any]:
    """Describe a child of the Riveras of Elm Street, as the record of a roster."""
    home = {**HOME, **{name: said.pop(name) for name in ("address", "middle_name", *HOME) if name in said}}
    row = child(record_id, given, said.pop("family", "Rivera"), **said)
    return {**row, "identity": {**row["identity"], **home}}


async def with_model(world: World, model: Model | None = None) -> None:
    source = await world.source("district")
    async with world.database.transaction(source.scope) as connection:
        version = await add_model(connection, source.community_id, model or Model(), {}, "test")
        await use_model(connection, source.community_id, version, "test")


async def read(world: World, sql: str) -> list[Mapping[str, Any]]:
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


async def children(world: World) -> dict[str, Any]:
    """Return the child of each record, by organization and record id."""
    return {f"{row['code']} {row['record_id']}": row["child_id"] for row in await read(world, LINKS)}


def verdicts(receipt: Receipt) -> list[str]:
    return [str(outcome.verdict) for outcome in receipt.outcomes]


OTHER_WORDS: Sequence[Mapping[str, Any]] = (
    {"given": "Elizabeth"},
    {"given": "Liz"},
    {"given": "Elisabeth"},
    {"given": "Elizabeth", "birth_date": "2018-09-03"},
    {"given": "Elizabeth", "birth_date": "2018-03-08"},
    {"given": "Rivera", "family": "Elizabeth"},
    {"given": "Elizabeth", "family": "Rivera Lopez"},
    {"given": "Elizabeth", "sex": "UNKNOWN"},
    {"given": "ELIZABETH", "family": "Riviera", "address": "12 Elm St."},
)


@pytest.mark.parametrize("words", OTHER_WORDS, ids=lambda words: " ".join(words.values()))
async def test_a_child_is_found_by_other_words(world: World, words: Mapping[str, Any]) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"), child("D2", "Bo", "Lind"))
    await world.roster("clinic", at_home("P1", **words))
    found = await children(world)
    assert found["clinic P1"] == found["district D1"] != found["district D2"]


async def test_a_link_tells_how_sure_it_is_and_by_which_model(world: World) -> None:
    await with_model(world)
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth"))
    await world.roster("clinic", at_home("P1", "Liz"))
    (link,) = [row for row in await read(world, LINKS) if row["code"] == "clinic"]
    assert (link["method"], link["decided_by"]) == (LinkMethod.PROBABILISTIC, "cabinet.linkage.model")
    assert link["model_version"] == 2
    assert 0.9 < link["score"] < 1


async def test_without_a_model_exact_rules_alone_decide(world: World) -> None:
    await world.roster("district", at_home("D1", "Elizabeth"))
    await world.roster("clinic", at_home("P1", "Liz"))
    found = await children(world)
    assert found["clinic P1"] != found["district D1"]
    assert await read(world, "SELECT 1 FROM child_comparison") == []


SIBLINGS: Sequence[Mapping[str, Any]] = (
    {"given": "Marisol"},
    {"given": "Marisol", "sex": "MALE"},
    {"given": "Emma"},
    {"given": "Elizabeth", "identifiers": {"DISTRICT_STUDENT_ID": "4712"}, "birth_date": "2018-03-10"},
    {"given": "Eliza", "birth_date": "2020-11-30"},
    {"given": "Marisol", "birth_date": "2020-11-30"},
)


@pytest.mark.parametrize("words", SIBLINGS, ids=lambda words: " ".join(map(str, words.values())))
async def test_twins_brothers_and_sisters_stay_apart(world: World, words: Mapping[str, Any]) -> None:
    await with_model(world)
    await world.roster("district", at_home("D1", "Elizabeth", identifiers={"DISTRICT_STUDENT_ID": "4711"}))
    await world.roster("clinic", at_home("P1", **words))
    found = await children(world)
    assert found["clinic P1"] != found["district D1"]
