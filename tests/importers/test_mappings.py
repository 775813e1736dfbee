"""A community sets what its codes mean once, and every file of the format is read so, whichever way it comes."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cabinet.cli.main import main
from cabinet.errors import FileUnreadable, InputInvalid, NotFound
from cabinet.importers.code_files import CodeFile
from cabinet.importers.load import find_format, load
from cabinet.importers.mappings import find_mapping, list_mappings, remove_mapping, set_mapping
from cabinet.intake.receipt import Verdict
from tests.importers.reading import write
from tests.world import LOADER, World

OURS = CodeFile("ours.toml", b"\xef\xbb\xbf[statuses]\n'On roster' = 'ENROLLED'\n")
HEADER = "record_id,program,status,begins,child_id,given_name,family_name,birth_date\n"
ENROLLMENTS = find_format("enrollments")


async def taken(world: World, folder: Path, **how: Any) -> dict[Verdict, int]:
    path = write(folder, club=f"{HEADER}1,after,On roster,2026-09-01,7,Ana,Reyes,2018-03-04\n") / "club.csv"
    report = await load(world.database, LOADER, world.harbor, ENROLLMENTS, path, source="club", **how)
    return {verdict: report.total(verdict) for verdict in Verdict if report.total(verdict)}


async def test_what_is_set_counts_until_it_is_removed_and_for_its_community_only(
    world: World, tmp_path: Path
) -> None:
    where = (world.database, LOADER)
    assert await taken(world, tmp_path) == {Verdict.REJECTED: 1}
    await set_mapping(*where, world.river, ENROLLMENTS, OURS)
    assert await taken(world, tmp_path) == {Verdict.REJECTED: 1}
    await set_mapping(*where, world.harbor, ENROLLMENTS, OURS)
    assert [(m.format, m.file) for m in await list_mappings(world.database, world.harbor)] == [
        ("enrollments", "ours.toml")
    ]
    assert await taken(world, tmp_path) == {Verdict.CREATED: 1}
    await remove_mapping(*where, world.harbor, ENROLLMENTS)
    assert await taken(world, tmp_path) == {Verdict.REJECTED: 1}
    assert await list_mappings(world.database, world.harbor) == []
    with pytest.raises(NotFound):
        await remove_mapping(*where, world.harbor, ENROLLMENTS)


async def test_a_file_of_codes_given_with_the_load_counts_before_the_one_that_is_set(
    world: World, tmp_path: Path
) -> None:
    await set_mapping(world.database, LOADER, world.harbor, ENROLLMENTS, OURS)
    other = tmp_path / "other.toml"
    other.write_text("[statuses]\n'on roster' = ''\n")
    assert await taken(world, tmp_path, mapping=other) == {}
    other.write_text("[statuses]\nSomething = 'ENROLLED'\n")
    assert await taken(world, tmp_path, mapping=other) == {Verdict.CREATED: 1}


async def test_what_cannot_be_meant_is_not_set(world: World) -> None:
    for format_name, content, error in (
        ("enrollments", b"[statuses]\nx = 'HERE'\n", FileUnreadable),
        ("enrollments", b"\xff", FileUnreadable),
        ("enrollments", b'[statuses]\nx = "\x00"\n', FileUnreadable),
        ("neighborhoods", b"", InputInvalid),
    ):
        mapping = CodeFile("x.toml", content)
        with pytest.raises(error):
            await set_mapping(world.database, LOADER, world.harbor, find_format(format_name), mapping)
    assert await find_mapping(world.database, world.harbor, ENROLLMENTS) is None


def test_the_operator_sets_shows_lists_and_removes_it(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CABINET_DATABASE_URL", database_url)
    (tmp_path / "ours.toml").write_bytes(OURS.data)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["community", "mapping", *words, "--community", "harbor"])
        return done.exit_code, done.output

    assert run("set", "enrollments", str(tmp_path / "ours.toml"))[0] == 0
    assert run("show", "enrollments") == (0, OURS.data.decode("utf-8-sig"))
    assert run("list")[1].startswith("enrollments  ours.toml  ")
    assert run("remove", "enrollments")[0] == 0
    assert run("show", "enrollments")[0] == run("remove", "enrollments")[0] == 1
    assert run("set", "enrollments", str(tmp_path / "none.toml"))[0] == 1
