"""Rows as COPY sends them in binary, taken as numpy arrays a few megabytes at a time."""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np

from cabinet.db import Connection

_HEADER, _TRAILER = 19, 2
_CHUNK = 4 * 1024**2

Rows = np.ndarray[Any, np.dtype[np.void]]


def row_type(*columns: tuple[str, str]) -> np.dtype[np.void]:
    """Return how rows of these columns lie in the stream: none may be NULL, each has its length before it."""
    fields = [field for name, kind in columns for field in ((f"{name} length", ">i4"), (name, kind))]
    return np.dtype([("columns", ">i2"), *fields])


class Copied:
    """Takes the stream of one COPY and hands whole rows to `take`, in a thread, so that others go on meanwhile."""

    def __init__(self, kind: np.dtype[np.void], take: Callable[[Rows], None]) -> None:
        self._kind, self._take = kind, take
        self._waiting = bytearray()
        self._is_begun = False

    async def __call__(self, data: bytes) -> None:
        self._waiting += data
        if len(self._waiting) >= _CHUNK:
            await self._hand_over(keep=_TRAILER)

    async def read(self, connection: Connection, sql: str) -> None:
        await connection.copy_from_query(sql, output=self, format="binary")
        await self._hand_over(keep=0)

    async def _hand_over(self, keep: int) -> None:
        begin = 0 if self._is_begun else _HEADER
        self._is_begun = True
        count = (len(self._waiting) - begin - keep) // self._kind.itemsize
        rows = np.frombuffer(bytes(self._waiting[begin : begin + count * self._kind.itemsize]), self._kind)
        del self._waiting[: begin + rows.nbytes]
        if count:
            await asyncio.to_thread(self._take, rows)
