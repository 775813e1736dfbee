"""`cabinet community mapping`: what a community's own codes mean, for every file of a format that comes in."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cabinet.cli.console import clear_errors, out, with_database
from cabinet.communities import find_community
from cabinet.db import Database
from cabinet.errors import NotFound
from cabinet.importers import FORMATS
from cabinet.importers.code_files import CodeFile
from cabinet.importers.load import find_format
from cabinet.importers.mappings import Mapping, find_mapping, list_mappings, remove_mapping, set_mapping
from cabinet.viewer import Viewer

mapping = typer.Typer(name="mapping", no_args_is_help=True, help="Say what a community's own codes mean.")

MAPPED = ", ".join(format_.name for format_ in FORMATS.values() if format_.tailored)
CommunityOption = Annotated[
    str, typer.Option("--community", help="Code or id of the community.", show_default=False)
]
FormatArgument = Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of: {MAPPED}.", show_default=False)]


def _viewer() -> Viewer:
    return Viewer(f"command line: {getpass.getuser()}")


@mapping.command("set")
def mapping_set(
    format_name: FormatArgument,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="TOML file of codes.", show_default=False)],
    community: CommunityOption,
) -> None:
    """Let a file of codes count before ours for every file of a format, those sent over HTTP included.

    It takes the place of the one set before. `cabinet formats FORMAT` says what codes there are.
    """
    with clear_errors():
        codes = CodeFile.at(path)

    async def work(database: Database) -> str:
        found = await find_community(database, community)
        await set_mapping(database, _viewer(), found, find_format(format_name), codes)
        return found.name

    out.print(escape(f"{path.name} counts for every {format_name} file of {with_database(work)} from now on."))


@mapping.command("list")
def mapping_list(community: CommunityOption) -> None:
    """List the formats that a community has codes of its own for."""

    async def work(database: Database) -> list[Mapping]:
        return await list_mappings(database, await find_community(database, community))

    for each in with_database(work):
        out.print(escape(f"{each.format}  {each.file}  {each.recorded_at:%Y-%m-%d %H:%M}"))


@mapping.command("show")
def mapping_show(format_name: FormatArgument, community: CommunityOption) -> None:
    """Print a community's file of codes as it was set."""

    async def work(database: Database) -> CodeFile:
        found = await find_community(database, community)
        codes = await find_mapping(database, found, find_format(format_name))
        if codes is None:
            raise NotFound(f"{found.name} has no mapping for {format_name}.", hint="")
        return codes

    typer.echo(with_database(work).data.decode(), nl=False)


@mapping.command("remove")
def mapping_remove(format_name: FormatArgument, community: CommunityOption) -> None:
    """Let the codes that come along count alone again."""

    async def work(database: Database) -> None:
        found = await find_community(database, community)
        await remove_mapping(database, _viewer(), found, find_format(format_name))

    with_database(work)
    out.print(f"The codes that come along count alone again for {format_name}.")
