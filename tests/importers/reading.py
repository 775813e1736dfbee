"""Reading a sample or a real export with an importer, for tests."""

import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from cabinet.importers import FORMATS
from cabinet.importers.format import Oddity
from cabinet.intake.rows import MODELS, Kind, Raw, Row

REAL = Path(__file__).parents[2].parent / "shared" / "data"


@dataclass(frozen=True)
class Reading:
    raws: list[Raw]
    oddities: list[Oddity]

    def of(self, kind: Kind) -> list[Raw]:
        return [raw for raw in self.raws if raw.kind is kind]

    def rows(self, kind: Kind) -> list[Row]:
        """Return the rows as the intake door takes them; a row it would refuse fails the test."""
        return [MODELS[kind].model_validate(raw.fields) for raw in self.of(kind)]

    def counts(self) -> dict[str, int]:
        return dict(Counter(str(raw.kind) for raw in self.raws))

    def all_sound(self) -> bool:
        return bool([MODELS[raw.kind].model_validate(raw.fields) for raw in self.raws])

    def wrong(self) -> list[Oddity]:
        """Return the oddities, but for what has no home here, of which most files have some."""
        return [oddity for oddity in self.oddities if "has no home here" not in oddity.problem.message]

    def messages(self) -> list[str]:
        return [oddity.problem.message for oddity in self.oddities]

    def about(self, file: str) -> list[tuple[int, str, int]]:
        return [(o.line, o.column, o.count) for o in self.oddities if o.file == file]


def read(name: str, path: Path) -> Reading:
    found = list(FORMATS[name].read(path))
    return Reading(
        [item for item in found if isinstance(item, Raw)],
        [item for item in found if isinstance(item, Oddity)],
    )


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files by their stems, `users` becoming users.csv; an extension is written as `users__ndjson`."""
    folder.mkdir(exist_ok=True)
    for stem, content in files.items():
        name, _, extension = stem.partition("__")
        data = content if isinstance(content, bytes) else content.encode()
        (folder / f"{name}.{extension or 'csv'}").write_bytes(data)
    return folder


def zipped(folder: Path, inside: str = "") -> Path:
    """Zip a folder's files, below a folder of their own if one is named."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"{inside}{file.name}")
    return path


def real(*parts: str) -> Path:
    """Return a folder of real exports, or skip where the machine does not have them."""
    path = REAL.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real export {'/'.join(parts)} is not on this machine")
    return path
