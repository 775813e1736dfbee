"""Working ahead: while the database takes in one part of a file, a thread reads and checks the next one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def one_ahead(parts: Iterator[T]) -> AsyncIterator[T]:
    """Yield the same, and raise the same in the same places; one part is made ahead and no more.

    The thread ends with the part that it is at, whether or not anybody still waits for it.
    """
    coming = _begun(lambda: next(parts, None))
    while (part := await coming) is not None:
        coming = _begun(lambda: next(parts, None))
        yield part


def _begun(work: Callable[[], T]) -> "asyncio.Future[T]":
    """Do the work in a thread that the process does not wait for when it ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    # Who stops before the next part does not ask what became of it.
    done.add_done_callback(lambda each: each.cancelled() or each.exception())

    def run() -> None:
        try:
            tell = partial(done.set_result, work())
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for.
            tell = partial(done.set_exception, error)
        # The loop may have ended before.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(lambda: done.done() or tell())

    Thread(target=run, daemon=True).start()
    return done
