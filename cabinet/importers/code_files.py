"""Files that say what codes mean: one that comes along with a format, and a community's own before it."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from cabinet.errors import FileUnreadable

Section = Mapping[str, str]
ReadSection = Callable[[str, str, Any], Section]
"""Reads a section of a file: the file's name, the section's name, and what stands in it."""


def read_sections(packaged: str, mapping: Path | None, read: ReadSection) -> dict[str, Section]:
    """Read the packaged meanings, and add a community's own, which come first.

    Raises FileUnreadable for a mapping that is no TOML, and what `read` raises.
    """
    sections = _read(packaged, (files("cabinet.importers") / packaged).read_bytes(), read)
    if mapping is not None:
        for name, section in _read(mapping.name, _bytes(mapping), read).items():
            sections[name] = {**section, **{k: v for k, v in sections[name].items() if k not in section}}
    return sections


def check_section(file: str, name: str, section: Any, known: Collection[str]) -> None:
    if name not in known or not isinstance(section, dict):
        raise FileUnreadable(f"{file}: there is no section [{name}].", hint=_one_of(known), file=file)


def no_meaning(file: str, name: str, code: str, meaning: Any, allowed: Collection[str] | None) -> FileUnreadable:
    message = f"{file}: [{name}] {code!r} cannot mean {meaning!r} here."
    return FileUnreadable(message, hint=_one_of(allowed or ["any text"]), file=file)


def _bytes(mapping: Path) -> bytes:
    try:
        return mapping.read_bytes()
    except OSError as error:
        raise FileUnreadable(f"{mapping.name} cannot be read: {error.strerror}.", file=mapping.name) from None


def _read(file: str, data: bytes, read: ReadSection) -> dict[str, Section]:
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FileUnreadable(f"{file} is not TOML: {error}.", hint="", file=file) from None
    return {name: read(file, name, section) for name, section in found.items()}


def _one_of(allowed: Collection[str]) -> str:
    return f"One of: {', '.join(sorted(allowed))}."
