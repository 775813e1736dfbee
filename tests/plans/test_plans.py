"""Plans, to be read: what a query becomes in SQL, and what is answered, case by case in the files of `cases`.

After a change of the compiler, `CABINET_REMAKE_PLANS=1 make test` writes them anew; read the difference.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from cabinet import tables
from cabinet.communities import add_member
from cabinet.db import Database
from cabinet.intake.rows import Kind
from cabinet.read.rows import called, encode_id, opaque, opened
from cabinet.scope import Scope
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import find_viewer
from tests.plans.both_ways import BothWays
from tests.plans.plan_cases import Case, cases
from tests.world import World, child, enrollment, find_world

NAMED = (tables.community, tables.organization, tables.program, tables.neighborhood, tables.school)
NUMBERED = (tables.child, tables.enrollment)


class Listening(Database):
    """A database that remembers what finished answers it was asked for."""

    async def row(self, scope: Scope, sql: str, arguments: list[Any]) -> asyncpg.Record:
        self.asked = [(scope, sql, arguments)]
        return await super().row(scope, sql, arguments)

    async def rows_of_one_moment(self, asked: Sequence[tuple[Scope, str, list[Any]]]) -> list[asyncpg.Record]:
        self.asked = list(asked)
        return await super().rows_of_one_moment(asked)


class Room:
    """The small world with three children, who have names in the files of cases."""

    def __init__(self, database: Listening, owner: asyncpg.Connection, both: BothWays) -> None:
        self.database, self.owner, self.both = database, owner, both
        self.keys: dict[UUID, str] = {}
        self.ids: dict[str, str] = {}

    async def name_rows(self) -> None:
        for table in (*NAMED, *NUMBERED):
            key = table.info["key"]
            word = "code" if table in NAMED else f"row_number() OVER (ORDER BY community_id, {key})::text"
            rows = await self.owner.fetch(f"SELECT community_id, {key} AS key, {word} AS word FROM {table.name}")
            for row in sorted(rows, key=lambda row: row["community_id"], reverse=True):
                name = f"{table.name} {row['word']}"
                self.keys[row["key"]] = name
                self.ids[f"<{name}>"] = encode_id(table, row["community_id"], row["key"])
        await self._name_references()

    async def _name_references(self) -> None:
        """Name what the club calls children: `<child 1 to the club>`."""
        (member,) = (await find_viewer(self.database, "agency club")).memberships
        keys = (member.reference_key,)
        for key, name in [each for each in self.keys.items() if each[1].startswith("child ")]:
            self.keys[called(tables.child, key, keys)] = f"{name} to the club"
            self.ids[f"<{name} to the club>"] = encode_id(tables.child, member.community_id, key, keys)

    def opened(self, value: Any) -> Any:
        """Put ids and cursors in the place of names: `<program after>`, `<cursor program, program after>`."""
        if isinstance(value, dict):
            return {key: self.opened(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.opened(each) for each in value]
        if isinstance(value, str) and value.startswith("<cursor "):
            order, name, *rest = value[len("<cursor ") : -1].split(", ")
            key = next(key for key, each in self.keys.items() if each == name)
            return opaque("\n".join([order, str(key), *rest]).encode())
        return self.ids.get(value, value) if isinstance(value, str) else value

    def named(self, value: Any) -> Any:
        """Put names in the place of what differs from run to run."""
        if isinstance(value, Mapping):
            return {key: self.named(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.named(each) for each in value]
        if isinstance(value, UUID):
            return f"<{self.keys.get(UUID(str(value)), 'nothing')}>"
        return self._named_text(value) if isinstance(value, str) else value

    def _named_text(self, text: str) -> str:
        names = [name for name, each in self.ids.items() if each == text]
        if names:
            return names[0]
        try:
            order, key, *rest = opened(text).decode().split("\n")
            return f"<cursor {', '.join([order, self.keys[UUID(key)], *rest])}>"
        except ValueError:
            return text

    def statement(self, scope: Scope, sql: str, arguments: Sequence[Any]) -> str:
        words = (*scope.sectors, *(self.named(each) for each in scope.organizations))
        said = [f"-- as {scope.login.value}{': ' if words else ''}{', '.join(words)}"]
        said += [
            f"-- ${n} = {orjson.dumps(self.named(each), default=str).decode()}"
            for n, each in enumerate(arguments, 1)
        ]
        return "\n".join([*said, sql + ";"])


@pytest.fixture
async def room(database_url: str, settings: Settings) -> AsyncIterator[Room]:
    owner = await asyncpg.connect(database_url)
    async with Listening(database_url, settings) as database:
        world = await find_world(database)
        await fill(world)
        await rekey_children(owner)
        found = Room(database, owner, BothWays(database, settings))
        await found.name_rows()
        yield found
    await owner.close()


async def fill(world: World) -> None:
    ana, bo, cy = child("K1", "Ana", grade="03", school="ES1"), child("K2", "Bo"), child("K3", "Cy", sex="MALE")
    for code, children in (("district", (ana, bo)), ("clinic", (bo,)), ("club", (ana, cy))):
        for each in children:
            await world.roster(code, {**each, "race_ethnicity": ["ASIAN"] if code == "district" else []})
    await world.enroll("district", enrollment("d1", "K1", "tutoring"))
    rows = [("c1", "K1", "2026-09-01"), ("c2", bo, "2026-09-02"), ("c3", "K3", "2026-09-02")]
    for record_id, person, begins in rows:
        await world.enroll("club", enrollment(record_id, person, "after", begins=begins))
    visit = {"record_id": "v1", "child": {"source_id": "K2"}, "service_type": "DENTAL", "kind": "VISIT"}
    await world.fill("clinic", Kind.ENCOUNTER, [{**visit, "occurred_on": "2026-09-03", "code": "cdt|D0120"}])
    await world.fill(
        "clinic", Kind.WITHDRAWAL, [{"record_id": "v1", "kind": "ENCOUNTER", "reason": "another child's"}]
    )
    members: dict[str, tuple[Role, dict[str, str]]] = {
        "steward of education": (Role.SECTOR_STEWARD, {"sector": "EDUCATION"}),
        "steward of health and agency club": (Role.SECTOR_STEWARD, {"sector": "HEALTH"}),
        "agency club": (Role.PARTNER_AGENCY, {"organization": "club"}),
    }
    for subject, (role, more) in members.items():
        await add_member(world.database, world.harbor, subject, role, **more)
    await add_member(
        world.database, world.harbor, "steward of health and agency club", Role.PARTNER_AGENCY, organization="club"
    )


async def rekey_children(owner: asyncpg.Connection) -> None:
    """Give children keys in the order of their names; their own are drawn by chance, and so is their order."""
    await owner.execute(
        "CREATE TEMP TABLE rekeyed AS SELECT child_id, ('00000000-0000-4000-8000-' ||"
        " lpad(row_number() OVER (ORDER BY min(given_name))::text, 12, '0'))::uuid AS key"
        " FROM child_identity GROUP BY child_id"
    )
    await owner.execute("SET session_replication_role = replica")
    for table in tables.metadata.sorted_tables:
        if "child_id" in table.c:
            await owner.execute(
                f"UPDATE {table.name} SET child_id = rekeyed.key FROM rekeyed"
                f" WHERE {table.name}.child_id = rekeyed.child_id"
            )
    await owner.execute("SET session_replication_role = origin")


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
async def test_the_plan_is_what_the_case_shows(room: Room, path: Path) -> None:
    case, both = Case.read(path), room.both
    asked = (case.query, None if case.viewer == "anybody" else case.viewer, room.opened(case.variables))
    await room.owner.execute("DELETE FROM audit_event")
    compiled = await both.tell(both.compiled, *asked)
    audit = await room.owner.fetch("SELECT action, detail::text FROM audit_event ORDER BY 1, 2")
    assert compiled.compiled, compiled.body
    assert compiled.data == (await both.tell(both.ordinary, *asked)).data
    sql = "\n\n".join(room.statement(*each) for each in room.database.asked)
    body = orjson.loads(orjson.dumps(compiled.body))
    text = case.text(sql, room.named(body), [f"{row['action']} {row['detail']}" for row in audit])
    case.settle(text)
