"""Where files wait until they have been taken in: in the data folder, a folder for each, readable by us alone."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time
from uuid import UUID, uuid4

from cabinet.errors import DataFolderUnusable, DiskFull

_NAME = "folder-id"


@dataclass(frozen=True)
class Spool:
    """The files that wait in one data folder."""

    data: Path
    spare: int
    """Bytes that must stay free beside the files: a database may live on the same disk."""

    @property
    def folder(self) -> Path:
        return self.data / "imports"

    def known_as(self) -> UUID | None:
        """Return the id of this data folder, by which jobs name it; None where no file ever came in."""
        with suppress(FileNotFoundError):
            return UUID((self.folder / _NAME).read_text())
        return None

    def make(self) -> UUID:
        """Make the folder if it is not there; return its id. Raises DataFolderUnusable."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return self.known_as() or self._name()
        except OSError as error:
            raise DataFolderUnusable(f"No file can be kept in {self.folder}: {error.strerror}.") from error

    def _name(self) -> UUID:
        draft = self.folder / f"{_NAME}.{uuid4().hex}"
        draft.write_text(str(uuid4()))
        # Of two processes that begin at once one is first, and the other takes its word.
        with suppress(FileExistsError):
            os.link(draft, self.folder / _NAME)
        draft.unlink()
        return UUID((self.folder / _NAME).read_text())

    def check_room(self, size: int) -> None:
        """Raise DiskFull if so many bytes more would not leave enough free."""
        if shutil.disk_usage(self.folder).free - size < self.spare:
            raise DiskFull

    def begin(self, job_id: UUID, name: str) -> "Arriving":
        """Open a new file for a job."""
        folder = self.folder / str(job_id)
        folder.mkdir(mode=0o700)
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        return Arriving(self, descriptor)

    def path(self, job_id: UUID, name: str) -> Path:
        return self.folder / str(job_id) / name

    def remove(self, job_id: UUID) -> None:
        shutil.rmtree(self.folder / str(job_id), ignore_errors=True)

    def found(self, older_than: float) -> Iterator[tuple[UUID, bool]]:
        """Yield the job of each file that is here, and whether nobody wrote to it for so many seconds."""
        with suppress(FileNotFoundError):
            for entry in self.folder.iterdir():
                with suppress(ValueError, FileNotFoundError):
                    job_id = UUID(entry.name)
                    last = max(each.stat().st_mtime for each in (entry, *entry.iterdir()))
                    yield job_id, time() - last > older_than


@dataclass
class Arriving:
    """A file that is being written."""

    spool: Spool
    descriptor: int
    size: int = 0

    def write(self, piece: bytes) -> None:
        """Add a piece; raise DiskFull while there is still room for others."""
        self.spool.check_room(len(piece))
        try:
            view = memoryview(piece)
            while view:
                view = view[os.write(self.descriptor, view) :]
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise DiskFull from error
            raise
        self.size += len(piece)

    def settle(self) -> None:
        """See to it that the file outlives a power failure."""
        os.fsync(self.descriptor)

    def close(self) -> None:
        os.close(self.descriptor)
