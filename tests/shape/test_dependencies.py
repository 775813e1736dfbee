"""Every dependency is asked for on purpose: explained in a decision record, and pinned."""

import re
import tomllib
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
RECORD = (HOUSE / "docs/decisions/0009-dependencies.md").read_text()
PINS = (HOUSE / "constraints.txt").read_text().splitlines()


def bare(requirement: str) -> str:
    """Return the name of a distribution as it is compared, without extras and versions."""
    name = re.split(r"[\[<>=~!; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def asked_for() -> set[str]:
    extras = [line for lines in PROJECT["optional-dependencies"].values() for line in lines]
    return {bare(line) for line in (*PROJECT["dependencies"], *extras)} - {PROJECT["name"]}


def test_every_dependency_is_explained() -> None:
    cells = re.findall(r"^\| ([^|]+) \|", RECORD, re.MULTILINE)
    names = [re.sub(r" \(`\w+`\)", "", name) for cell in cells for name in cell.split(", ")]
    assert {bare(name) for name in names} - {"dependency"} == asked_for()


def test_every_dependency_is_pinned_exactly() -> None:
    comment, *pins = PINS
    assert comment.startswith("# Remade by: ")
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    assert pins == sorted(pins, key=str.lower)
    assert asked_for() <= {bare(pin) for pin in pins}
