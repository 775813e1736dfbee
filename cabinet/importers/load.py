"""Take a file in: read it row by row, and send the rows through the intake in chunks."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby, islice
from pathlib import Path

from cabinet.communities import Community, Organization, add_organization, find_organization
from cabinet.db import Connection, Database
from cabinet.errors import FileUnreadable, InputInvalid, NotFound, RowProblem
from cabinet.importers import FORMATS
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format, Item, Oddity, Whole
from cabinet.importers.mappings import find_mapping
from cabinet.importers.report import Remark, Report
from cabinet.importers.standing import Absence, end_rows, find_absence, read_standing
from cabinet.importers.tally import Tally
from cabinet.intake.lane import is_light
from cabinet.intake.post import MAX_ROWS, Also, post
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind, Raw
from cabinet.intake.source import NOBODY, Source
from cabinet.intake.supply import TABLES as SUPPLY
from cabinet.viewer import Viewer

_CHUNK = 1_000
"""Rows of one transaction: what a kill in the middle of a file undoes."""

Progress = Callable[[Kind, int], None]
Keep = Callable[[Connection, Report], Awaitable[None]]
"""Writes down what became of one chunk, in the chunk's own transaction; what it raises undoes the chunk."""


def find_format(name: str) -> Format:
    """Find a format by name; raise NotFound with the names there are."""
    if name not in FORMATS:
        raise NotFound(f"There is no format {name!r}.", hint=f"Formats: {', '.join(FORMATS)}.")
    return FORMATS[name]


async def load(
    database: Database,
    viewer: Viewer,
    community: Community,
    format_: Format,
    path: Path,
    *,
    source: str | None = None,
    accept_absences: bool = False,
    mapping: Path | None = None,
    on_progress: Progress = lambda _kind, _rows: None,
    keep: Keep | None = None,
) -> Report:
    """Load a file for a community, in transactions of up to 1,000 rows; loading it again changes nothing.

    Of enrollments that name their child by the source's own id, a transaction takes up to 10,000.

    `source` is the code of the organization whose records these are; where a format has one of its own
    (OneRoster's district), it may be left out. What a complete file no longer holds is ended, with a reason; more
    than a tenth of what was there only with `accept_absences`. `mapping` is a file of codes that count
    before those that the community has set. The report has no remarks that `keep` was given.
    Raises FileUnreadable, TooManyAbsent, NotFound and InputInvalid.
    """
    if not path.exists():  # noqa: ASYNC240 - the readers block as well; a load is a command of its own.
        raise FileUnreadable(f"There is no file or folder {path}.")
    loading = _Loading(database, viewer, community, format_, on_progress, keep)
    read = format_.reader(source, *await _mappings(database, community, format_, mapping))
    wholes, items = _wholes_first(read(path))
    if source:
        loading.speaker = await _speaker(database, community, format_, source)
    # Every file is looked at before the first record is ended.
    for absence in [await loading.find_absence(whole, accept=accept_absences) for whole in wholes]:
        await loading.end(absence)
    for kind, rows in _chunks(items, loading.report):
        await loading.take(kind, rows)
    for oddity in loading.passed_over.oddities():
        loading.report.note(oddity)
    return loading.report


async def _mappings(
    database: Database, community: Community, format_: Format, mapping: Path | None
) -> list[CodeFile]:
    standing = await find_mapping(database, community, format_) if format_.tailored else None
    return list(filter(None, (standing, CodeFile.at(mapping) if mapping else None)))


@dataclass
class _Loading:
    """One load on its way."""

    database: Database
    viewer: Viewer
    community: Community
    format_: Format
    on_progress: Progress
    keep: Keep | None
    report: Report = field(default_factory=Report)
    passed_over: Tally = field(default_factory=Tally)
    speaker: Organization | None = None

    @property
    def source(self) -> Source:
        return Source(
            community_id=self.community.community_id,
            organization_id=self.speaker.organization_id if self.speaker else NOBODY,
            sector=self.speaker.sector if self.speaker else "",
            format=self.format_.name,
            today=self.community.today,
            viewer=self.viewer,
        )

    async def find_absence(self, whole: Whole, *, accept: bool) -> Absence:
        if self.speaker is None and whole.organization is None:
            raise _nobody()
        if self.speaker is None and whole.organization is not None:
            with suppress(NotFound):  # A source that nobody knows yet has nothing that could be missed.
                self.speaker = await find_organization(self.database, self.community, whole.organization)
        if self.speaker is None or self.format_.memory is None:
            return Absence(whole, ())
        memory = self.format_.memory
        return await find_absence(self.database, self.source, memory, whole, accept_absences=accept)

    async def end(self, absence: Absence) -> None:
        """End what a complete file no longer holds, and say how many."""
        whole, ids = absence.whole, iter(absence.record_ids)
        while self.format_.memory and (chunk := list(islice(ids, _CHUNK))):
            rows = await end_rows(self.database, self.source, self.format_.memory, whole, chunk)
            # They are none of the file's rows, which a job counts to find where it stood.
            self.report.take(rows, await self._send(whole.kind, rows))
        if count := len(absence.record_ids):
            message = f"The file no longer holds {count:,} of the records that were there; they were ended."
            problem = RowProblem(message, hint="")
            self.report.note(Oddity(problem, whole.file, 1, count=count))

    async def take(self, kind: Kind, rows: Sequence[Raw]) -> None:
        """Send rows of one kind through the intake, beside what their source said before."""
        if self.speaker is None and kind not in SUPPLY:
            self.speaker = await _speaker(self.database, self.community, self.format_, None)
        await self._post(kind, await self._settled(kind, rows))
        if self.speaker is None and kind is Kind.ORGANIZATION and self.format_.sector is not None:
            self.speaker = await find_organization(self.database, self.community, str(rows[0].fields["code"]))

    async def _settled(self, kind: Kind, rows: Sequence[Raw]) -> Sequence[Raw]:
        memory = self.format_.memory
        if memory is None or kind in SUPPLY:
            return rows
        ids = [str(raw.fields.get("record_id", "")) for raw in rows]
        standing = await read_standing(self.database, self.source, kind, ids)
        settled = []
        for item in (memory.settle(raw, standing) for raw in rows):
            if isinstance(item, Raw):
                settled.append(item)
            else:
                self.passed_over.add(item.problem, item.file, item.line, item.column)
        return settled

    async def _post(self, kind: Kind, rows: Sequence[Raw]) -> None:
        if not rows:
            return
        also = partial(_keep, self.keep, self.report.remarks, rows) if self.keep else None
        self.report.take(rows, await self._send(kind, rows, also))
        if self.keep:
            self.report.remarks.clear()
        self.on_progress(kind, len(rows))

    async def _send(self, kind: Kind, rows: Sequence[Raw], also: Also | None = None) -> Receipt:
        return await post(self.database, self.source, kind, [raw.fields for raw in rows], also=also)


def _wholes_first(items: Iterator[Item]) -> tuple[list[Whole], Iterator[Item]]:
    """Take off the complete files, which a reader yields before anything else."""
    wholes: list[Whole] = []
    for item in items:
        if not isinstance(item, Whole):
            return wholes, chain([item], items)
        wholes.append(item)
    return wholes, iter(())


def _chunks(items: Iterable[Item], report: Report) -> Iterator[tuple[Kind, list[Raw]]]:
    """Cut the rows, in their order, into chunks of one kind; note the oddities on the way."""

    def rows() -> Iterator[Raw]:
        for item in items:
            if isinstance(item, Raw):
                yield item
            elif isinstance(item, Oddity):
                report.note(item)

    for kind, group in groupby(rows(), key=lambda raw: raw.kind):
        while chunk := list(_cut(kind, group)):
            yield kind, chunk


def _cut(kind: Kind, rows: Iterator[Raw]) -> Iterator[Raw]:
    """Take a chunk off the rows: many if they go fast, so that a transaction lasts about as long with any."""
    heavy = 0
    for taken, raw in enumerate(rows, 1):
        yield raw
        heavy += not is_light(kind, raw.fields)
        if heavy == _CHUNK or taken == MAX_ROWS:
            return


async def _keep(
    keep: Keep, noted: Sequence[Remark], rows: Sequence[Raw], connection: Connection, receipt: Receipt
) -> None:
    chunk = Report(remarks=list(noted))
    chunk.take(rows, receipt)
    await keep(connection, chunk)


async def _speaker(database: Database, community: Community, format_: Format, code: str | None) -> Organization:
    """Find the organization whose records these are; a format of one sector may make it."""
    if code is None and (format_.sector is None or format_.memory is not None):
        raise _nobody()
    if format_.sector is not None:
        found = await add_organization(database, community, code or format_.name, format_.sector)
        if format_.tailored and format_.memory is None and found.sector != format_.sector:
            # Its name would be written over with that of the organization in the file.
            raise InputInvalid(f"{found.code!r} is an organization of {found.sector}, not of {format_.sector}.")
        return found
    return await find_organization(database, community, code or "")


def _nobody() -> NotFound:
    return NotFound(
        "The file does not say whose records these are.", hint="Name the organization with --source CODE."
    )
