"""The files of one export, whether they came as a folder, a zip or a single file.

A zip is never unpacked to disk: its files are read in place, after its table of contents was checked.
"""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from cabinet.errors import FileUnreadable, RowProblem
from cabinet.importers.format import Oddity

MAX_UNPACKED = 2 * 1024**3
MAX_RATIO = 200
"""Rosters pack to about a twentieth; only a bomb packs to less than a two-hundredth."""
RATIO_FLOOR = 16 * 1024**2
"""Below this size a zip may be as dense as it likes: it cannot hurt."""
MAX_FILES = 10_000
ENCRYPTED = 0x1
ZIP = b"PK\x03\x04"
OTHER_ARCHIVES: Mapping[bytes, str] = {b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip"}
"""What archives begin with, whatever their names are."""
DOCUMENTS: Mapping[bytes, str] = {b"%PDF": "PDF document", b"\xd0\xcf\x11\xe0": "document of Office"}
"""The same of documents, which people send for the table that is in them."""
OFFICE = "[Content_Types].xml"
"""A file that every newer document of Office holds; such a one is a zip."""
SAVE_AS = "Save the table as CSV, and send that."

Opener = Callable[[], AbstractContextManager[IO[bytes]]]

_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError)


class Package:
    """Files by name. Names are the last part of a path, and are found in any case."""

    def __init__(self, members: Mapping[str, Opener]) -> None:
        self._members = members
        self.names = tuple(sorted(members))
        self._by_lower_case = {name.casefold(): name for name in self.names}

    def find(self, *spellings: str) -> str | None:
        """Return the first of these files that is there, as it is really spelled."""
        found = (self._by_lower_case.get(spelling.casefold()) for spelling in spellings)
        return next((name for name in found if name), None)

    def only(self, sent: str) -> str:
        """Return the name of the one file there is; raise FileUnreadable where there are none or several."""
        if len(self.names) != 1:
            raise FileUnreadable(f"{sent} holds {len(self.names)} files; send one.", file=sent)
        return self.names[0]

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """Open one file for reading; raise FileUnreadable when its bytes turn out to be broken."""
        try:
            with self._members[name]() as stream:
                yield stream
        except _BROKEN as error:
            raise FileUnreadable(f"{name} cannot be read: {error}", file=name) from None

    def unread(self, used: Iterable[str | None]) -> Iterator[Oddity]:
        """Report the files that no one looked into."""
        for name in sorted(set(self.names) - set(used)):
            yield Oddity(RowProblem(f"{name} was not read: what it holds has no home here.", hint=""), name, 1)


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """Open a folder, a zip or a single file; raise FileUnreadable when it is none, or not safe to read."""
    if path.is_dir():
        yield Package({entry.name: _opener(entry) for entry in _files_in(path)})
    elif not path.is_file():
        raise FileUnreadable(f"{path.name} is not there.", file=path.name)
    elif _is_zip(path):
        with _open_zip(path) as archive:
            yield Package(_members(archive, path.name))
    else:
        yield Package({path.name: _opener(path)})


def _files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, or of the only folder in it: a zip is often unpacked into one of its own."""
    entries = [entry for entry in folder.iterdir() if not _is_litter(PurePosixPath(entry.name))]
    if len(entries) == 1 and entries[0].is_dir() and not entries[0].is_symlink():
        return _files_in(entries[0])
    files = [entry for entry in entries if entry.is_file()]
    _refuse_same_names([entry.name for entry in files], folder.name)
    return files


def _is_litter(place: PurePosixPath) -> bool:
    """Whether a file is one that computers leave behind."""
    return place.name.startswith(".") or "__MACOSX" in place.parts or place.name == "Thumbs.db"


def _refuse_same_names(names: Iterable[str], file: str) -> None:
    """Refuse names that are the same in another case: which of the files was meant cannot be known."""
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            raise FileUnreadable(f"{file} holds {name} twice.", file=file)
        seen.add(name.casefold())


def _is_zip(path: Path) -> bool:
    """Whether a file is a zip by its name or by what it begins with; raise FileUnreadable for another archive."""
    with path.open("rb") as stream:
        begins = stream.read(4)
    for signature, name in OTHER_ARCHIVES.items():
        if begins.startswith(signature):
            raise FileUnreadable(f"{path.name} is a {name} archive.", hint="Send a zip.", file=path.name)
    if begins in DOCUMENTS:
        raise FileUnreadable(f"{path.name} is a {DOCUMENTS[begins]}.", hint=SAVE_AS, file=path.name)
    return path.suffix.casefold() == ".zip" or begins == ZIP


def _opener(path: Path) -> Opener:
    return lambda: path.open("rb")


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _BROKEN as error:
        raise FileUnreadable(f"{path.name} is not a zip file: {error}", file=path.name) from None


def _members(archive: zipfile.ZipFile, file: str) -> dict[str, Opener]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if any(entry.filename == OFFICE for entry in entries):
        raise FileUnreadable(f"{file} is a document of Office.", hint=SAVE_AS, file=file)
    _refuse_bomb(entries, file)
    places = [(_place(entry, file), entry) for entry in entries]
    kept = [(place.name, entry) for place, entry in places if not _is_litter(place)]
    _refuse_same_names([name for name, _ in kept], file)
    return {name: partial(archive.open, entry) for name, entry in kept}


def _place(entry: zipfile.ZipInfo, file: str) -> PurePosixPath:
    place = PurePosixPath(entry.filename.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or ":" in entry.filename:
        raise FileUnreadable(f"{file} holds a file outside its own folder.", file=file)
    if not entry.filename.isprintable():
        raise FileUnreadable(f"{file} holds a file whose name has control characters.", file=file)
    if entry.flag_bits & ENCRYPTED:
        raise FileUnreadable(f"{file} is encrypted.", hint="Send it without a password.", file=file)
    return place


def _refuse_bomb(entries: list[zipfile.ZipInfo], file: str) -> None:
    # The reader stops at the declared size, so that a table of contents that lies about it gains nothing.
    if len(entries) > MAX_FILES:
        raise FileUnreadable(f"{file} holds {len(entries):,} files, more than are taken.", file=file)
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > max(RATIO_FLOOR, MAX_RATIO * packed):
        raise FileUnreadable(f"{file} unpacks to {unpacked:,} bytes, more than is taken.", file=file)
