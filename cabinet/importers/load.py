"""Take a file in: read it row by row, and send the rows through the intake in chunks."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from cabinet.communities import Community, Organization, add_organization, find_organization
from cabinet.db import Database
from cabinet.errors import FileUnreadable, InputInvalid, NotFound
from cabinet.importers import FORMATS
from cabinet.importers.format import Format, Oddity
from cabinet.intake.post import MAX_ROWS, post
from cabinet.intake.receipt import Problem, Verdict
from cabinet.intake.rows import Kind, Raw
from cabinet.intake.source import NOBODY, Source
from cabinet.intake.supply import TABLES as SUPPLY
from cabinet.viewer import Viewer

Progress = Callable[[Kind, int], None]


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
    mapping: Path | None = None,
    on_progress: Progress = lambda _kind, _rows: None,
) -> Report:
    """Load a file for a community, in transactions of up to 1,000 rows; loading it again changes nothing.

    `source` is the code of the organization whose records these are; where a format has one of its own
    (the district of a roster), it may be left out. `mapping` is a file of a community's own codes. Raises
    FileUnreadable, NotFound and InputInvalid.
    """
    if not path.exists():  # noqa: ASYNC240 - the readers block as well; a load is a command of its own.
        raise FileUnreadable(f"There is no file or folder {path}.")
    report = Report()
    read = format_.reader(source, mapping)
    speaker = await _speaker(database, community, format_, source) if source else None
    for kind, rows in _chunks(read(path), report):
        if speaker is None and kind not in SUPPLY:
            speaker = await _speaker(database, community, format_, None)
        receipt = await post(
            database, _source(community, format_, speaker, viewer), kind, [raw.fields for raw in rows]
        )
        for raw, outcome in zip(rows, receipt.outcomes, strict=True):
            report.add(raw, outcome.settled, outcome.problems)
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


async def _speaker(database: Database, community: Community, format_: Format, code: str | None) -> Organization:
    """Find the organization whose records these are; a format of one sector may make it."""
    if format_.sector is not None:
        found = await add_organization(database, community, code or format_.name, format_.sector)
        if format_.tailored and found.sector != format_.sector:
            # Its name would be written over with that of the organization in the file.
            raise InputInvalid(f"{found.code!r} is an organization of {found.sector}, not of {format_.sector}.")
        return found
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
