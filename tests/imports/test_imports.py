"""A file over HTTP: accepted at once, taken in behind, and every row accounted for to whoever sent it."""

import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import orjson
import pytest

from cabinet.communities import end_membership
from cabinet.settings import Settings
from tests.imports.sender import FIELDS, HEADER, Sender, counts, row, rows, sending, token_of
from tests.server import Process, serving
from tests.world import World


def zipped(**files: bytes | str) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return content.getvalue()


async def test_every_row_of_a_file_is_accounted_for(club: Sender) -> None:
    bad = row("x", begins="2026-02-30") + "only,three,cells\n" + row("y", program="paint")
    job = await club.ended(await club.send(rows(2_500) + bad, "harbor/enrollments?file=march.csv"))
    assert (job["state"], job["file"], job["source"], job["error"]) == ("DONE", "march.csv", "club", None)
    assert counts(job) == (2_503, 2_500, 0, 3)
    header, *rejected = await club.csv(job["rejectedCsv"])
    assert header == ["file", "row", "column", "code", "message", "hint"]
    assert [line[:4] for line in sorted(rejected, key=lambda line: int(line[1]))] == [
        ["march.csv", "2502", "begins", "DATE_INVALID"],
        ["march.csv", "2503", "", "ROW_INVALID"],
        ["march.csv", "2504", "program", "PROGRAM_NOT_YOURS"],
    ]
    assert all(line[4] and line[5] for line in rejected)
    again = await club.ended(await club.send(rows(2_500)))
    assert counts(again) == (2_500, 0, 2_500, 0)
    assert (await club.csv(again["rejectedCsv"])) == [header]
