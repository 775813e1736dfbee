"""How commands ask a running server, as whoever's token they are given."""

import os
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import orjson
import typer
from rich.markup import escape

from cabinet.cli.console import EXIT_FAILED, err
from cabinet.settings import Settings

_SECONDS = 60

TokenOption = Annotated[
    str | None, typer.Option(help="Bearer token; empty asks as the public.", envvar="CABINET_TOKEN")
]
UrlOption = Annotated[str | None, typer.Option(help="Address of the server.")]


def ask(url: str | None, token: str | None, document: str, **variables: Any) -> dict[str, Any]:
    """Return the data of a query; say the first error and exit if it is refused."""
    answer = send(address(url), orjson.dumps({"query": document, "variables": variables}), token)
    for error in answer.get("errors", ()):
        said = error.get("extensions", {})
        err.print(f"[bold red]{said.get('code', 'ERROR')}[/] {escape(error['message'])}")
        if said.get("hint"):
            err.print(f"  {escape(said['hint'])}")
        raise typer.Exit(EXIT_FAILED)
    data: dict[str, Any] = answer["data"]
    return data


def address(url: str | None) -> str:
    settings = Settings()
    port = os.environ.get("PORT") or settings.port
    return (url or f"http://{settings.host}:{port}").rstrip("/") + "/graphql"


def send(url: str, body: bytes, token: str | None) -> dict[str, Any]:
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
