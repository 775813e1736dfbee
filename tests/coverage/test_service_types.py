"""The catalog of service types: changed by staff, counted by from then on, and kept as it was."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from cabinet.live.change import changes_since
from cabinet.scope import Scope
from cabinet.tables.security import Login
from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import child

CHANGE = """mutation($input: ChangeServiceTypeInput!) {
  changeServiceType(input: $input) { code version definition replacedAt } }"""
COUNT = """{ coverage(community: "harbor", asOf: "2026-10-15", services: ["AFTER_SCHOOL"]) {
  services { version total { eligible { value } inNeed { value } } } } }"""
HISTORY = (
    """{ serviceTypeVersions(community: "harbor", code: "AFTER_SCHOOL") { version definition replacedAt } }"""
)


def change(version: int = 1, **rules: Any) -> dict[str, Any]:
    return {"community": "harbor", "code": "AFTER_SCHOOL", "version": version, **rules}


async def save(client: Client, **said: Any) -> Mapping[str, Any]:
    token = await client.token(Role.CABINET_STAFF)
    found: Mapping[str, Any] = (await client.data(CHANGE, token, input=change(**said)))["changeServiceType"]
    return found


async def count(client: Client) -> tuple[int, int, int]:
    (service,) = (await client.data(COUNT, await client.token(Role.CABINET_STAFF)))["coverage"]["services"]
    return service["version"], service["total"]["eligible"]["value"], service["total"]["inNeed"]["value"]


async def fill(client: Client) -> None:
    """Twenty third graders and thirty in high school; eleven of the first are English learners."""
    learner = [{"kind": "ENGLISH_LEARNER", "value": "YES", "begins": "2026-08-01"}]
    pupils = [
        child(f"T{n}", f"Kid{n}", family="T", grade="03", characteristics=learner if n < 11 else [])
        for n in range(20)
    ]
    await client.world.roster("district", *pupils)
    await client.world.roster("district", *(child(f"H{n}", f"Teen{n}", family="H", grade="10") for n in range(30)))


async def test_a_change_is_counted_by_from_then_on_and_the_answer_says_which_version(client: Client) -> None:
    await fill(client)
    assert await count(client) == (1, 20, 20)
    changed = await save(client, grades=["03", "10"], maxAge=18)
    assert (changed["version"], changed["definition"]["max_age"], changed["replacedAt"]) == (2, 18, None)
    assert await count(client) == (2, 50, 50)
    by_rule = {"needRule": "BY_RULE", "needCharacteristics": ["ENGLISH_LEARNER"], "grades": ["03"]}
    assert (await save(client, version=2, **by_rule))["version"] == 3
    # Eleven of twenty: the nine who are in no need are a small count, and protected.
    version, eligible, in_need = await count(client)
    assert version == 3
    assert (eligible, in_need) != (20, 11)
    assert (await save(client, version=3, needRule="IDENTIFIED", needCharacteristics=None))["version"] == 4
    assert await count(client) == (4, 20, 0)


async def test_what_it_said_before_is_kept_word_for_word(client: Client) -> None:
    before = datetime.now(UTC)
    token = await client.token(Role.RESEARCHER)
    first = (await client.data(HISTORY, token))["serviceTypeVersions"]
    await save(client, dosageDays=30)
    await save(client, version=2, recencyMonths=3, name="After the bell")
    third, second, kept = (await client.data(HISTORY, token))["serviceTypeVersions"]
    assert [each["version"] for each in (third, second, kept)] == [3, 2, 1]
    assert (first[0]["definition"], first[0]["replacedAt"]) == (kept["definition"], None)
    assert kept["definition"]["dosage_days"] == 60
    assert second["definition"] == {**kept["definition"], "dosage_days": 30}
    assert third["definition"] == {**second["definition"], "recency_months": 3, "name": "After the bell"}
    assert datetime.fromisoformat(second["replacedAt"]) > before
    writer = Scope(Login.WRITER, (client.world.harbor.community_id,))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with client.world.database.transaction(writer) as connection:
            await connection.execute("UPDATE service_type_version SET version = 9")


async def test_nothing_changes_without_a_difference_nor_from_a_version_that_holds_no_more(client: Client) -> None:
    same = await save(client, dosageDays=60, name="After school")
    assert same["version"] == 1
    await save(client, dosageDays=61)
    token = await client.token(Role.CABINET_STAFF)
    assert await client.code(CHANGE, token, input=change(1, dosageDays=62)) == "INPUT_INVALID"
    unknown = {**change(1, dosageDays=62), "code": "MAGIC"}
    assert await client.code(CHANGE, token, input=unknown) == "INPUT_INVALID"


@pytest.mark.parametrize(
    "rules",
    [
        {"name": " "},
        {"name": None},
        {"minAge": 14},
        {"minAge": None},
        {"minAge": -1},
        {"maxAge": 27},
        {"grades": ["3"]},
        {"needRule": "BY_RULE"},
        {"needRule": None},
        {"needCharacteristics": ["IEP"]},
        {"recencyMonths": 0},
        {"recencyMonths": 121},
        {"dosageDays": 0},
        {"dosageDays": 367},
        {"name": "a\u0000b"},
    ],
)
async def test_rules_nobody_can_count_by_are_refused(client: Client, rules: dict[str, Any]) -> None:
    token = await client.token(Role.CABINET_STAFF)
    answer = await client.ask(CHANGE, token, input=change(1, **rules))
    assert answer["errors"][0]["extensions"]["code"] in ("INPUT_INVALID", "MALFORMED_REQUEST"), answer
    assert (await client.data(HISTORY, token))["serviceTypeVersions"][0]["version"] == 1


async def test_who_waits_for_changes_is_told(client: Client) -> None:
    world = client.world
    snapshot, _ = await changes_since(world.database, world.harbor.community_id, None)
    await save(client, dosageDays=30)
    _, changes = await changes_since(world.database, world.harbor.community_id, snapshot)
    assert [change.entity for change in changes] == ["service_type"]
