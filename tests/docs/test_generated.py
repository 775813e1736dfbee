"""What is made from the code says what the code says."""

from functools import partial
from pathlib import Path

import pytest

from cabinet.cli import docs

HOUSE = Path(__file__).parents[2]

MADE = {
    "docs/errors.md": docs.errors_page,
    "docs/tables.md": docs.tables_page,
    "schema/schema.graphql": docs.schema_text,
    **{f"docs/formats/{name}": partial(docs.format_pages().__getitem__, name) for name in docs.format_pages()},
}


@pytest.mark.parametrize("name", MADE)
def test_a_generated_file_is_up_to_date(name: str) -> None:
    assert (HOUSE / name).read_text() == MADE[name](), "run `python -m cabinet.cli.docs`"


def test_the_settings_of_the_readme_are_up_to_date() -> None:
    readme = (HOUSE / "README.md").read_text()
    assert docs.settings_table() in readme, "run `python -m cabinet.cli.docs`"
    assert docs.with_settings(readme) == readme


def test_writing_them_all_changes_nothing_that_is_up_to_date(tmp_path: Path) -> None:
    for name in ("README.md", *MADE):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text((HOUSE / name).read_text() if name == "README.md" else "")
    docs.write_all(tmp_path)
    for name in ("README.md", *MADE):
        assert (tmp_path / name).read_text() == (HOUSE / name).read_text()


def test_a_document_of_the_code_names_every_error_table_and_setting() -> None:
    """The pages are compared with what wrote them above; here with the code itself."""
    errors, tables, settings = docs.errors_page(), docs.tables_page(), docs.settings_table()
    assert "| `PROGRAM_NOT_YOURS` | 422 |" in errors
    assert "## child_identity" in tables
    assert "| `birth_date` | identity |" in tables
    assert "| `CABINET_DATABASE_URL` | not set |" in settings
