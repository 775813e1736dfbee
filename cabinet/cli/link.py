"""`cabinet link`: the model by which children are matched, and a run of it over all records."""

import getpass
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from cabinet.cli.console import out, print_json, with_database
from cabinet.communities import find_community
from cabinet.db import Database
from cabinet.linkage.model import Model
from cabinet.linkage.models import InUse, Trained
from cabinet.matching.run import Report
from cabinet.matching.run import run as run_over_all
from cabinet.matching.train import Learned, put_to_use, show_models, train_model
from cabinet.viewer import Viewer

link = typer.Typer(
    name="link",
    no_args_is_help=True,
    help="Match children by a model that a community's own records have taught.\n\n"
    "`train`, look at what came of it with `show`, put it to `use`; from then on every row is matched as it comes"
    " in. `run` matches all records again.",
)

CommunityArgument = Annotated[str, typer.Argument(help="Code or id of the community.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FALSE_LINKS = 0.001


def _viewer() -> Viewer:
    return Viewer(f"command line: {getpass.getuser()}")


@link.command("train")
def train(
    community: CommunityArgument,
    false_links: Annotated[
        float,
        typer.Option(min=0.00001, max=0.1, help="Share of the links that may be expected to be false."),
    ] = FALSE_LINKS,
) -> None:
    """Learn a model from all records of a community, and keep it as a new version; it is not used yet.

    Needs the extra `linkage` (Splink and DuckDB) and, where there are many records, minutes.
    """

    async def work(database: Database) -> Learned:
        found = await find_community(database, community)
        return await train_model(database, _viewer(), found, false_links)

    learned = with_database(work)
    out.print(f"Version {learned.version} was learned from {_records(learned.records)}.")
    out.print(_thresholds(learned.model))
    out.print(f"Put it to use: cabinet link use {community} {learned.version}")


@link.command("show")
def show(community: CommunityArgument, *, as_json: JsonOption = False) -> None:
    """List the versions of a community's model: learned when, by whom, from what, and which one is in use."""

    async def work(database: Database) -> list[Trained]:
        return await show_models(database, await find_community(database, community))

    found = with_database(work)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    if not found:
        out.print("No model was trained: children are matched by exact rules only.")
    for each in found:
        mark = "in use" if each.in_use else "not in use"
        out.print(f"Version {each.version}, {mark}, trained {each.trained_at:%Y-%m-%d %H:%M} by {each.trained_by}")
        out.print(f"  from {_records(each.records)}")
        told = "It compares something else than this server does: train anew." if each.model is None else ""
        out.print(f"  {told or _thresholds(each.model or Model())}")


@link.command("use")
def use(
    community: CommunityArgument,
    version: Annotated[int, typer.Argument(help="As `show` lists it.", show_default=False)],
) -> None:
    """Match rows by this version from now on. What was linked before stays until the next `run`."""

    async def work(database: Database) -> InUse:
        return await put_to_use(database, _viewer(), await find_community(database, community), version)

    used = with_database(work)
    out.print(f"Version {used.version} is in use. `cabinet link run {community}` matches what is there already.")
    out.print("With --dry-run it says what it would join, and which links of other versions it would not make.")


@link.command("run")
def run(
    community: CommunityArgument,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do none of it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Match all records again, every source with every other. What people decided stays as it is.

    What another version linked and the one in use would not is parted, and shown to a person if it is in doubt.
    """

    async def work(database: Database) -> Report:
        found = await find_community(database, community)
        return await run_over_all(database, _viewer(), found, dry_run=dry_run)

    report = with_database(work)
    if as_json:
        print_json(as_plain(report))
    else:
        _print(report)


def as_plain(report: Report) -> dict[str, Any]:
    names = ("version", "dry_run", "records", "joined", "reviews", "passed_over")
    sources = [{"code": each.code, "sector": each.sector, "records": len(each.members)} for each in report.sources]
    expected = [
        {
            "sources": [report.sources[each.left].code, report.sources[each.right].code],
            **asdict(each.quality),
        }
        for each in report.expected
    ]
    parted = [
        {
            "child": str(each.child_id),
            "records": sorted(map(str, each.records)),
            **{name: getattr(each, name) for name in ("version", "score", "probability")},
        }
        for each in report.parted
    ]
    said = {name: getattr(report, name) for name in names}
    return {**said, "parted": parted, "sources": sources, "expected": expected}


def _print(report: Report) -> None:
    would = "would be " if report.dry_run else ""
    out.print(f"{report.records:,} records of {len(report.sources):,} sources, by version {report.version}.")
    out.print(f"{report.joined:,} children {would}found to be one with another, {report.reviews:,} new reviews.")
    if report.parted:
        out.print(f"{len(report.parted):,} links of other versions {would}parted; --json says which.")
    if report.passed_over:
        out.print(f"{report.passed_over:,} were changed meanwhile; the next run looks at them again.")
    columns = ("linked", "for review", "match rate", "precision", "recall", "with review")
    table = Table("sources", *columns, box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for each in report.expected:
        of = each.quality
        shares = (of.match_rate, of.precision, of.recall, of.recall_with_review)
        names = f"{report.sources[each.left].code} x {report.sources[each.right].code}"
        table.add_row(names, f"{of.linked:,}", f"{of.for_review:,}", *(f"{share:.3f}" for share in shares))
    out.print(table)


def _records(records: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} records of {name}" for name, count in records.items()) or "nothing"


def _thresholds(model: Model) -> str:
    return (
        f"Linked from a probability of {model.auto:.4f} on, shown to a person from {model.review:.4f} on;"
        f" {model.false_links:.4%} of the links may be expected to be false."
    )
