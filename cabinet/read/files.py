"""The files a list can be had as: what COPY is told, and what becomes of its bytes on their way."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

_BOM = b"\xef\xbb\xbf"


class FileFormat(StrEnum):
    CSV = "csv"
    NDJSON = "ndjson"


MEDIA_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8; header=present",
    FileFormat.NDJSON: "application/x-ndjson",
}

COPY_OPTIONS: Mapping[FileFormat, Mapping[str, str]] = {
    FileFormat.CSV: {"format": "csv"},
    # COPY knows no raw lines, and its text format would escape backslashes once more. As CSV whose quote and
    # delimiter are control characters, which JSON always escapes, nothing of a line is ever quoted.
    FileFormat.NDJSON: {"format": "csv", "quote": "\x01", "delimiter": "\x02"},
}


class File(Protocol):
    """Turns the bytes that COPY writes into those of the file, and counts the rows that have gone by."""

    rows: int

    def passed(self, chunk: bytes) -> bytes: ...


class Ndjson:
    """A JSON object a line: https://github.com/ndjson/ndjson-spec."""

    def __init__(self) -> None:
        self.rows = 0

    def passed(self, chunk: bytes) -> bytes:
        self.rows += chunk.count(b"\n")
        return chunk


class Csv:
    """RFC 4180: a header line, and CR LF at the end of every line, where COPY writes LF."""

    def __init__(self, columns: Sequence[str], *, bom: bool) -> None:
        self.rows = 0
        self._head = (_BOM if bom else b"") + ",".join(columns).encode() + b"\r\n"
        self._is_quoted = False

    def passed(self, chunk: bytes) -> bytes:
        """End lines, but leave line breaks between quotes; a quote within quotes is doubled, which cancels out.

        The header line comes before the first bytes, which may be none.
        """
        head, self._head = self._head, b""
        parts = chunk.split(b'"')
        for at in range(int(self._is_quoted), len(parts), 2):
            self.rows += parts[at].count(b"\n")
            parts[at] = parts[at].replace(b"\n", b"\r\n")
        self._is_quoted ^= len(parts) % 2 == 0
        return head + b'"'.join(parts)
