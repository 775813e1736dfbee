"""A file that comes over HTTP is read with the codes that its community has set, as they stood when it came."""

from datetime import datetime

from cabinet.importers.code_files import CodeFile
from cabinet.importers.load import find_format
from cabinet.importers.mappings import find_mapping, set_mapping
from tests.imports.sender import Sender, counts, rows
from tests.world import LOADER, World

ENROLLMENTS = find_format("enrollments")


async def test_the_codes_of_the_community_count_for_what_agencies_send(world: World, club: Sender) -> None:
    sent = rows(3).replace("ENROLLED", "On roster")
    assert counts(await club.ended(await club.send(sent))) == (3, 0, 0, 3)
    mapping = CodeFile("ours.toml", b"[statuses]\n'On roster' = 'ENROLLED'\n")
    await set_mapping(world.database, LOADER, world.harbor, ENROLLMENTS, mapping)
    job = await club.ended(await club.send(sent))
    assert counts(job) == (3, 3, 0, 0)


async def test_what_is_set_later_does_not_change_how_a_file_that_has_come_is_read(
    world: World, club: Sender
) -> None:
    job = await club.ended(await club.send(rows(1)))
    mapping = CodeFile("ours.toml", b"[statuses]\nENROLLED = 'WAITLISTED'\n")
    await set_mapping(world.database, LOADER, world.harbor, ENROLLMENTS, mapping)
    came = (await club.job(job["id"]))["receivedAt"]
    assert await find_mapping(world.database, world.harbor, ENROLLMENTS, datetime.fromisoformat(came)) is None
    assert await find_mapping(world.database, world.harbor, ENROLLMENTS) == mapping
