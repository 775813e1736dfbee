"""Take a file in: read it row by row, and send the rows through the intake in chunks."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby, islice
from pathlib import Path

from cabinet.communities import Community, Organization, add_organization, find_organization
from cabinet.db import Connection, Database
from cabinet.errors import FileUnreadable, NotFound
from cabinet.importers import FORMATS
from cabinet.importers.format import Format, Oddity
from cabinet.intake.post import MAX_ROWS, post
from cabinet.intake.receipt import Problem, Receipt, Verdict
from cabinet.intake.rows import Kind, Raw
from cabinet.intake.source import NOBODY, Source
from cabinet.intake.supply import TABLES as SUPPLY
from cabinet.viewer import Viewer

Progress = Callable[[Kind, int], None]
Keep = Callable[[Connection, "Report"], Awaitable[None]]
"""Writes down what became of one chunk, in the chunk's own transaction; what it raises undoes the chunk."""


@dataclass(frozen=True)
class Remark:
    """Something to tell about a row or a file: why it was refused, or what was odd."""

    file: str
    line: int
    column: str
    code: str
    message: str
    hint: str
    count: int = 1
    is_rejection: bool = False


@dataclass
class Report:
    """What became of a file: counts by kind and verdict, and every remark with its place."""

    counts: dict[Kind, Counter[Verdict]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, raw: Raw, verdict: Verdict, problems: Iterable[Problem]) -> None:
        self.counts.setdefault(raw.kind, Counter())[verdict] += 1
        for problem in problems:
            column = ".".join(str(step) for step in problem.path)
            self.remarks.append(
                Remark(
                    raw.file,
                    raw.line,
                    column,
                    problem.code,
                    problem.message,
                    problem.hint,
                    is_rejection=verdict is Verdict.REJECTED,
                )
            )

    def take(self, rows: Sequence[Raw], receipt: Receipt) -> None:
        for raw, outcome in zip(rows, receipt.outcomes, strict=True):
            self.add(raw, outcome.settled, outcome.problems)

    def note(self, oddity: Oddity) -> None:
        problem = oddity.problem
        self.remarks.append(
            Remark(
                oddity.file,
                oddity.line,
                oddity.column,
                problem.code,
                problem.message,
                problem.hint,
                oddity.count,
            )
        )

    def total(self, verdict: Verdict) -> int:
        return sum(counter[verdict] for counter in self.counts.values())


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
    on_progress: Progress = lambda _kind, _rows: None,
    keep: Keep | None = None,
) -> Report:
    """Load a file for a community, in transactions of up to 1,000 rows; loading it again changes nothing.

    `source` is the code of the organization whose records these are; where a format has one of its own
    (OneRoster's district), it may be left out. The report has no remarks that `keep` was given. Raises
    FileUnreadable and NotFound.
    """
    if not path.exists():  # noqa: ASYNC240 - the readers block as well; a load is a command of its own.
        raise FileUnreadable(f"There is no file or folder {path}.")
    report = Report()
    speaker = await _speaker(database, community, format_, source) if source else None
    for kind, rows in _chunks(format_.read(path), report):
        if speaker is None and kind not in SUPPLY:
            speaker = await _speaker(database, community, format_, None)
        receipt = await post(
            database,
            _source(community, format_, speaker, viewer),
            kind,
            [raw.fields for raw in rows],
            also=partial(_keep, keep, report.remarks, rows) if keep else None,
        )
        report.take(rows, receipt)
        if keep:
            report.remarks.clear()
        if speaker is None and kind is Kind.ORGANIZATION and format_.sector is not None:
            speaker = await find_organization(database, community, str(rows[0].fields["code"]))
        on_progress(kind, len(rows))
    return report


def _chunks(items: Iterable[Raw | Oddity], report: Report) -> Iterator[tuple[Kind, list[Raw]]]:
    """Cut the rows, in their order, into chunks of one kind; note the oddities on the way."""

    def rows() -> Iterator[Raw]:
        for item in items:
            if isinstance(item, Raw):
                yield item
            else:
                report.note(item)

    for kind, group in groupby(rows(), key=lambda raw: raw.kind):
        while chunk := list(islice(group, MAX_ROWS)):
            yield kind, chunk


async def _keep(
    keep: Keep, noted: Sequence[Remark], rows: Sequence[Raw], connection: Connection, receipt: Receipt
) -> None:
    chunk = Report(remarks=list(noted))
    chunk.take(rows, receipt)
    await keep(connection, chunk)


async def _speaker(database: Database, community: Community, format_: Format, code: str | None) -> Organization:
    """Find the organization whose records these are; a format of one sector may make it."""
    if format_.sector is not None:
        return await add_organization(database, community, code or format_.name, format_.sector)
    if code is None:
        raise NotFound(
            "The file does not say whose records these are.", hint="Name the organization with --source CODE."
        )
    return await find_organization(database, community, code)


def _source(community: Community, format_: Format, speaker: Organization | None, viewer: Viewer) -> Source:
    return Source(
        community_id=community.community_id,
        organization_id=speaker.organization_id if speaker else NOBODY,
        sector=speaker.sector if speaker else "",
        format=format_.name,
        today=community.today,
        viewer=viewer,
    )
