"""Reading on while what was read is taken in: the database works on one part of a file, a thread on the next."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from queue import Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
Reader = Callable[[Path], Iterator[T]]

_PART, _PARTS = 1_000, 12
"""Items handed over at once, and how many times as many may wait: memory is the same for a file of any size."""
_SECONDS = 0.2


def read_ahead(read: Callable[[Path], Generator[T]]) -> Reader[T]:
    """Return a reader that yields and raises the same, in the same places."""

    def ahead(path: Path) -> Iterator[T]:
        reading = _Reading[T]()
        Thread(target=reading.run, args=(read, path), daemon=True).start()
        try:
            yield from reading.items()
        finally:
            reading.stopped.set()

    return ahead


class _Reading(Generic[T]):
    """What a thread has read, part by part; the last part is empty, or what went wrong."""

    def __init__(self) -> None:
        self.stopped = Event()
        self._parts: Queue[list[T] | Exception] = Queue(_PARTS)

    def items(self) -> Iterator[T]:
        while part := self._parts.get():
            if isinstance(part, Exception):
                raise part
            yield from part

    def run(self, read: Callable[[Path], Generator[T]], path: Path) -> None:
        end: list[T] | Exception = []
        try:
            with closing(read(path)) as items:
                self._read(items)
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for.
            end = error
        self._put(end)

    def _read(self, items: Iterator[T]) -> None:
        part: list[T] = []
        try:
            for item in items:
                part.append(item)
                if len(part) == _PART:
                    self._put(part)
                    part = []
                if self.stopped.is_set():
                    return
        finally:
            # What was read before an error comes before it.
            if part:
                self._put(part)

    def _put(self, part: list[T] | Exception) -> None:
        """Hand a part over, as soon as there is room for it, unless nobody waits for it any more."""
        while not self.stopped.is_set():
            try:
                self._parts.put(part, timeout=_SECONDS)
            except Full:
                continue
            return
