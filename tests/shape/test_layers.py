"""Imports run down only: a room imports rooms of lower layers and itself, nothing beside or above it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PACKAGES = ("cabinet", "migrations", "resolvers", "schema")

LAYERS = (
    ("cabinet.cli",),
    ("cabinet.app",),
    ("cabinet.web",),
    ("schema",),
    ("resolvers",),
    ("cabinet.behind", "cabinet.jobs", "cabinet.views"),
    # Before the intake and behind it.
    ("cabinet.demo", "cabinet.importers", "cabinet.matching", "cabinet.outbox"),
    ("cabinet.reviews",),
    ("cabinet.coverage", "cabinet.intake", "cabinet.live", "cabinet.read", "cabinet.tidy"),
    ("cabinet.communities", "cabinet.migrate"),
    ("cabinet.disclosure", "cabinet.linkage", "cabinet.sectors"),
    ("cabinet.access", "cabinet.audit", "cabinet.keys", "cabinet.plans"),
    ("cabinet.viewer",),
    ("cabinet.db", "cabinet.embedded", "migrations"),
    ("cabinet.pool",),
    ("cabinet.round_trips",),
    ("cabinet.scope", "cabinet.turns"),
    ("cabinet.tables",),
    (
        *(
            "cabinet.calendar",
            "cabinet.columns",
            "cabinet.deadlines",
            "cabinet.errors",
            "cabinet.recent",
            "cabinet.references",
        ),
        *("cabinet.pauses", "cabinet.settings"),
    ),
)
"""Every room of the house, the uppermost layer first. Rooms of one layer do not know of each other."""

HEIGHT = {room: -layer for layer, rooms in enumerate(LAYERS) for room in rooms}


def room_of(module: str) -> str:
    """Return the room of a module: `cabinet.intake.post` is in cabinet.intake, `schema.api` in schema."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == "cabinet" else parts[0]


def module_of(path: Path) -> str:
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Yield what a file imports of ours, wherever in the file, also where only the type checker looks."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in PACKAGES)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in PACKAGES:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files() -> list[Path]:
    found = sorted(path for package in PACKAGES for path in (HOUSE / package).rglob("*.py"))
    return [path for path in found if module_of(path) != "cabinet"]


def test_every_room_has_its_layer() -> None:
    assert {room_of(module_of(path)) for path in files()} - HEIGHT.keys() == set()


def test_nobody_imports_relatively() -> None:
    nodes = [node for path in files() for node in ast.walk(ast.parse(path.read_text()))]
    assert not [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.level]


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_imports_run_down_only(path: Path) -> None:
    here = room_of(module_of(path))
    rooms = {room_of(module) for module in imported(path)} - {here}
    assert [room for room in sorted(rooms) if HEIGHT[room] >= HEIGHT[here]] == []
