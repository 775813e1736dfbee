"""A format as a job reads it: from where it stood, and without what an agency has no say in."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from cabinet.errors import RowInvalid, SupplyNotYours
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format, Item, Oddity, Whole
from cabinet.importers.report import Remark
from cabinet.intake.rows import Raw
from cabinet.intake.supply import TABLES as SUPPLY


class Stopped(Exception):
    """The job is no longer ours to go on with."""


@dataclass
class Reading:
    """Reads a file again from its beginning, and leaves out the rows and oddities that were counted already.

    Rows and oddities are counted apart: a chunk of rows ends before an oddity that was met while looking on.
    """

    format: Format
    source: str
    mapping: CodeFile | None
    """What the community's own codes meant when the file came in."""
    rows: int
    oddities: int
    """Done with before this reading, each by itself."""
    stopped: Event = field(default_factory=Event)

    def as_format(self) -> Format:
        return replace(self.format, read=self.read, tailored=None)

    def read(self, path: Path) -> Iterator[Item]:
        """Yield what is not yet counted. Raises Stopped as soon as somebody wishes it, and FileUnreadable."""
        rows = oddities = 0
        for item in self.format.reader(self.source, *filter(None, (self.mapping,)))(path):
            if self.stopped.is_set():
                raise Stopped
            if isinstance(item, Whole):
                yield item
                continue
            own = _own(item)
            if isinstance(own, Raw):
                rows += 1
                if rows > self.rows:
                    yield own
            else:
                oddities += 1
                if oddities > self.oddities:
                    yield own


def is_row_lost(remark: Remark) -> bool:
    """Tell whether a remark stands for a row that was not taken: refused by the intake, or by its reader."""
    # What a reader says of a row that it could read all the same has no hint: there is nothing to mend.
    unreadable = remark.code == RowInvalid.code and bool(remark.hint)
    return remark.is_rejection or unreadable or remark.code == SupplyNotYours.code


def _own(item: Raw | Oddity) -> Raw | Oddity:
    # The supply is everybody's: a file of one agency could give another's program away.
    if isinstance(item, Raw) and item.kind in SUPPLY:
        return Oddity(SupplyNotYours(), item.file, item.line)
    return item
