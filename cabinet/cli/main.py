"""`cabinet`: every command, in the order a newcomer needs them."""

import asyncio
from typing import Annotated

import typer

from cabinet.cli import admin, demo, documents, formats, link, load, outbox, query, serve, tidy, view, worker
from cabinet.cli.console import clear_errors, database_url, out
from cabinet.migrate import migrate as run_migrations
from cabinet.migrate import settle
from cabinet.settings import Settings

main = typer.Typer(
    name="cabinet",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_show_locals=False,
    help="The server a city's Children's Cabinet runs on.\n\n"
    "Try it with `cabinet demo`. To run it: `cabinet migrate`, `cabinet community add`, `cabinet member add`,"
    " `cabinet load`, `cabinet serve`. Settings are environment variables; the README lists them.",
)


@main.command()
def migrate(
    revision: Annotated[str, typer.Argument(help="`head`, `base`, a revision, or `-1` for one back.")] = "head",
) -> None:
    """Bring the database to the tables of this version, with its login roles.

    Safe to repeat. Locks are waited for 5 seconds at most, so that a busy server is never held up.
    """
    settings = Settings()
    with clear_errors(), database_url(settings) as url:
        run_migrations(url, revision)
        if revision == "head":
            asyncio.run(settle(url, settings))
    out.print(f"The database stands at {revision}.")


main.command()(demo.demo)
main.command()(serve.serve)
main.command()(worker.worker)
main.command()(load.load)
main.command()(formats.formats)
main.command()(query.query)
main.command()(documents.documents)
main.command()(admin.token)
main.command()(tidy.tidy)
main.add_typer(admin.community)
main.add_typer(admin.member)
main.add_typer(link.link)
main.add_typer(outbox.outbox)
main.add_typer(view.view)
