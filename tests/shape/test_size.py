"""Small functions, small files: what is larger than this is two things under one name."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

HOUSE = Path(__file__).parents[2]
FILES = [path for package in ("cabinet", "schema", "resolvers") for path in (HOUSE / package).rglob("*.py")]


def text_lines(path: Path) -> int:
    """Count the lines with something on them; the blank ones between many small classes cost no reading."""
    return sum(1 for line in path.read_text().splitlines() if line.strip())


def functions() -> Iterator[tuple[str, int]]:
    """Yield each function's place and its lines, from `def` to the last, docstring included."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                place = f"{path.relative_to(HOUSE)}:{node.lineno} {node.name}"
                yield place, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_file_is_over_250_lines(path: Path) -> None:
    assert text_lines(path) <= 250


def test_no_function_is_over_60_lines() -> None:
    assert {place: lines for place, lines in functions() if lines > 60} == {}


def test_most_functions_are_read_at_a_glance() -> None:
    lengths = [lines for _, lines in functions()]
    assert median(lengths) <= 9
    assert quantiles(lengths, n=10)[-1] <= 30
