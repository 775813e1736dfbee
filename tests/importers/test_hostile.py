"""What partners, spreadsheets and strangers do to files, done to every format: handled, or refused and said so."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cabinet.errors import FileUnreadable, RowInvalid
from cabinet.importers.attendance_values import FORMULA
from cabinet.importers.package import ENCRYPTED, RATIO_FLOOR
from tests.importers.reading import Reading, read
from tests.importers.samples import MADE, NAME, put

SAME, COSTS, REFUSED = "the same rows", "costs the row it stands in", "the file is refused"
TEXT = {kind: [name for name in MADE if name.endswith(f" {kind}")] for kind in ("csv", "ndjson", "json", "xml")}


def as_(encoding: str, errors: str = "strict") -> Callable[[str], bytes]:
    return lambda text: text.encode(encoding, errors)


def mixed(text: str) -> bytes:
    lines = text.splitlines()
    ends = ("\r\n", "\n", "\r\n")
    return "".join(line + ends[number % 3] for number, line in enumerate(lines)).encode()


def in_name(what: str) -> Callable[[str], bytes]:
    return lambda text: text.replace(NAME, what).encode()


HUGE = in_name("x" * 10 * 1024**2)
SPOILED: Mapping[str, tuple[Callable[[str], bytes], Mapping[str, str]]] = {
    "a byte order mark": (as_("utf-8-sig"), dict.fromkeys(TEXT, SAME)),
    "UTF-16": (as_("utf-16"), {"csv": SAME, "ndjson": COSTS, "json": REFUSED, "xml": REFUSED}),
    "UTF-16 without a mark": (as_("utf-16-le"), {"csv": SAME, "ndjson": COSTS, "json": REFUSED, "xml": REFUSED}),
    "Windows-1252": (as_("cp1252"), {"csv": SAME, "ndjson": COSTS, "json": REFUSED, "xml": REFUSED}),
    "mixed newlines": (mixed, dict.fromkeys(TEXT, SAME)),
    "a NUL character": (in_name("N\x00"), {"csv": COSTS, "ndjson": COSTS, "json": REFUSED, "xml": REFUSED}),
    "a field of 10 MB": (HUGE, {"csv": COSTS, "ndjson": "long", "json": "long", "xml": REFUSED}),
    "nothing at all": (lambda _: b"", {"csv": REFUSED, "ndjson": "none", "json": REFUSED, "xml": REFUSED}),
}
"""What is done to the text, and what becomes of it by how the format is written."""
CASES = [(hazard, name) for hazard in SPOILED for name in MADE]


def rows(reading: Reading) -> list[tuple[Any, ...]]:
    return [(str(raw.kind), dict(raw.fields)) for raw in reading.raws]


@pytest.mark.parametrize(("hazard", "name"), CASES, ids=lambda value: str(value).replace(" ", "-"))
def test_what_is_done_to_text_is_handled_or_refused(tmp_path: Path, hazard: str, name: str) -> None:
    format_name, files = MADE[name][0], MADE[name][1](tmp_path)
    clean = read(format_name, put(tmp_path / "clean", files))
    spoil, becomes = SPOILED[hazard]
    path = put(tmp_path / "spoiled", {file: spoil(text) for file, text in files.items()})
    expected = becomes[name.rpartition(" ")[2]]
    if expected is REFUSED:
        with pytest.raises(FileUnreadable) as refused:
            read(format_name, path)
        assert refused.value.message
        return
    found = read(format_name, path)
    if expected is SAME:
        assert rows(found) == rows(clean)
    elif expected is COSTS:
        assert len(found.raws) < len(clean.raws)
        assert any(isinstance(o.problem, RowInvalid) and o.file and o.line for o in found.oddities)
    elif expected == "long":
        # It is read in bounded memory; what is too long for a field is the door's to refuse, by row and field.
        assert len(found.raws) == len(clean.raws)
    else:
        assert found.raws == []


# The name of that sample stands in a label, which is kept nowhere.
@pytest.mark.parametrize("name", [name for name in MADE if name != "fhir ndjson"])
@pytest.mark.parametrize("formula", ["=HYPERLINK(A1)", "+1+1", "-1+1", "@SUM(A1)", "\t=A1"])
def test_a_formula_is_told_or_stays_the_text_it_is(tmp_path: Path, name: str, formula: str) -> None:
    format_name, files = MADE[name][0], MADE[name][1](tmp_path)
    written = formula.replace("\t", "\\t") if "json" in name.split()[1] else formula
    texts = {file: in_name(written)(text) for file, text in files.items()}
    found = read(format_name, put(tmp_path / "spoiled", texts))
    is_told = any(oddity.problem.message == FORMULA.message for oddity in found.oddities)
    is_kept = formula.strip() in repr(rows(found))
    assert is_told is not is_kept


def packed(path: Path, files: Mapping[str, str], **more: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {**files, **more}.items():
            made.writestr(name, content)
    return path


def encrypted(path: Path, files: Mapping[str, str]) -> Path:
    data = bytearray(packed(path, files).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= ENCRYPTED
    path.write_bytes(data)
    return path


def begins(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


ARCHIVES: Mapping[str, Callable[[Path, Mapping[str, str]], Path]] = {
    "a zip bomb": lambda path, files: packed(path, files, **{"bomb.csv": b"0" * (RATIO_FLOOR + 10**7)}),
    "a path that leads outside": lambda path, files: packed(path, files, **{"../../etc/passwd": b"x"}),
    "an absolute path": lambda path, files: packed(path, files, **{"/etc/passwd": b"x"}),
    "a name twice": lambda path, files: packed(path, files, **{f"more/{next(iter(files)).upper()}": b"x"}),
    "a password": encrypted,
    "RAR": lambda path, _: begins(path, b"Rar!\x1a\x07\x00rest"),
    "7z": lambda path, _: begins(path, b"7z\xbc\xaf\x27\x1crest"),
    "gzip": lambda path, _: begins(path, b"\x1f\x8b\x08rest"),
    "PDF": lambda path, _: begins(path, b"%PDF-1.7\nrest"),
    "old Excel": lambda path, _: begins(path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"),
    "new Excel": lambda path, _: packed(path, {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}),
    "a damaged zip": lambda path, _: begins(path, b"PK\x03\x04rest"),
}


@pytest.mark.parametrize("suffix", [".zip", ".csv", ".xlsx"])
@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("archive", ARCHIVES)
def test_what_is_no_sound_archive_is_refused_whatever_it_is_called(
    tmp_path: Path, archive: str, name: str, suffix: str
) -> None:
    path = ARCHIVES[archive](tmp_path / f"sent{suffix}", MADE[name][1](tmp_path))
    with pytest.raises(FileUnreadable) as refused:
        read(MADE[name][0], path)
    assert refused.value.message.isprintable()
    assert "sent" in refused.value.message


@pytest.mark.parametrize("name", MADE)
def test_a_zip_is_read_as_its_files_are_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    format_name, files = MADE[name][0], MADE[name][1](tmp_path)
    clean = rows(read(format_name, put(tmp_path / "clean", files)))
    for called in ("sent.zip", "sent.csv", "sent"):
        assert rows(read(format_name, packed(tmp_path / called, files))) == clean


@pytest.mark.parametrize("name", [name for name in MADE if not name.endswith("csv")])
def test_what_is_told_by_its_extension_is_refused_under_a_wrong_one(tmp_path: Path, name: str) -> None:
    format_name, files = MADE[name][0], MADE[name][1](tmp_path)
    path = put(tmp_path / "wrong", {f"{file}.txt": text for file, text in files.items()})
    with pytest.raises(FileUnreadable):
        read(format_name, path)


@pytest.mark.parametrize("name", ["enrollments csv", "attendance csv"])
def test_a_table_may_have_any_extension(tmp_path: Path, name: str) -> None:
    (text,) = MADE[name][1](tmp_path).values()
    clean = rows(read(MADE[name][0], put(tmp_path / "clean", {"a.csv": text})))
    for called in ("a.txt", "a.TSV", "a", "a.csv.download"):
        assert rows(read(MADE[name][0], put(tmp_path / called.replace(".", "_"), {called: text}))) == clean
