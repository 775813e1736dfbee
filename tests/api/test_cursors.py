"""A cursor stands for a place in a list: it outlives its row, and is worth nothing in any other list."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from cabinet.read.rows import opaque, opened
from cabinet.tables.terms import Role
from tests.client import Client
from tests.world import child, enrollment

DAYS = ("2026-09-03", "2026-09-01", "2026-09-02", "2026-09-02", "2026-09-02", "2026-09-01", "2026-09-03")
ORDERS = (None, "BEGINS", "BEGINS_DESC")
QUERY = """query ($first: Int!, $after: String, $order: EnrollmentOrder) {
  enrollments(community: "harbor", first: $first, after: $after, orderBy: $order) {
    totalCount edges { cursor node { recordId begins } } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def enroll(client: Client, record_id: str, begins: str) -> None:
    who = child(f"K{record_id}", f"Kid{record_id}")
    await client.world.enroll("club", enrollment(record_id, who, "after", begins=begins))


async def fill(client: Client) -> str:
    for number, begins in enumerate(DAYS):
        await enroll(client, f"e{number}", begins)
    return await client.token(Role.PARTNER_AGENCY)


async def edges(client: Client, token: str, **variables: Any) -> list[tuple[str, str]]:
    """Return the record ids of a page with their cursors."""
    page = (await client.data(QUERY, token, **variables))["enrollments"]
    return [(edge["node"]["recordId"], edge["cursor"]) for edge in page["edges"]]


@pytest.mark.parametrize("order", ORDERS)
async def test_after_each_cursor_comes_exactly_the_rest(client: Client, order: str | None) -> None:
    token = await fill(client)
    whole = await edges(client, token, first=100, order=order)
    assert len(whole) == len(DAYS)
    for place, (_, cursor) in enumerate(whole):
        assert await edges(client, token, first=100, order=order, after=cursor) == whole[place + 1 :]
        assert await edges(client, token, first=2, order=order, after=cursor) == whole[place + 1 : place + 3]


@pytest.mark.parametrize("order", ORDERS)
async def test_a_cursor_outlives_its_row(client: Client, owner: asyncpg.Connection, order: str | None) -> None:
    token = await fill(client)
    whole = await edges(client, token, first=100, order=order)
    place = 3
    (gone, cursor), rest = whole[place], [name for name, _ in whole[place + 1 :]]
    await owner.execute("DELETE FROM enrollment WHERE record_id = $1", gone)
    assert [name for name, _ in await edges(client, token, first=100, order=order, after=cursor)] == rest
    # What comes in before the place is not shown again, what comes in behind it is.
    for record_id, begins in (("early", "2026-01-01"), ("late", "2026-12-31")):
        await enroll(client, record_id, begins)
    after = [name for name, _ in await edges(client, token, first=100, order=order, after=cursor)]
    new = {None: ["early", "late"], "BEGINS": ["late"], "BEGINS_DESC": ["early"]}[order]
    assert after == [*rest, *new]


async def test_a_cursor_is_refused_by_any_other_list(client: Client) -> None:
    token = await fill(client)
    cursors = {order: (await edges(client, token, first=1, order=order))[0][1] for order in ORDERS}
    for order in ORDERS:
        for other in ORDERS:
            told = await client.ask(QUERY, token, first=1, order=order, after=cursors[other])
            assert ("errors" not in told) is (order == other)
            if order != other:
                assert told["errors"][0]["extensions"]["code"] == "INPUT_INVALID"
                assert told["errors"][0]["path"] == ["enrollments"]
    for elsewhere in (
        'children(community: "harbor", after: $after) { totalCount }',
        "communities(after: $after) { totalCount }",
        'community(id: "harbor") { programs(after: $after) { totalCount } }',
    ):
        query = f"query ($after: String) {{ {elsewhere} }}"
        assert await client.code(query, token, after=cursors[None]) == "INPUT_INVALID"


@pytest.mark.parametrize("order", ORDERS)
async def test_a_cursor_that_was_tampered_with_is_refused(client: Client, order: str | None) -> None:
    token = await fill(client)
    cursor = (await edges(client, token, first=1, order=order))[0][1]
    name, key, *value = opened(cursor).decode().split("\n")
    tampered = {
        *(
            "",
            " ",
            "nonsense",
            "\u00e9",
            "A",
            "=" * 8,
            cursor[:-3],
            cursor + "A",
            f" {cursor}",
            cursor + "=",
            f"{cursor}!",
        ),
        opaque(b"\xff\xfe"),
        opaque(name.encode()),
        opaque(f"{name}\n".encode()),
        opaque(f"{name}\n{key[:-1]}".encode()),
        opaque(f"{name} desc\n{key}".encode()),
        opaque(f"enrollment status\n{key}\nENROLLED".encode()),
        *((opaque(f"{name}\n{key}".encode()), opaque(f"{name}\n{key}\n2026-13-01".encode())) if value else ()),
        *(() if value else (opaque(f"{name}\n{key}\n2026-09-01".encode()),)),
    }
    for each in tampered:
        assert await client.code(QUERY, token, first=1, order=order, after=each) == "INPUT_INVALID", each
