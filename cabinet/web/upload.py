"""A large body on its way to the disk: in pieces, none of which may take longer than a whole body elsewhere."""

import asyncio
from collections.abc import Callable

from cabinet.db import Database
from cabinet.errors import BodyTimeout, BodyTooLarge, RequestError, UnsupportedMediaType
from cabinet.jobs.spool import Arriving
from cabinet.web.body import Headers, Message, Receive
from cabinet.web.protocol import UPLOAD

SUFFIXES = {
    "text/csv": ".csv",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/json": ".json",
    "application/fhir+json": ".json",
    "application/x-ndjson": ".ndjson",
    "application/ndjson": ".ndjson",
    "application/fhir+ndjson": ".ndjson",
    "application/xml": ".xml",
    "text/xml": ".xml",
}
"""What a file may be, and how the readers know it by its name."""

_PIECE = 64 * 1024
_WRITE = 1024 * 1024
_SLOWLY = "Send the file over a faster line, or in several parts."


def suffix_of(headers: Headers) -> str:
    """Return the suffix that the media type stands for; raise UnsupportedMediaType."""
    kind = headers.get(b"content-type", b"").decode("latin-1").lower().split(";")[0].strip()
    if kind not in SUFFIXES:
        raise UnsupportedMediaType(
            f"A file of the type {kind[:80]!r} is not taken.", hint=f"Send one of: {', '.join(SUFFIXES)}."
        )
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise UnsupportedMediaType("The file is compressed on its way.", hint="Send it as it is, or as a zip.")
    return SUFFIXES[kind]


def length_of(headers: Headers, limit: int) -> int:
    """Return the length a body is said to have, 0 if it is not said; raise BodyTooLarge."""
    said = headers.get(b"content-length", b"0")
    length = int(said[:20]) if said.isdigit() else 0
    check_size(length, limit)
    return length


def check_size(size: int, limit: int) -> None:
    if size > limit:
        raise BodyTooLarge(f"The file is larger than {limit:,} bytes.", hint="Send it in several parts.")


class Upload:
    """Writes a body to a file as it arrives. What comes faster than the disk takes it waits with the client."""

    def __init__(self, database: Database, scope: Message, receive: Receive) -> None:
        self._settings, self._within = database.settings, database.deadlines.within
        self._receive = receive
        self._allow = scope.get("extensions", {}).get(UPLOAD, {}).get("allow")

    async def into(self, file: Arriving) -> None:
        """Write it all. Raises BodyTimeout, BodyTooLarge, DiskFull, and RequestError if the client leaves."""
        if self._allow is not None:
            self._allow()
        try:
            async with asyncio.timeout(self._settings.upload_seconds):
                await self._write(file)
        except TimeoutError as error:
            raise BodyTimeout("The file did not arrive in time.", hint=_SLOWLY) from error

    async def _write(self, file: Arriving) -> None:
        held, is_whole = bytearray(), False
        while not is_whole:
            with self._within(self._settings.body_seconds):
                is_whole = await self._read_piece(held)
            check_size(file.size + len(held), self._settings.import_bytes)
            if len(held) >= _WRITE or is_whole:
                await _in_thread(file.write, bytes(held))
                held.clear()
        await _in_thread(file.settle)

    async def _read_piece(self, held: bytearray) -> bool:
        """Add a piece of the body to what is held; tell whether it was the last."""
        enough = len(held) + _PIECE
        while len(held) < enough:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise RequestError("The connection closed before the whole file arrived.", hint="Send it again.")
            held += message.get("body", b"")
            if not message.get("more_body"):
                return True
        return False


async def _in_thread(work: Callable[..., None], *given: bytes) -> None:
    """Wait for the thread also when given up meanwhile: the file it writes to is closed after that."""
    thread = asyncio.create_task(asyncio.to_thread(work, *given))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait({thread})
        raise
