"""A file that is read ahead is the same file, and nobody goes on reading it for nothing."""

from collections.abc import Generator
from itertools import islice
from pathlib import Path
from threading import Event

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers.ahead import read_ahead

ITEMS, PATIENCE = 100_000, 60


def numbers(path: Path) -> Generator[int]:
    yield from range(int(path.name))


def broken(path: Path) -> Generator[int]:
    yield from numbers(path)
    raise FileUnreadable("torn")


def test_every_item_comes_in_its_place() -> None:
    for count in (0, 1, 999, 1_000, 1_001, ITEMS):
        assert list(read_ahead(numbers)(Path(str(count)))) == list(range(count))


@pytest.mark.parametrize("count", [0, 1, 1_000, 2_500])
def test_what_was_read_before_an_error_comes_before_it(count: int) -> None:
    read: list[int] = []
    with pytest.raises(FileUnreadable):
        read.extend(read_ahead(broken)(Path(str(count))))
    assert read == list(range(count))


def test_who_stops_reading_ends_the_reader() -> None:
    closed, read = Event(), 0

    def endless(_: Path) -> Generator[int]:
        nonlocal read
        try:
            while True:
                yield (read := read + 1)
        finally:
            closed.set()

    assert list(islice(read_ahead(endless)(Path()), 5)) == [1, 2, 3, 4, 5]
    assert closed.wait(PATIENCE)
    assert read < ITEMS
