"""A view that asks by named populations: it means what it meant, and says what became of them."""

from typing import Any

import asyncpg

from cabinet.communities import add_member
from cabinet.tables.terms import Role
from tests.client import Client
from tests.coverage.test_named import by_name
from tests.coverage.test_named import save as save_population
from tests.views.test_views import FORK, LIST, SERVED, save
from tests.world import child

RUN = """query($id: ID!) { view(id: $id) { versions { definition } problems first: problems(version: 1)
  result(asOf: "2026-10-15") { basis { populations { code version } } figures { of value } } } }"""
RETIRE = 'mutation { retirePopulation(community: "harbor", code: "small") { version } }'
COUNTED = {**SERVED, "measures": ["POPULATION"]}


async def run(client: Client, token: str, view: str) -> tuple[list[Any], list[tuple[str, int]]]:
    result = (await client.data(RUN, token, id=view))["view"]["result"]
    named = [(each["code"], each["version"]) for each in result["basis"]["populations"]]
    return [figure["value"] for figure in result["figures"]], named


async def test_a_comparison_names_the_populations_of_both_sides(client: Client) -> None:
    await save_population(client, "small", {"grades": ["03"]})
    await save_population(client, "tall", {"grades": ["12"]})
    staff = await client.token(Role.CABINET_STAFF)
    asked = {**COUNTED, "question": "COMPARE", "population": by_name("small"), "against": by_name("tall")}
    view = (await save(client, staff, asked))["id"]
    assert (await run(client, staff, view))[1] == [("small", 1), ("tall", 1)]


async def test_a_view_asks_on_by_a_population_that_is_out_of_use_and_says_so(client: Client) -> None:
    await client.world.roster("district", *(child(f"D{n}", f"Kid{n}", grade="03") for n in range(20)))
    await save_population(client, "small", {"grades": ["03"]})
    staff = await client.token(Role.CABINET_STAFF)
    view = (await save(client, staff, {**COUNTED, "population": by_name("small")}))["id"]
    await client.data(RETIRE, staff)
    (listed,) = (await client.data(LIST, staff))["views"]
    assert ["small" in problem and "out of use" in problem for problem in listed["problems"]] == [True]
    assert await run(client, staff, view) == ([20.0], [("small", 1)])
    await save(client, staff, COUNTED, view=view)
    said = (await client.data(RUN, staff, id=view))["view"]
    assert (said["problems"], len(said["first"])) == ([], 1)


async def test_what_a_population_uses_and_is_gone_is_said_of_whatever_uses_it(
    client: Client, database_url: str
) -> None:
    await save_population(client, "inner", {"neighborhoods": ["north"]})
    await save_population(client, "outer", {"not": by_name("inner")})
    staff = await client.token(Role.CABINET_STAFF)
    await save(client, staff, {**COUNTED, "population": by_name("outer")})
    owner = await asyncpg.connect(database_url)
    await owner.execute("DELETE FROM neighborhood WHERE code = 'north'")
    await owner.close()
    listed = await client.data('{ populations(community: "harbor") { code gone } }', staff)
    assert {each["code"]: each["gone"] for each in listed["populations"]} == {
        "inner": ["NEIGHBORHOOD north"],
        "outer": ["NEIGHBORHOOD north"],
    }
    (view,) = (await client.data(LIST, staff))["views"]
    assert view["problems"] == ["The community has no NEIGHBORHOOD north."]


async def test_a_fork_in_another_community_says_itself_what_a_name_stood_for(client: Client) -> None:
    await save_population(client, "small", {"grades": ["03"]})
    consultant = await client.token(Role.SITE_CONSULTANT)
    subject = "SITE_CONSULTANT:harbor:club:HEALTH"
    await add_member(client.world.database, client.world.river, subject, Role.SITE_CONSULTANT)
    view = (await save(client, consultant, {**COUNTED, "population": by_name("small")}))["id"]
    there = (await client.data(FORK, consultant, id=view, community="river"))["forkView"]
    definition = there["versions"][0]["definition"]
    assert "named" not in str(definition)
    assert "'grades': ['03']" in str(definition)
    assert (await run(client, consultant, there["id"]))[1] == []
    # In the same community the name stays, and with it the version.
    here = (await client.data(FORK, consultant, id=view))["forkView"]
    assert (await run(client, consultant, here["id"]))[1] == [("small", 1)]
    again = {"definition": definition, "community": "river", "name": "again"}
    saved = await client.data("mutation($i: SaveViewInput!) { saveView(input: $i) { name } }", consultant, i=again)
    assert saved["saveView"]["name"] == "again"
