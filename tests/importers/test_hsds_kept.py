"""What a directory says that has no home here is kept with the item it is about, and counted as news."""

from pathlib import Path
from typing import Any

import orjson

from cabinet.importers.load import find_format, load
from cabinet.importers.report import Report
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.scope import Scope
from cabinet.tables.security import Login
from tests.importers.reading import Reading, read, write
from tests.world import LOADER, World

PHONES = "id,service_id,location_id,number\nt1,v1,,555-0001\nt2,,l1,555-0002\nt3,,,555-0003\n"
FILES = {
    "organization": "id,name,email\no1,Library,a@example.org\n",
    "program": "id,organization_id,name,alternate_name\np1,o1,Club,The Club\n",
    "service": "id,name,organization_id,program_id,status,fees\nv1,Tutoring,o1,p1,active,none\n",
    "location": "id,name,transportation\nl1,Main,Bus 7\n",
    "service_at_location": "id,service_id,location_id,description\nx1,v1,l1,Upstairs\n",
    "phones": PHONES,
}
STORED = "SELECT kind, code, payload FROM supply_record WHERE community_id = $1 AND format = 'hsds' ORDER BY kind"


def payloads(reading: Reading) -> dict[str, Any]:
    return {raw.fields["code"]: raw.fields["payload"] for raw in reading.raws if "payload" in raw.fields}


async def take(world: World, path: Path) -> Report:
    return await load(world.database, LOADER, world.harbor, find_format("hsds"), path)


async def stored(world: World) -> dict[str, Any]:
    scope = Scope(Login.WRITER, (world.harbor.community_id,))
    async with world.database.transaction(scope) as connection:
        rows = await connection.fetch(STORED, world.harbor.community_id)
    return {f"{row['kind']} {row['code']}": row["payload"] for row in rows}


def test_everything_is_kept_with_what_it_is_about(tmp_path: Path) -> None:
    reading = read("hsds", write(tmp_path / "hsds", **FILES))
    assert payloads(reading) == {
        "o1": {"email": "a@example.org"},
        "p1": {"alternate_name": "The Club"},
        "l1": {
            "transportation": "Bus 7",
            "phones": [{"id": "t2", "location_id": "l1", "number": "555-0002"}],
        },
        "v1": {
            "fees": "none",
            "phones": [{"id": "t1", "service_id": "v1", "number": "555-0001"}],
            "service_at_location": [{"description": "Upstairs"}],
        },
    }
    assert reading.all_sound()


def test_nested_items_are_kept_as_received_once_and_in_any_order(tmp_path: Path) -> None:
    service = {
        "id": "v1",
        "name": "Tutoring",
        "status": "active",
        "organization": {"id": "o1", "name": "Library"},
        "cost_options": [{"id": "c1", "amount": 5}],
        "attributes": [{"id": "b1", "value": "yes", "taxonomy_term": {"id": "t1", "name": "Tutoring"}}],
    }
    other = {**service, "attributes": [{"id": "b2", "value": "no"}]}
    found = []
    for items in ((service, other, service), (other, service)):
        path = tmp_path / f"{len(items)}.json"
        path.write_bytes(orjson.dumps(items))
        found.append(payloads(read("hsds", path)))
    assert (
        found[0]
        == found[1]
        == {"v1": {"cost_options": service["cost_options"], "attribute": [{"value": "no"}, {"value": "yes"}]}}
    )


async def test_it_is_stored_once_and_a_change_of_it_is_news(world: World, tmp_path: Path) -> None:
    path = write(tmp_path / "hsds", **FILES)
    first = await take(world, path)
    assert first.total(Verdict.REJECTED) == 0
    kept = await stored(world)
    assert kept["service v1"]["fees"] == "none"
    assert {key.split()[0] for key in kept} == {"organization", "program", "location", "service"}
    again = await take(world, path)
    assert {v for counter in again.counts.values() for v, n in counter.items() if n} == {Verdict.UNCHANGED}
    write(path, phones=PHONES.replace("0001", "0009"))
    changed = await take(world, path)
    assert changed.total(Verdict.UPDATED) == changed.counts[Kind.SERVICE][Verdict.UPDATED] == 1
    assert (await stored(world))["service v1"]["phones"][0]["number"] == "555-0009"


async def test_a_file_that_says_less_takes_nothing_away(world: World, tmp_path: Path) -> None:
    path = write(tmp_path / "hsds", **FILES)
    await take(world, path)
    before = await stored(world)
    await take(world, write(path, phones="id\n", service=FILES["service"].replace("none", "")))
    assert (await stored(world))["organization o1"] == before["organization o1"]


def test_what_an_item_says_and_what_a_table_says_of_it_are_kept_apart(tmp_path: Path) -> None:
    organization = {"id": "o1", "name": "Library"}
    service = {
        "id": " v1 ",
        "name": "Tutoring",
        "status": "active",
        "organization": organization,
        "phones": [2, 1],
    }
    path = write(tmp_path / "hsds", all__json=orjson.dumps(service), phones="id,service_id\nt1,v1\n")
    assert payloads(read("hsds", path)) == {
        "v1": {"phones": [2, 1], "phones_rows": [{"id": "t1", "service_id": "v1"}]}
    }
