"""Files that nobody here wrote come in over HTTP as they do by `cabinet load`, the supply apart."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers import FORMATS
from cabinet.importers.format import Oddity
from cabinet.intake.rows import Kind
from cabinet.intake.supply import TABLES as SUPPLY
from cabinet.settings import Settings
from tests.importers.reading import read, real
from tests.imports.sender import Sender, counts, sending, token_of
from tests.server import Process, serving
from tests.world import World

ZIP = "application/zip"


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"data": tmp_path / "data"})


@pytest.fixture
async def server(world: World, database_url: str, own: Settings) -> AsyncIterator[Process]:
    async with serving(database_url, own) as process:
        yield process


def packed(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.make_archive(str(tmp_path / folder.name), "zip", folder))


def content_of(path: Path) -> bytes:
    return path.read_bytes()


async def send(sender: Sender, format_name: str, path: Path) -> dict[str, object]:
    address = f"harbor/{format_name}?file={path.name}"
    return await sender.ended(await sender.send(content_of(path), address, ZIP))


def is_whole(format_name: str, path: Path) -> bool:
    try:
        list(FORMATS[format_name].read(path))
    except FileUnreadable:
        return False
    return True


@pytest.mark.parametrize(
    ("organization", "format_name", "parts"),
    [
        ("clinic", "fhir", ("fhir", "synthea-ma-children", "ndjson")),
        ("district", "oneroster", ("oneroster", "generated-1.1", "district-small")),
        ("district", "oneroster", ("oneroster", "generated-1.1", "district-medium")),
    ],
)
async def test_every_row_of_an_export_is_answered(
    world: World,
    server: Process,
    own: Settings,
    tmp_path: Path,
    organization: str,
    format_name: str,
    parts: tuple[str],
) -> None:
    path = packed(real(*parts), tmp_path)
    reading = read(format_name, path)
    # The schools of a district's roster are its own to say, and who it is is not counted.
    is_roster = format_name == "oneroster"
    own_schools = sum(raw.kind is Kind.SCHOOL for raw in reading.raws) if is_roster else 0
    named = sum(raw.kind is Kind.ORGANIZATION for raw in reading.raws) if is_roster else 0
    # A roster's classes are no programs here, so that none of them comes to be a row.
    others = own_schools + sum(raw.kind not in SUPPLY and raw.kind is not Kind.ENROLLMENT for raw in reading.raws)
    async with sending(server.url, await token_of(world, own, organization)) as sender:
        first = await send(sender, format_name, path)
        again = await send(sender, format_name, path)
        rejected = await sender.csv(str(first["rejectedCsv"]))
    assert (first["state"], again["state"], first["error"]) == ("DONE", "DONE", None)
    assert others > 200
    taken = others - sum(line[3] not in {"SUPPLY_NOT_YOURS", "ROW_INVALID"} for line in rejected[1:])
    assert counts(first)[0] == len(reading.raws) - named + sum(line[3] == "ROW_INVALID" for line in rejected[1:])
    assert int(str(first["created"])) + int(str(first["updated"])) == taken
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, taken)


async def test_a_package_is_taken_or_refused_as_its_reader_says(
    world: World, server: Process, own: Settings
) -> None:
    folder = real("oneroster", "longsight-1.2-zips")
    async with sending(server.url, await token_of(world, own, "district")) as district:
        for path in sorted(folder.glob("*.zip")):
            job = await send(district, "oneroster", path)
            assert job["state"] == ("DONE" if is_whole("oneroster", path) else "FAILED"), path.name
            if job["state"] == "FAILED":
                assert job["error"]["code"] in ("FILE_UNREADABLE", "PACKAGE_INVALID"), path.name  # type: ignore[index]
            noted = [item for item in _items(path) if isinstance(item, Oddity)]
            said = await district.csv(str(job["remarksCsv"]))
            assert job["state"] == "FAILED" or len(said) - 1 >= len(noted), path.name


def _items(path: Path) -> list[object]:
    return list(FORMATS["oneroster"].read(path)) if is_whole("oneroster", path) else []
