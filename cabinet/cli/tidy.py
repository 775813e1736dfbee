"""`cabinet tidy`: what the operator lets run once a night."""

import getpass
from typing import Annotated

import typer

from cabinet.cli.console import out, print_json, with_database
from cabinet.tidy import tidy as tidy_up
from cabinet.viewer import Viewer


def tidy(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Delete what was settled long ago: receipts under their keys, told events, ended imports.

    CABINET_KEEP_RECEIPTS_DAYS, CABINET_KEEP_EVENTS_DAYS and CABINET_KEEP_IMPORTS_DAYS say how long. What waits, is
    under way or was given up stays, and so does the audit. Safe beside running servers, and to repeat when killed.
    """
    deleted = with_database(lambda database: tidy_up(database, Viewer(f"command line: {getpass.getuser()}")))
    if as_json:
        print_json(deleted)
    else:
        out.print("Deleted: " + ", ".join(f"{number:,} {name}" for name, number in deleted.items()) + ".")
