"""The children of one home as sources write them down, and what became of their records."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cabinet.linkage.model import Model
from cabinet.linkage.models import add_model, use_model
from tests.world import World, child

HOME = {
    "address": "12 Elm Street",
    "postal_code": "02101",
    "guardians": ["Rosa Rivera"],
    "phones": ["617 555 0101"],
}
ELSEWHERE = {"address": "907 Oak Avenue", "guardians": ["Luis Soto"], "phones": ["617 555 0177"]}

LINKS = """
SELECT o.code, r.record_id, r.source_record_id, l.child_id, l.method, l.score, l.decided_by, l.model_version
FROM child_link l JOIN source_record r USING (community_id, source_record_id)
JOIN organization o ON o.community_id = r.community_id AND o.organization_id = r.organization_id
WHERE l.undone_at IS NULL
"""
REVIEWS = """
SELECT r.record_id, r.kind, r.child_id, r.reason, r.state, c.child_id AS candidate, c.probability, c.weight,
  c.reasons, c.remarks, c.model_version
FROM match_review r JOIN match_candidate c USING (community_id, match_review_id)
ORDER BY r.record_id, c.probability DESC
"""


def at_home(record_id: str, given: str, **said: Any) -> dict[str, Any]:
    """Describe a child of the Riveras of Elm Street, as the record of a roster."""
    home = {name: said.pop(name, value) for name, value in HOME.items()}
    middle = {"middle_name": said.pop("middle_name")} if "middle_name" in said else {}
    row = child(record_id, given, said.pop("family", "Rivera"), **said)
    return {**row, "identity": {**row["identity"], **home, **middle}}


def neighbors(count: int = 60) -> list[dict[str, Any]]:
    """Describe other children, so that a name in common says something: with few about, each is frequent."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    found = []
    for number in range(count):
        name = f"{letters[number % 26]}o{letters[number // 26]}{letters[number * 7 % 26]}"
        born = f"2015-{number % 12 + 1:02}-{number % 28 + 1:02}"
        found.append(child(f"N{number}", f"Un{name}", f"Of{name[::-1]}", birth_date=born))
    return found


async def with_model(world: World, model: Model | None = None) -> None:
    """Let Harbor's rows be matched by a model: without another, by what is believed before any record is seen."""
    source = await world.source("district")
    async with world.database.transaction(source.scope) as connection:
        version = await add_model(connection, source.community_id, model or Model(), {}, "test")
        await use_model(connection, source.community_id, version, "test")


async def read(world: World, sql: str) -> list[Mapping[str, Any]]:
    source = await world.source("club")
    async with world.database.transaction(source.scope) as connection:
        return [dict(row) for row in await connection.fetch(sql)]


async def children(world: World) -> dict[str, UUID]:
    """Return the child of each record, by organization and record id."""
    return {f"{row['code']} {row['record_id']}": row["child_id"] for row in await read(world, LINKS)}
