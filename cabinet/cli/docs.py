"""The documents made from the code: `python -m cabinet.cli.docs`, from the house's root, writes them all.

Each function returns the text of one; a test compares it with the file that is committed.
"""

import inspect
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
from pydantic.fields import FieldInfo
from sqlalchemy import Table

from cabinet.cli.formats import page
from cabinet.errors import all_errors
from cabinet.importers import FORMATS
from cabinet.settings import Settings
from cabinet.tables import metadata
from schema.api import api

MADE = "<!-- Made by `python -m cabinet.cli.docs`; change the code it describes, not this. -->"
BEGIN, END = "<!-- settings: begin -->", "<!-- settings: end -->"
_SETTINGS = re.compile(f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.DOTALL)


def errors_page() -> str:
    """Return docs/errors.md: every error a person or a program can meet, in the order of their tree."""
    rows = (
        (f"`{error.code}`", str(error.status), inspect.cleandoc(error.__doc__ or ""), error.hint)
        for error in all_errors()
    )
    return _page(
        "Errors",
        "Every error has a code that stays the same, in HTTP bodies and in GraphQL answers alike: branch on"
        " the code, show the message, follow the hint. The status is also that of the HTTP answer where an"
        " error ends the whole request; an error of one field or one row comes in an answer of status 200, and so"
        " does one of the document where the request accepts application/json.",
        "",
        *_table(("code", "status", "what it means", "what to do"), rows),
    )


def settings_table() -> str:
    """Return the README's table of settings."""
    rows = (
        (f"`{Settings.model_config['env_prefix']}{name.upper()}`", _default(field), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    return "\n".join(_table(("setting", "default", "what it is"), rows)) + "\n"


def tables_page() -> str:
    """Return docs/tables.md: every table of the database, with what each column holds and whom it is for."""
    return _page(
        "Tables",
        "What the database holds. The same words stand in the database as comments. What the login roles"
        " may read and write follows from what a table holds and from the labels of its columns.",
        *(line for table in metadata.sorted_tables for line in _table_section(table)),
    )


def format_pages() -> dict[str, str]:
    """Return a page for each format that is read, by its file's name; `cabinet formats` prints the same."""
    return {f"{name}.md": page(format_).replace("\n", f"\n\n{MADE}\n", 1) for name, format_ in FORMATS.items()}


def schema_text() -> str:
    """Return schema/schema.graphql: what the API says, in GraphQL's own language."""
    return api.as_str().rstrip() + "\n"


def with_settings(readme: str) -> str:
    """Return the README with its table of settings as of now."""
    return _SETTINGS.sub(lambda _: settings_table(), readme)


def write_all(root: Path) -> None:
    """Write every generated document of the house at `root`."""
    (root / "docs/errors.md").write_text(errors_page())
    (root / "docs/tables.md").write_text(tables_page())
    (root / "schema/schema.graphql").write_text(schema_text())
    (root / "docs/formats").mkdir(exist_ok=True)
    for name, text in format_pages().items():
        (root / "docs/formats" / name).write_text(text)
    readme = root / "README.md"
    readme.write_text(with_settings(readme.read_text()))


def _page(title: str, *lines: str) -> str:
    return "\n".join((f"# {title}", "", MADE, "", *lines)) + "\n"


def _table_section(table: Table) -> Iterable[str]:
    yield from ("", f"## {table.name}", "", f"{table.comment} Holds: {table.info['holds']}.", "")
    rows = ((f"`{column.name}`", column.info["label"], column.comment or "") for column in table.columns)
    yield from _table(("column", "label", "what it holds"), rows)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterable[str]:
    for row in (header, ("---",) * len(header), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"


def _default(field: FieldInfo) -> str:
    value: Any = field.default
    if value is None:
        return "not set"
    written = orjson.dumps(value).decode() if isinstance(value, tuple) else str(value)
    return f"`{written}`"


if __name__ == "__main__":
    write_all(Path.cwd())
