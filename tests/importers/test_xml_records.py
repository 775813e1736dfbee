"""What the reader of XML promises of a file that wants to do harm, and of one that is merely large."""

import tracemalloc
from pathlib import Path

import pytest

from cabinet.errors import FileUnreadable
from cabinet.importers.package import open_package
from cabinet.importers.xml_records import CHUNK, MAX_DEPTH, MAX_RECORD, Node, Records

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]><r><a>&l9;</a></r>'
OUTSIDE = '<!DOCTYPE r [<!ENTITY x SYSTEM "{}">]><r><a>&x;</a></r>'


def records(path: Path, *wanted: str) -> tuple[list[Node], Records]:
    with open_package(path) as package:
        read = Records(package, package.names[0])
        return list(read.read(wanted)), read


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "some.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (BOMB, "document type"),
        (OUTSIDE.format("file:///etc/hostname"), "document type"),
        ('<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd"><r/>', "document type"),
        ('<!DOCTYPE r [<!ENTITY % p "x">]><r/>', "document type"),
        ("<r>" + "<a>" * 100_000, f"deeper than {MAX_DEPTH}"),
        ("<r><a>" + "x" * (MAX_RECORD + 3 * CHUNK), "record is larger"),
        ("<r><a " + "x" * (MAX_RECORD + 3 * CHUNK), "record is larger"),
        ("<r><!-- " + "x" * (MAX_RECORD + 3 * CHUNK), "record is larger"),
        ("<r><a><b/></r>", "mismatched tag"),
        ("<r><a/>", "no element found"),
        ("", "no element found"),
        ("id,name\n1,Ana\n", "syntax error"),
        ("<r>&nbsp;</r>", "undefined entity"),
        (b"<r>\xff</r>", "not well-formed"),
        ('<?xml version="1.0" encoding="klingon"?><r/>', "encoding"),
    ],
)
def test_what_wants_to_do_harm_or_is_no_xml_is_refused_by_name(tmp_path: Path, content: str, problem: str) -> None:
    with pytest.raises(FileUnreadable, match=problem) as refused:
        records(written(tmp_path, content), "a")
    assert refused.value.message.startswith("some.xml cannot be read to its end")
    assert refused.value.detail["line"] >= 1


def test_what_stands_before_a_break_is_read(tmp_path: Path) -> None:
    found = []
    with open_package(written(tmp_path, "<r>\n<a>1</a>\n<a>2</a>\n<a>")) as package, pytest.raises(FileUnreadable):
        found.extend(Records(package, "some.xml").read({"a"}))
    with open_package(tmp_path / "some.xml") as package:
        reading = Records(package, "some.xml").read({"a"})
        assert [next(reading).text, next(reading).text] == ["1", "2"]


def test_a_line_is_exact_far_into_a_file(tmp_path: Path) -> None:
    (node,), _ = records(written(tmp_path, "<r>" + "\n" * 200_000 + "<a>\n<b/></a></r>"), "a")
    assert (node.line, node.children[0].line) == (200_001, 200_002)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_file_may_be_written_in_any_common_encoding(tmp_path: Path, encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><r><a>Zoë</a></r>'
    (node,), _ = records(written(tmp_path, text.encode(encoding)), "a")
    assert node.text == "Zoë"


def test_what_nobody_wants_is_counted_and_what_is_below_a_record_is_not(tmp_path: Path) -> None:
    found, read = records(
        written(tmp_path, "<e:r xmlns:e='urn:x'>\n<e:b><e:a/></e:b>\n<b/><a><b/></a></e:r>"), "a"
    )
    assert [node.name for node in found] == ["a"]
    assert (read.root, list(read.namespaces)) == ("r", ["urn:x"])
    assert (dict(read.passed_over), read.first_lines) == ({"b": 2}, {"b": 2})


def test_a_large_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path = written(tmp_path, "<r>" + "<a><b>some text or other</b></a>\n" * 200_000 + "</r>")
    tracemalloc.start()
    with open_package(path) as package:
        total = sum(1 for _ in Records(package, "some.xml").read({"a"}))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == 200_000
    assert peak < path.stat().st_size / 2
