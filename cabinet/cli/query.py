"""`cabinet query`: ask a running server, from a file or from standard input."""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.json import JSON

from cabinet.cli.console import EXIT_FAILED, EXIT_USAGE, err, out, print_json
from cabinet.cli.remote import TokenOption, UrlOption, address, send


def query(
    file: Annotated[str, typer.Argument(help="File with a GraphQL document; - for standard input.")] = "-",
    token: TokenOption = None,
    url: UrlOption = None,
    variables: Annotated[str | None, typer.Option(help="Variables, a JSON object.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON, for other programs.")] = False,
) -> None:
    """Send a GraphQL document to a running server and print the answer.

    `cabinet query gap.graphql --token "$TOKEN"`, or
    `echo '{ communities { nodes { code name } } }' | cabinet query -`.
    Exit code 1: the answer holds errors, or the server did not answer.
    """
    answer = send(address(url), _body(file, variables), token)
    if as_json or not out.is_terminal:
        print_json(answer)
    else:
        out.print(JSON.from_data(answer))
    if answer.get("errors"):
        raise typer.Exit(EXIT_FAILED)


def _body(file: str, variables: str | None) -> bytes:
    try:
        document = sys.stdin.read() if file == "-" else Path(file).read_text()
        return orjson.dumps({"query": document, "variables": orjson.loads(variables or "null")})
    except (OSError, UnicodeDecodeError) as error:
        err.print(f"{file} cannot be read: {error}")
        raise typer.Exit(EXIT_USAGE) from error
    except orjson.JSONDecodeError as error:
        err.print(f"--variables is not JSON: {error}")
        raise typer.Exit(EXIT_USAGE) from error
