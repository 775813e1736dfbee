"""`cabinet view`: saved views, listed and run by the rights of whoever's token it is."""

import csv
import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from cabinet.cli.console import out, print_json
from cabinet.cli.remote import TokenOption, UrlOption, ask
from cabinet.read.formats import harmless

view = typer.Typer(name="view", no_args_is_help=True, help="Saved questions about coverage.")

_LIST = """query($community: ID!, $archived: Boolean!, $after: ID) {
  views(community: $community, archived: $archived, after: $after) {
    id name owner latest { version } problems sharedWith archivedAt } }"""
_RUN = """query($id: ID!, $version: Int, $asOf: Date, $neighborhoods: [String!], $grades: [String!]) {
  view(id: $id) { name description
    result(version: $version, asOf: $asOf, neighborhoods: $neighborhoods, grades: $grades) {
      basis { asOf level dataVersion linkedShare unknown { dimension share of } } withheld
      measures { name version definition }
      figures { measure { name } asOf of service { code name } group { dimension value label }
        numerator { value withheld } denominator { value withheld } value interval { low high } withheld } } } }"""

_COLUMNS = (
    "measure",
    "service",
    "group",
    "population",
    "as_of",
    "numerator",
    "denominator",
    "value",
    "low",
    "high",
)
_WORDS = _COLUMNS.index("numerator")
"""So many columns hold words, and those after them numbers."""
_WITHHELD = "withheld"


class Form(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@view.command("list")
def view_list(
    community: Annotated[str, typer.Argument(help="Code or id of the community.", show_default=False)],
    token: TokenOption = None,
    url: UrlOption = None,
    *,
    archived: Annotated[bool, typer.Option("--archived", help="Those put away as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List your own views and those shared with you; what one refers to that is gone is said below it."""
    found = _every(community, token, url, archived=archived)
    if as_json:
        print_json(found)
        return
    for each in found:
        state = " (put away)" if each["archivedAt"] else ""
        said = f"{each['id']}  {each['name']}{state}  version {each['latest']['version']}, {each['owner']}"
        out.print(said, markup=False)
        for problem in each["problems"]:
            out.print(f"  {problem}", markup=False)


def _every(community: str, token: str | None, url: str | None, *, archived: bool) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after = None
    while page := ask(url, token, _LIST, community=community, archived=archived, after=after)["views"]:
        found += page
        after = page[-1]["id"]
    return found


@view.command("run")
def view_run(
    view_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.", show_default=False)],
    token: TokenOption = None,
    url: UrlOption = None,
    form: Annotated[Form, typer.Option("--format", help="How the answer is written.")] = Form.TABLE,
    version: Annotated[int | None, typer.Option(help="Which version; without: the latest.")] = None,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day; without: today.")] = None,
    neighborhood: Annotated[list[str] | None, typer.Option(help="Only of this one; repeat for several.")] = None,
    grade: Annotated[list[str] | None, typer.Option(help="Only of this one; repeat for several.")] = None,
) -> None:
    """Run a view by your own rights. What is withheld to protect children says so."""
    day = as_of.date().isoformat() if as_of else None
    asked = {"id": view_id, "version": version, "asOf": day, "neighborhoods": neighborhood, "grades": grade}
    found = ask(url, token, _RUN, **asked)["view"]
    if form is Form.JSON:
        print_json(found)
    elif form is Form.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([_COLUMNS, *(_guarded(_row(each)) for each in found["result"]["figures"])])
    else:
        _print_table(found)


def _row(figure: dict[str, Any]) -> list[str]:
    service, interval = figure["service"] or {}, figure["interval"] or {}
    return [
        figure["measure"]["name"],
        service.get("code", ""),
        ", ".join(value["label"] for value in figure["group"]),
        figure["of"] or "",
        figure["asOf"],
        *(_count(figure[name]) for name in ("numerator", "denominator")),
        _WITHHELD if figure["withheld"] else _text(figure["value"]),
        *(_text(interval.get(name)) for name in ("low", "high")),
    ]


def _count(count: dict[str, Any] | None) -> str:
    if count is None:
        return ""
    return _WITHHELD if count["withheld"] else _text(count["value"])


def _text(number: float | None) -> str:
    return "" if number is None else f"{number:g}" if abs(number) < 1 else f"{number:.10g}"


def _guarded(row: list[str]) -> list[str]:
    """Return the row for a spreadsheet; what is counted may be below zero, and is no formula."""
    return [*map(harmless, row[:_WORDS]), *row[_WORDS:]]


def _print_table(found: dict[str, Any]) -> None:
    result = found["result"]
    table = Table(*_COLUMNS, title=found["name"], title_justify="left", box=None)
    for figure in result["figures"]:
        table.add_row(*_row(figure))
    out.print(table)
    for measure in result["measures"]:
        out.print(f"{measure['name']} (version {measure['version']}): {measure['definition']}", markup=False)
    basis = result["basis"]
    out.print(f"As of {basis['asOf']}, counted over {basis['level']}; {result['withheld']} figure(s) withheld.")
