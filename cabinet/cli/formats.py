"""`cabinet formats`: which files are read, and what is read of them."""

from typing import Annotated

import typer

from cabinet.cli.console import clear_errors
from cabinet.importers import FORMATS
from cabinet.importers.format import Format
from cabinet.importers.load import find_format


def formats(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help=f"One of: {', '.join(FORMATS)}.", show_default=False)
    ] = None,
) -> None:
    """List the formats that are read, or say all of one: what goes where, codes, limits, and what may be wrong."""
    if name is None:
        for format_ in FORMATS.values():
            typer.echo(f"{format_.name:<15}{format_.help}")
        return
    with clear_errors():
        typer.echo(page(find_format(name)), nl=False)


def page(format_: Format) -> str:
    """Return all there is to say of a format, as Markdown; docs/formats holds the same."""
    return "\n".join(format_.guide.lines(format_.name, format_.help)) + "\n"
