"""Populations under a name: shared, used in one another, and kept version by version."""

from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.coverage.definition import from_json, to_json
from cabinet.coverage.dimensions import Dimension
from cabinet.coverage.population import Ages, Arguments, Population, Reference, condition
from cabinet.db import json_text
from cabinet.errors import InputInvalid
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import child

SAVE = """mutation($input: SavePopulationInput!) {
  savePopulation(input: $input) { code version name definition retired gone } }"""
COUNT = """query($of: PopulationInput) { coverage(community: "harbor", asOf: "2026-10-15", services: [],
  population: $of) { population { value } basis { populations { code version } } } }"""
LIST = """query($all: Boolean!) {
  populations(community: "harbor", allVersions: $all) { code version retired gone } }"""


async def save(client: Client, code: str, population: dict[str, Any]) -> dict[str, Any]:
    token = await client.token(Role.CABINET_STAFF)
    draft = {"community": "harbor", "code": code, "name": code.title(), "population": population}
    answer: dict[str, Any] = (await client.data(SAVE, token, input=draft))["savePopulation"]
    return answer


async def refused(client: Client, code: str, population: dict[str, Any]) -> str:
    token = await client.token(Role.CABINET_STAFF)
    draft = {"community": "harbor", "code": code, "name": "x", "population": population}
    return await client.code(SAVE, token, input=draft)


async def count(
    client: Client, population: dict[str, Any], role: Role = Role.CABINET_STAFF
) -> tuple[int, list[Any]]:
    token = await client.token(role, sector="EDUCATION")
    answer = (await client.data(COUNT, token, of=population))["coverage"]
    return answer["population"]["value"], [tuple(each.values()) for each in answer["basis"]["populations"]]


async def fill(client: Client) -> None:
    """Twenty third graders in the north, thirty fourth graders in the south."""
    for grade, place, many in (("03", "north", 20), ("04", "south", 30)):
        pupils = [
            child(f"{place}{n}", f"Kid{n}", family=place, grade=grade, neighborhood=place) for n in range(many)
        ]
        await client.world.roster("district", *pupils)


def by_name(code: str, version: int | None = None) -> dict[str, Any]:
    return {"named": {"code": code, "version": version}}


async def test_a_saved_population_is_asked_by_its_name_and_the_answer_says_which_version(client: Client) -> None:
    await fill(client)
    assert (await save(client, "small", {"grades": ["03"]}))["version"] == 1
    assert await count(client, by_name("small")) == (20, [("small", 1)])
    assert (await save(client, "small", {"grades": ["03"]}))["version"] == 1
    assert (await save(client, "small", {"grades": ["03", "04"]}))["version"] == 2
    assert await count(client, by_name("small")) == (50, [("small", 2)])
    again = await save(client, "copy", (await save(client, "small", {"grades": ["03", "04"]}))["definition"])
    assert again["definition"] == {"grades": ["03", "04"]}
    # The old version stays, for everybody who counts in the community.
    assert await count(client, by_name("small", 1), Role.SECTOR_STEWARD) == (20, [("small", 1)])
    assert await count(client, {"not": by_name("small", 1)}) == (30, [("small", 1)])
    assert await count(client, {**by_name("small", 2), "neighborhoods": ["south"]}) == (30, [("small", 2)])


async def test_a_population_uses_another_as_it_was_when_it_was_saved(client: Client) -> None:
    await fill(client)
    await save(client, "small", {"grades": ["03"]})
    saved = await save(client, "others", {"not": by_name("small")})
    assert saved["definition"] == {"not": {"and": [{"named": {"code": "small", "version": 1}}]}}
    await save(client, "small", {"grades": ["03", "04"]})
    assert await count(client, by_name("others")) == (30, [("others", 1), ("small", 1)])
    # A population may use an earlier version of itself, through another too; nothing goes round in a circle.
    await save(client, "small", {"or": [by_name("others"), by_name("small", 1)]})
    named = [("others", 1), ("small", 1), ("small", 3)]
    assert await count(client, by_name("small")) == (50, named)


async def test_what_there_is_not_is_refused_when_it_is_saved_and_when_it_is_asked(client: Client) -> None:
    await save(client, "small", {"grades": ["03"]})
    for population in (
        by_name("nowhere"),
        by_name("small", 7),
        {"neighborhoods": ["atlantis"]},
        {"servedBy": ["X"]},
    ):
        assert await refused(client, "bad", population) == "INPUT_INVALID"
    for code in ("", "Großes Haus", "UPPER", "a" * 61, "-x"):
        assert await refused(client, code, {}) == "INPUT_INVALID"
    token = await client.token(Role.CABINET_STAFF)
    assert await client.code(COUNT, token, of=by_name("nowhere")) == "INPUT_INVALID"
    assert await client.code(COUNT, token, of={"not": by_name("nowhere")}) == "INPUT_INVALID"


async def test_names_in_names_end_somewhere_and_what_could_be_saved_can_be_asked(client: Client) -> None:
    await save(client, "doubled", {"grades": ["03"]})
    token = await client.token(Role.CABINET_STAFF)
    twice = {"and": [by_name("doubled"), by_name("doubled")]}
    draft = {"community": "harbor", "code": "doubled", "name": "Doubled", "population": twice}
    saved = 1
    while "errors" not in (answer := await client.ask(SAVE, token, input=draft)):
        saved += 1
        assert await count(client, by_name("doubled")) == (0, [("doubled", n + 1) for n in range(saved)])
    assert 2 < saved < 10
    assert answer["errors"][0]["extensions"]["code"] == "INPUT_INVALID"


async def test_a_retired_population_is_found_by_its_number_only(client: Client) -> None:
    await fill(client)
    await save(client, "small", {"grades": ["03"]})
    token = await client.token(Role.CABINET_STAFF)
    retire = """mutation { retirePopulation(community: "harbor", code: "small") { version retired } }"""
    assert (await client.data(retire, token))["retirePopulation"] == {"version": 2, "retired": True}
    assert await client.code(retire, token) == "INPUT_INVALID"
    assert await client.code(COUNT, token, of=by_name("small")) == "INPUT_INVALID"
    assert await count(client, by_name("small", 1)) == (20, [("small", 1)])
    assert (await client.data(LIST, token, all=False))["populations"] == []
    every = (await client.data(LIST, token, all=True))["populations"]
    assert [(each["version"], each["retired"]) for each in every] == [(2, True), (1, False)]
    assert (await save(client, "small", {"grades": ["03"]}))["version"] == 3
    assert await count(client, by_name("small")) == (20, [("small", 3)])


async def test_what_a_population_refers_to_and_is_gone_is_said_where_it_is_listed(
    client: Client, database_url: str
) -> None:
    await save(client, "north", {"neighborhoods": ["north"], "servedBy": ["CHILD_CARE"]})
    owner = await asyncpg.connect(database_url)
    await owner.execute("DELETE FROM neighborhood WHERE code = 'north'")
    await owner.execute("DELETE FROM service_type WHERE code = 'CHILD_CARE'")
    await owner.close()
    token = await client.token(Role.RESEARCHER)
    listed = (await client.data(LIST, token, all=False))["populations"]
    gone = ["NEIGHBORHOOD north", "service type CHILD_CARE"]
    assert listed == [{"code": "north", "version": 1, "retired": False, "gone": gone}]


async def test_what_a_version_said_cannot_be_changed_nor_seen_next_door(client: Client) -> None:
    await save(client, "small", {"grades": ["03"]})
    writer = Scope(Login.WRITER, (client.world.harbor.community_id,))
    for statement in ("UPDATE named_population SET name = 'x'", "DELETE FROM named_population"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with client.world.database.transaction(writer) as connection:
                await connection.execute(statement)
    next_door = Scope(Login.READER_AGGREGATE, (client.world.river.community_id,))
    async with client.world.database.transaction(next_door) as connection:
        assert await connection.fetchval("SELECT count(*) FROM named_population") == 0


def test_a_name_that_was_not_looked_up_is_nobody_and_not_everybody() -> None:
    with pytest.raises(InputInvalid):
        condition(Population(named=Reference("small", 1)), Arguments())


words = st.lists(st.sampled_from(("a", "b", "UNKNOWN")), max_size=2).map(tuple)
maybe = st.none() | words
leaf = st.builds(
    Population,
    values=st.dictionaries(st.sampled_from(Dimension), words, max_size=2),
    ages=st.none() | st.builds(Ages, st.none() | st.integers(0, 20), st.none() | st.integers(0, 20)),
    race_ethnicity=maybe,
    in_need_of=maybe,
    served_by=maybe,
    sectors=maybe,
)
named = st.builds(Population, named=st.builds(Reference, st.just("small"), st.integers(1, 3)))
trees = st.recursive(
    leaf | named,
    lambda parts: st.builds(
        Population,
        all_of=st.lists(parts, max_size=2).map(tuple),
        any_of=st.none() | st.lists(parts, max_size=2).map(tuple),
        none_of=st.none() | parts,
    ),
    max_leaves=6,
)


@given(trees)
def test_what_is_kept_says_what_was_saved(population: Population) -> None:
    assert from_json(orjson.loads(json_text(to_json(population)))) == population
