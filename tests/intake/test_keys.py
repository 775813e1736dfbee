"""Keys that are made many at a time are as good as the database's own."""

from string import ascii_lowercase
from uuid import UUID

from cabinet.intake.rows import Kind
from cabinet.keys import keys_from, new_keys
from cabinet.plans import MANY
from tests.world import World, child, enrollment

LATER = """
SELECT count(*) FILTER (WHERE uuid_extract_version(key) = 7),
  max(uuid_extract_timestamp(key)) - min(uuid_extract_timestamp(key)) <= '3 ms',
  bool_and(key > $2), bool_and(key::text ~ '^.{19}[89ab]')
FROM unnest($1::uuid[]) AS key
"""


async def test_keys_come_in_order_after_those_the_database_made(world: World) -> None:
    async with world.database.transaction((await world.source("club")).scope) as connection:
        before: UUID = await connection.fetchval("SELECT uuidv7()")
        keys = await new_keys(connection, 10_000)
        assert list(await connection.fetchrow(LATER, keys, before)) == [10_000, True, True, True]
    assert keys == sorted(set(keys))


def test_a_step_beyond_a_millisecond_is_carried() -> None:
    keys = keys_from(UUID("00000000-00ff-7ffe-8000-000000000000"), 4)
    assert [str(key)[:18] for key in keys] == [
        "00000000-00ff-7ffe",
        "00000000-00ff-7fff",
        "00000000-0100-7000",
        "00000000-0100-7001",
    ]
    assert len({key.int & 2**62 - 1 for key in keys}) == len(keys)


async def test_the_enrollments_of_a_large_post_are_in_line_as_they_arrived(world: World) -> None:
    names = [f"Kid {one}{other}" for one in ascii_lowercase for other in ascii_lowercase][:MANY]
    sent = [enrollment(name, child("", name), "after") for name in names]
    receipt = await world.post("club", Kind.ENROLLMENT, *sent)
    keys = [outcome.enrollment_id for outcome in receipt.outcomes if outcome.enrollment_id]
    assert len(keys) == MANY
    assert keys == sorted(keys)
