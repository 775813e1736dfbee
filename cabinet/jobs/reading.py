"""A format as a job reads it: from where it stood, and without what an agency has no say in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from cabinet.errors import RowInvalid, RowProblem, SupplyNotYours
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format, Item, Oddity, Whole
from cabinet.importers.report import Remark
from cabinet.intake.rows import Kind, Raw
from cabinet.intake.supply import TABLES as SUPPLY

_ROSTERS = ("oneroster",)
"""Formats that name the organizations, and then the schools of each, before anything else."""
_KNOWN = RowProblem("Who your organization is was known; of it, its schools were read.", hint="")


class Stopped(Exception):
    """The job is no longer ours to go on with."""


@dataclass
class Reading:
    """Reads a file again from its beginning, and leaves out the rows and oddities that were counted already.

    Rows and oddities are counted apart: a chunk of rows ends before an oddity that was met while looking on.
    """

    format: Format
    source: str
    """The code of the organization that sends it."""
    others: frozenset[str]
    """The codes of other organizations, and their own ids at their sources."""
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
        for item in self._owned(self.format.reader(self.source, *filter(None, (self.mapping,)))(path)):
            if self.stopped.is_set():
                raise Stopped
            if isinstance(item, Whole):
                yield item
                continue
            if isinstance(item, Raw):
                rows += 1
                if rows > self.rows:
                    yield item
            else:
                oddities += 1
                if oddities > self.oddities:
                    yield item

    def _owned(self, items: Iterator[Item]) -> Iterator[Item]:
        """Yield what is not of the supply, the sender's schools as its own, and of the rest that it is not to say.

        The supply is everybody's: a file of one agency could give another's program away.
        """
        organizations: list[Raw] = []
        ours: str | None = None
        for item in items:
            if isinstance(item, Raw) and item.kind is Kind.ORGANIZATION and self.format.name in _ROSTERS:
                organizations.append(item)
                continue
            if organizations:
                ours = self._ours(organizations)
                yield from (_told(each, ours) for each in organizations)
                organizations = []
            yield self._own(item, ours) if isinstance(item, Raw) and item.kind in SUPPLY else item
        yield from (_told(each, self._ours(organizations)) for each in organizations)

    def _ours(self, organizations: Sequence[Raw]) -> str | None:
        """Return the code that the file has for its sender: of several the sender's own, of one whatever it is.

        A name proves nothing. The only one is the sender's unless it is known for another, and what is said of it
        is said of the sender.
        """
        codes = [str(each.fields["code"]) for each in organizations]
        if self.source in codes:
            return self.source
        names = {str(each.fields.get(name)) for each in organizations for name in ("code", "source_id")}
        return codes[0] if len(codes) == 1 and not names & self.others else None

    def _own(self, item: Raw, ours: str | None) -> Item:
        if item.kind is Kind.SCHOOL and ours is not None and item.fields["organization"] == ours:
            return replace(item, fields={**item.fields, "organization": self.source})
        return _refused(item)


def is_row_lost(remark: Remark) -> bool:
    """Tell whether a remark stands for a row that was not taken: refused by the intake, or by its reader."""
    # What a reader says of a row that it could read all the same has no hint: there is nothing to mend.
    unreadable = remark.code == RowInvalid.code and bool(remark.hint)
    return remark.is_rejection or unreadable or remark.code == SupplyNotYours.code


def _told(organization: Raw, ours: str | None) -> Oddity:
    if organization.fields["code"] == ours:
        return Oddity(_KNOWN, organization.file, organization.line)
    return _refused(organization)


def _refused(item: Raw) -> Oddity:
    return Oddity(SupplyNotYours(), item.file, item.line)
