"""`cabinet documents`: the manifest of trusted documents, from the files a client's program is built of."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cabinet.cli.console import clear_errors
from cabinet.web.trusted import write_manifest


def documents(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder of .graphql files.", exists=True, file_okay=False, show_default=False),
    ],
) -> None:
    """Print the manifest of the .graphql files in a folder, for CABINET_TRUSTED_DOCUMENTS.

    `cabinet documents queries/ > manifest.json`. Each file holds one document with all its fragments, and is
    checked against the schema. Clients name it by the SHA-256 of its text, byte for byte.
    """
    with clear_errors():
        sys.stdout.write(write_manifest(folder).decode())
