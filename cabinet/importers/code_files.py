"""Files that say what codes mean: one that comes along with a format, and a community's own before it."""

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from cabinet.errors import FileUnreadable

MAX_BYTES = 1024**2
Section = Mapping[str, str]
ReadSection = Callable[[str, str, Any], Section]
"""Reads a section of a file: the file's name, the section's name, and what stands in it."""


@dataclass(frozen=True)
class CodeFile:
    """A file of a community's own codes: its name, as problems name it, and what stands in it."""

    name: str
    data: bytes

    @classmethod
    def at(cls, path: Path) -> "CodeFile":
        """Read a file; raise FileUnreadable where there is none, or one too large to be codes."""
        try:
            with path.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise FileUnreadable(f"{path.name} cannot be read: {error.strerror}.", file=path.name) from None
        if len(data) > MAX_BYTES:
            raise FileUnreadable(f"{path.name} is larger than {MAX_BYTES:,} bytes.", file=path.name)
        return cls(path.name, data)


def read_sections(packaged: str, mappings: Sequence[CodeFile], read: ReadSection) -> dict[str, Section]:
    """Read the packaged meanings, and add a community's own, which come first; of several files the last.

    Raises FileUnreadable for a mapping that is no TOML, and what `read` raises.
    """
    sections = _read(CodeFile(packaged, (files("cabinet.importers") / packaged).read_bytes()), read)
    for mapping in mappings:
        for name, section in _read(mapping, read).items():
            known = sections.get(name, {})
            sections[name] = {**section, **{k: v for k, v in known.items() if k not in section}}
    return sections


def read_section(
    allowed: Mapping[str, Collection[str]], key: Callable[[str], str], file: str, name: str, section: Any
) -> Section:
    """Return a section by its codes' keys; raise FileUnreadable for one, or a meaning, that is not allowed."""
    check_section(file, name, section, allowed)
    for code, meaning in section.items():
        if not isinstance(meaning, str) or meaning not in ("", *allowed[name]):
            raise no_meaning(file, name, code, meaning, allowed[name])
    return {key(code): meaning for code, meaning in section.items()}


def check_section(file: str, name: str, section: Any, known: Collection[str]) -> None:
    if name not in known or not isinstance(section, dict):
        raise FileUnreadable(f"{file}: there is no section [{name}].", hint=_one_of(known), file=file)


def no_meaning(file: str, name: str, code: str, meaning: Any, allowed: Collection[str] | None) -> FileUnreadable:
    message = f"{file}: [{name}] {code!r} cannot mean {meaning!r} here."
    return FileUnreadable(message, hint=_one_of(allowed or ["any text"]), file=file)


def _read(file: CodeFile, read: ReadSection) -> dict[str, Section]:
    try:
        found = tomllib.loads(file.data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FileUnreadable(f"{file.name} is not TOML: {error}.", hint="", file=file.name) from None
    return {name: read(file.name, name, section) for name, section in found.items()}


def _one_of(allowed: Collection[str]) -> str:
    return f"One of: {', '.join(sorted(allowed))}."
