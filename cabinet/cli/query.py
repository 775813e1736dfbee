"""`cabinet query`: ask a running server, from a file or from standard input."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import orjson
import typer
from rich.json import JSON

from cabinet.cli.console import EXIT_FAILED, EXIT_USAGE, err, out, print_json
from cabinet.settings import Settings

_SECONDS = 60


def query(
    file: Annotated[str, typer.Argument(help="File with a GraphQL document; - for standard input.")] = "-",
    token: Annotated[
        str | None, typer.Option(help="Bearer token; empty asks as the public.", envvar="CABINET_TOKEN")
    ] = None,
    url: Annotated[str | None, typer.Option(help="Address of the server.")] = None,
    variables: Annotated[str | None, typer.Option(help="Variables, a JSON object.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print plain JSON, for other programs.")] = False,
) -> None:
    """Send a GraphQL document to a running server and print the answer.

    `cabinet query gap.graphql --token "$TOKEN"`, or
    `echo '{ communities { nodes { code name } } }' | cabinet query -`.
    Exit code 1: the answer holds errors, or the server did not answer.
    """
    answer = _send(_address(url), _body(file, variables), token)
    if as_json or not out.is_terminal:
        print_json(answer)
    else:
        out.print(JSON.from_data(answer))
    if answer.get("errors"):
        raise typer.Exit(EXIT_FAILED)


def _address(url: str | None) -> str:
    settings = Settings()
    port = os.environ.get("PORT") or settings.port
    return (url or f"http://{settings.host}:{port}").rstrip("/") + "/graphql"


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


def _send(url: str, body: bytes, token: str | None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        if not url.startswith(("http://", "https://")):
            raise URLError("the address must begin with http:// or https://")  # noqa: TRY301 - said like the rest.
        with urlopen(Request(url, body, headers), timeout=_SECONDS) as response:  # noqa: S310 - checked above.
            answer: dict[str, Any] = orjson.loads(response.read())
    except HTTPError as error:
        answer = orjson.loads(error.read())
    except (URLError, TimeoutError) as error:
        err.print(f"{url} does not answer: {getattr(error, 'reason', error)}")
        err.print("  Is the server running? Start it with `make demo` or `cabinet serve`, or name it with --url.")
        raise typer.Exit(EXIT_FAILED) from error
    return answer
