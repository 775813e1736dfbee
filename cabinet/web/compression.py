"""Answers made smaller, where that is worth the work.

Nothing here helps an attacker who measures compressed lengths (BREACH): that needs a victim's browser to send
requests with the victim's credentials by itself, and a bearer token is sent by nobody but its holder's program.
"""

import asyncio
import gzip
from collections.abc import Callable, Mapping

import brotli
import zstandard

from cabinet.web.accept import Form

WORTHWHILE = 1_400
"""Bytes that go into one packet anyway are sent as they are."""

LARGE = 64 * 1024
"""From here on (about 0.5 ms of work) a thread compresses, while the event loop goes on."""


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, compresslevel=5, mtime=0)


def _brotli(content: bytes) -> bytes:
    compressed: bytes = brotli.compress(content, quality=4)
    return compressed


def _zstd(content: bytes) -> bytes:
    # A compressor serves one thread at a time; making one takes a few microseconds.
    return zstandard.ZstdCompressor(level=3).compress(content)


_COMPRESSORS: Mapping[str, Callable[[bytes], bytes]] = {"gzip": _gzip, "br": _brotli, "zstd": _zstd}


def coding_of(form: Form, size: int) -> str | None:
    """Return the coding an answer of this size is sent in; None: as it is."""
    return form.coding if size >= WORTHWHILE or not form.identity else None


async def compress(content: bytes, coding: str) -> bytes:
    compressor = _COMPRESSORS[coding]
    return compressor(content) if len(content) < LARGE else await asyncio.to_thread(compressor, content)
