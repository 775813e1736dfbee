"""Take a file in: read it row by row, and send the rows through the intake in chunks."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import chain, islice
from pathlib import Path

from cabinet.communities import Community, Organization, add_organization, find_organization
from cabinet.db import Connection, Database
from cabinet.errors import FileUnreadable, InputInvalid, NotFound
from cabinet.importers import FORMATS
from cabinet.importers.ahead import one_ahead
from cabinet.importers.chunks import MOST_HEAVY, Chunk, Cutter, check_waiting
from cabinet.importers.code_files import CodeFile
from cabinet.importers.format import Format, Item, Oddity, Whole
from cabinet.importers.mappings import find_mapping
from cabinet.importers.report import Report
from cabinet.importers.standing import (
    Absence,
    end_rows,
    find_absence,
    not_ended,
    read_standing,
    tell_ended,
)
from cabinet.importers.tally import Tally
from cabinet.intake.post import post
from cabinet.intake.receipt import Receipt
from cabinet.intake.rows import Kind, Raw
from cabinet.intake.source import NOBODY, Source
from cabinet.intake.supply import TABLES as SUPPLY
from cabinet.intake.validate import read_rows
from cabinet.viewer import Viewer

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
    is_limited: bool = False,
) -> Report:
    """Load a file for a community, in transactions of up to 1,000 rows; loading it again changes nothing.

    Of enrollments that name their child by the source's own id, a transaction takes up to 10,000.

    `source` is the code of the organization whose records these are; where a format has one of its own
    (OneRoster's district), it may be left out. What a complete file no longer holds is ended, with a reason; more
    than a tenth of what was there only with `accept_absences`. `mapping` is a file of codes that count
    before those that the community has set. The report has no remarks that `keep` was given. `is_limited` is for
    what the source itself sends: it says of the supply only what schools it has.
    Raises FileUnreadable, TooManyAbsent, NotFound and InputInvalid.
    """
    if not path.exists():  # noqa: ASYNC240 - the readers block as well; a load is a command of its own.
        raise FileUnreadable(f"There is no file or folder {path}.")
    loading = _Loading(database, viewer, community, format_, on_progress, keep, is_limited)
    read = format_.reader(source, *await _mappings(database, community, format_, mapping))
    wholes, items = _wholes_first(read(path))
    if source:
        loading.speaker = await _speaker(database, community, format_, source)
    # Every file is looked at before the first record is ended.
    for absence in [await loading.find_absence(whole, accept=accept_absences) for whole in wholes]:
        await loading.end(absence)
    cutter = Cutter(items, is_bounded=keep is not None)
    async for chunk in one_ahead(loading.checked(cutter)):
        await loading.take(chunk)
    loading.note(cutter.met)
    for oddity in chain(loading.report.told_once.oddities(), loading.not_ended.oddities()):
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
    is_limited: bool
    report: Report = field(default_factory=Report)
    not_ended: Tally = field(default_factory=Tally)
    """Told at the end: a job that is taken up again tries these again, and meets all of them once more."""
    speaker: Organization | None = None

    def source(self, today: date) -> Source:
        return Source(
            community_id=self.community.community_id,
            organization_id=self.speaker.organization_id if self.speaker else NOBODY,
            sector=self.speaker.sector if self.speaker else "",
            format=self.format_.name,
            today=today,
            viewer=self.viewer,
            is_limited=self.is_limited,
        )

    async def find_absence(self, whole: Whole, *, accept: bool) -> Absence:
        if self.speaker is None and whole.organization is None:
            raise _nobody()
        if self.speaker is None and whole.organization is not None:
            with suppress(NotFound):  # A source that nobody knows yet has nothing that could be missed.
                self.speaker = await find_organization(self.database, self.community, whole.organization)
        if self.speaker is None or self.format_.memory is None:
            return Absence(whole, ())
        memory, source = self.format_.memory, self.source(self.community.today)
        return await find_absence(self.database, source, memory, whole, accept_absences=accept)

    async def end(self, absence: Absence) -> None:
        """End what a complete file no longer holds, and say how many."""
        whole, ids = absence.whole, iter(absence.record_ids)
        while self.format_.memory and (chunk := list(islice(ids, MOST_HEAVY))):
            source = self.source(self.community.today)
            rows = await end_rows(self.database, source, self.format_.memory, whole, chunk)
            # They are none of the file's rows, which a job counts to find where it stood.
            receipt = await post(
                self.database,
                source,
                whole.kind,
                [raw.fields for raw in rows],
                also=partial(_keep_ended, self.keep, whole) if self.keep else None,
            )
            if self.keep is None:
                tell_ended(self.report, whole, receipt)
            for outcome in receipt.outcomes:
                self.report.count(whole.kind, outcome.settled)
            for problem in not_ended(whole, receipt):
                self.not_ended.add(problem, whole.file, 1)

    def checked(self, cutter: Cutter) -> Iterator[Chunk]:
        """Yield the chunks, their rows checked where nothing that stands changes them; it may run in a thread."""
        for kind, rows, met in cutter.cut():
            today = self.community.today
            is_final = self.format_.memory is None or kind in SUPPLY
            checked = read_rows(kind, [raw.fields for raw in rows], today) if is_final else None
            yield Chunk(kind, rows, met, today, checked)

    async def take(self, chunk: Chunk) -> None:
        """Send rows of one kind through the intake, beside what their source said before."""
        self.note(chunk.met)
        self.report.read += len(chunk.rows)
        if self.speaker is None and chunk.kind not in SUPPLY:
            self.speaker = await _speaker(self.database, self.community, self.format_, None)
        await self._post(await self._settled(chunk))
        if self.speaker is None and chunk.kind is Kind.ORGANIZATION and self.format_.sector is not None:
            code = str(chunk.rows[0].fields["code"])
            self.speaker = await find_organization(self.database, self.community, code)

    def note(self, met: Sequence[Oddity]) -> None:
        """Say what the reader met."""
        for oddity in met:
            self.report.note(oddity)
        self.report.met += len(met)
        if met and self.keep:
            check_waiting(self.report.met, met[-1].file)

    async def _settled(self, chunk: Chunk) -> Chunk:
        memory, kind = self.format_.memory, chunk.kind
        if memory is None or kind in SUPPLY:
            return chunk
        ids = [str(raw.fields.get("record_id", "")) for raw in chunk.rows]
        standing = await read_standing(self.database, self.source(chunk.today), kind, ids)
        settled = []
        for item in (memory.settle(raw, standing) for raw in chunk.rows):
            if isinstance(item, Raw):
                settled.append(item)
            else:
                self.report.passed_over += 1
                self.report.told_once.add(item.problem, item.file, item.line, item.column)
        return replace(chunk, rows=settled)

    async def _post(self, chunk: Chunk) -> None:
        source, also = self.source(chunk.today), None
        if self.keep:
            also = partial(_keep, self.keep, self.report, chunk.rows)
        if chunk.rows:
            rows = [raw.fields for raw in chunk.rows]
            receipt = await post(self.database, source, chunk.kind, rows, checked=chunk.checked, also=also)
            self.report.take(chunk.rows, receipt)
            self.on_progress(chunk.kind, len(chunk.rows))
        elif also:
            # All its rows came to nothing, and are done with all the same.
            async with self.database.transaction(source.scope) as connection:
                await also(connection, Receipt(committed=True, outcomes=[]))
        if self.keep:
            self.report.forget()


def _wholes_first(items: Iterator[Item]) -> tuple[list[Whole], Iterator[Item]]:
    """Take off the complete files, which a reader yields before anything else."""
    wholes: list[Whole] = []
    for item in items:
        if not isinstance(item, Whole):
            return wholes, chain([item], items)
        wholes.append(item)
    return wholes, iter(())


async def _keep(keep: Keep, noted: Report, rows: Sequence[Raw], connection: Connection, receipt: Receipt) -> None:
    await keep(connection, noted.with_rows(rows, receipt))


async def _keep_ended(keep: Keep, whole: Whole, connection: Connection, receipt: Receipt) -> None:
    ended = Report()
    tell_ended(ended, whole, receipt)
    # Who only tries again what cannot be ended has not got on.
    if ended.told_once:
        await keep(connection, ended)


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
