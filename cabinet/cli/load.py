"""`cabinet load`: a partner's file, by the same door as a post."""

import getpass
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cabinet.cli.console import EXIT_REJECTED, err, out, print_json, with_database
from cabinet.cli.mapping import MAPPED
from cabinet.communities import find_community
from cabinet.db import Database, analyze
from cabinet.errors import LayoutTaken
from cabinet.importers import FORMATS
from cabinet.importers.load import find_format
from cabinet.importers.load import load as load_file
from cabinet.importers.report import Remark, Report
from cabinet.intake.receipt import Verdict
from cabinet.intake.rows import Kind
from cabinet.viewer import Viewer

_SHOWN = 20

_FORMATS = "\n\n".join(f"`{format_.name}` {format_.help}" for format_ in FORMATS.values())


def load(
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help=f"One of: {', '.join(FORMATS)}.", show_default=False)
    ],
    path: Annotated[Path, typer.Argument(help="File, folder or zip.", show_default=False)],
    community: Annotated[str, typer.Option(help="Code or id of the community.", show_default=False)],
    source: Annotated[str | None, typer.Option(help="Code of the organization whose records these are.")] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help=f"TOML file that says what your own codes mean ({MAPPED}).", show_default=False),
    ] = None,
    *,
    accept_absences: Annotated[
        bool,
        typer.Option(
            "--accept-absences",
            help="End what a complete file no longer holds even if that is more than a tenth of what was there.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
) -> None:
    choices = {"source": source, "mapping": mapping, "accept_absences": accept_absences}
    report = with_database(lambda database: _load(database, format_name, path, community, choices))
    if as_json:
        print_json(as_plain(report))
    else:
        _print(report)
    if report.total(Verdict.REJECTED):
        raise typer.Exit(EXIT_REJECTED)


load.__doc__ = f"""Load a partner's file for a community. Loading it again changes nothing.

Every row is taken, held for review or rejected by itself; the report says which, with file, line and column.
Exit code 3: some rows were rejected.

{_FORMATS}
"""


async def _load(
    database: Database, format_name: str, path: Path, community: str, choices: Mapping[str, Any]
) -> Report:
    viewer = Viewer(f"command line: {getpass.getuser()}")
    found = await find_community(database, community)
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("Reading", total=None)
        done: dict[Kind, int] = {}

        def show(kind: Kind, rows: int) -> None:
            done[kind] = done.get(kind, 0) + rows
            progress.update(task, description=", ".join(f"{count:,} {name}" for name, count in done.items()))

        format_ = find_format(format_name)
        report = await load_file(database, viewer, found, format_, path, on_progress=show, **choices)
        await analyze(database.url)
        return report


def as_plain(report: Report) -> dict[str, Any]:
    return {
        "counts": {
            kind: {verdict: counter[verdict] for verdict in Verdict if counter[verdict]}
            for kind, counter in report.counts.items()
        },
        "remarks": [asdict(remark) for remark in report.remarks],
    }


def _print(report: Report) -> None:
    table = Table("rows", *(verdict.lower().replace("_", " ") for verdict in Verdict), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for kind, counter in report.counts.items():
        table.add_row(kind, *(f"{counter[verdict]:,}" for verdict in Verdict))
    out.print(table)
    # How a file was read explains the rest, and what was refused comes before what was merely odd.
    in_order = sorted(report.remarks, key=lambda r: (r.code != LayoutTaken.code, not r.is_rejection))
    for remark in in_order[:_SHOWN]:
        out.print(_line(remark))
    if len(report.remarks) > _SHOWN:
        out.print(f"… and {len(report.remarks) - _SHOWN:,} more remarks; --json prints them all.")


def _line(remark: Remark) -> str:
    place = ":".join(filter(None, (remark.file, str(remark.line or ""), remark.column)))
    mark = "[red]rejected[/]" if remark.is_rejection else "[yellow]note[/]"
    times = f" ({remark.count:,} times)" if remark.count > 1 else ""
    return f"{mark} {escape(place)} [bold]{remark.code}[/] {escape(remark.message)}{times} {escape(remark.hint)}"
